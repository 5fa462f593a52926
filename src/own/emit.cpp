#include "own/emit.h"

#include <algorithm>

namespace tenure::own {

using namespace oir;

Inst make_inst(Function& function, Op op, Place dst, std::initializer_list<Operand> operands,
               Span span) {
  Inst inst;
  inst.op = op;
  inst.dst = dst;
  inst.span = span;
  inst.args_begin = static_cast<uint32_t>(function.operands.size());
  inst.args_count = static_cast<uint32_t>(operands.size());
  function.operands.insert(function.operands.end(), operands);
  return inst;
}

Inst make_jump(BlockId target, Span span) {
  Inst inst;
  inst.op = Op::Jump;
  inst.span = span;
  inst.targets = {target};
  return inst;
}

Inst make_drop(const Function& function, LocalId local, DropReason reason, Span span) {
  Inst inst;
  inst.op = Op::Drop;
  inst.imm = static_cast<uint8_t>(reason);
  inst.dst = Place::local(local);
  inst.span = span;
  inst.origin = function.locals[local.index()].span;
  return inst;
}

LocalId add_temp(Function& function, TypeId type, Span span) {
  Local local;
  local.type = type;
  local.kind = LocalKind::Temp;
  local.span = span;
  function.locals.push_back(std::move(local));
  return LocalId{function.locals.size() - 1};
}

BlockId add_block(Function& function, BlockKind kind) {
  function.blocks.emplace_back().kind = kind;
  return BlockId{function.blocks.size() - 1};
}

BlockId add_exit(Function& function, std::vector<Inst> insts, BlockId unwind, Span span) {
  insts.push_back(unwind.valid() ? make_jump(unwind, span)
                                 : make_inst(function, Op::Resume, {}, {}, span));
  BlockId exit = add_block(function, BlockKind::Cleanup);
  function.blocks[exit.index()].insts = std::move(insts);
  return exit;
}

void append_operand(Function& function, Inst& inst, Operand operand) {
  std::vector<Operand> operands(function.args(inst).begin(), function.args(inst).end());
  operands.push_back(operand);
  inst.args_begin = static_cast<uint32_t>(function.operands.size());
  inst.args_count = static_cast<uint32_t>(operands.size());
  function.operands.insert(function.operands.end(), operands.begin(), operands.end());
}

void put_on_edge(Function& function, uint32_t block, size_t target, Inst inst) {
  std::vector<Inst>& insts = function.blocks[block].insts;
  if (insts.back().op == Op::Jump) {
    insts.insert(insts.end() - 1, std::move(inst));
    return;
  }
  BlockId to = insts.back().targets[target];
  Span span = insts.back().span;
  bool unwinds = function.blocks[to.index()].kind == BlockKind::Cleanup;
  BlockId between = add_block(function, unwinds ? BlockKind::Cleanup : BlockKind::Normal);
  function.blocks[block].insts.back().targets[target] = between;
  function.blocks[between.index()].insts = {std::move(inst), make_jump(to, span)};
}

LocalId add_param(Function& function, TypeId type, Span span) {
  LocalId param{size_t{++function.params}};
  Local local;
  local.type = type;
  local.kind = LocalKind::Param;
  local.span = span;
  if (param.index() == function.locals.size()) {
    function.locals.push_back(std::move(local));
    return param;
  }
  LocalId moved{function.locals.size()};
  function.locals.push_back(std::move(function.locals[param.index()]));
  function.locals[param.index()] = std::move(local);
  auto rename = [&](Place& place) {
    if (place.is_local() && place.local_id() == param) place.root = moved.v;
  };
  for (Operand& operand : function.operands) {
    if (operand.has_place()) rename(operand.place);
  }
  for (Block& block : function.blocks) {
    for (Inst& inst : block.insts) {
      rename(inst.dst);
      if (inst.flag == param) inst.flag = moved;
    }
  }
  function.paths.rename_index(param.v, moved.v);
  return param;
}

void Insertions::apply(Function& function) {
  std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
    return std::pair(a.block, a.index) < std::pair(b.block, b.index);
  });
  for (auto it = rows_.rbegin(); it != rows_.rend(); ++it) {
    std::vector<Inst>& insts = function.blocks[it->block].insts;
    insts.insert(insts.begin() + it->index, std::move(it->inst));
  }
  rows_.clear();
}

void drop_where_left(Function& function, const std::vector<LocalId>& locals,
                     const std::function<bool(const Inst&)>& may_fail) {
  BlockId unwinding{function.blocks.size()};
  for (Block& block : function.blocks) {
    for (Inst& inst : block.insts) {
      if (!inst.unwind.valid() && may_fail(inst)) inst.unwind = unwinding;
    }
  }
  add_block(function, BlockKind::Cleanup);
  function.blocks[unwinding.index()].insts = {
      make_inst(function, Op::Resume, {}, {}, function.span)};
  for (Block& block : function.blocks) {
    const Inst& last = block.insts.back();
    if (last.op != Op::Resume && last.op != Op::Return) continue;
    DropReason reason =
        block.kind == BlockKind::Cleanup ? DropReason::RunTimeError : DropReason::EndOfBlock;
    Span span = last.span;
    std::vector<Inst> drops;
    for (LocalId local : locals) drops.push_back(make_drop(function, local, reason, span));
    block.insts.insert(block.insts.end() - 1, drops.begin(), drops.end());
  }
}

}  // namespace tenure::own
