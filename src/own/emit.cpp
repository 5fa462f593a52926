#include "own/emit.h"

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
