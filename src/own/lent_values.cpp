#include "own/lent_values.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "own/copy_removal.h"
#include "own/emit.h"
#include "own/lent_params.h"
#include "own/only_read.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

// By function and parameter from 0.
using Lent = std::vector<std::vector<bool>>;

class LentValues {
 public:
  LentValues(Program& program, const Summaries& summaries)
      : program_(program),
        summaries_(summaries),
        only_read_(program),
        lent_(program.functions.size()),
        handed_on_(program.functions.size()) {}

  void run() {
    find_candidates();
    if (!any_) return;
    for (uint32_t f = 0; f < lent_.size(); ++f) look_at(f);
    while (!work_.empty()) {
      Param not_lent = work_.back();
      work_.pop_back();
      for (Param giver : handed_on_[not_lent.func][not_lent.index]) refuse(giver);
    }
    keep_those_that_spare_copies();
    for (uint32_t f = 0; f < lent_.size(); ++f) change_calls(f);
    for (uint32_t f = 0; f < lent_.size(); ++f) {
      for (uint32_t p = 0; p < lent_[f].size(); ++p) {
        if (lent_[f][p]) change_param(FuncId{size_t{f}}, p);
      }
    }
  }

 private:
  struct Param {
    uint32_t func, index;
  };

  // ---- which parameters

  void find_candidates() {
    CopyCosts costs(program_);
    std::vector<bool> by_name = find_called_by_name(program_);
    for (size_t f = 0; f < lent_.size(); ++f) {
      const Function& function = program_.functions[f];
      lent_[f].assign(function.params, false);
      handed_on_[f].resize(function.params);
      for (uint32_t p = 0; by_name[f] && p < function.params; ++p) {
        const Local& local = function.locals[p + 1];
        const Type& type = program_.types[local.type];
        lent_[f][p] = local.mode == ParamMode::Own && !local.boxed && type.kind != TypeKind::Ref &&
                      !type.vacates && costs.is_worth_it(local.type);
        any_ |= lent_[f][p];
      }
    }
  }

  void refuse(Param param) {
    if (!lent_[param.func][param.index]) return;
    lent_[param.func][param.index] = false;
    work_.push_back(param);
  }

  // Names of parts of parameters (`case Circle(r)`) stand for the parameter, by local.
  void find_names(const Function& function) {
    stands_for_.clear();
    for (uint32_t p = 1; p <= function.params; ++p) stands_for_[p] = p - 1;
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op != Op::Alias) continue;
        Place of = function.args(inst)[0].place;
        if (of.is_local() && stands_for_.count(of.root) != 0)
          stands_for_[inst.dst.root] = stands_for_[of.root];
      }
    }
  }

  // The place is a part of the parameter itself, not of what something in it refers to.
  bool lies_in_param(const Function& function, Place place) const {
    std::vector<Proj> projs = function.paths.projs(place.path);
    bool alias = function.locals[place.root].kind == LocalKind::Alias;
    for (size_t i = alias ? 1 : 0; i < projs.size(); ++i) {
      if (projs[i].kind == ProjKind::Deref) return false;
    }
    return true;
  }

  void look_at(uint32_t f) {
    const Function& function = program_.functions[f];
    bool any = false;
    for (bool lent : lent_[f]) any |= lent;
    if (!any) return;
    find_names(function);
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.dst.valid() && inst.dst.is_local()) look_at_written(f, inst);
        for (uint32_t a = 0; a < inst.args_count; ++a) look_at_operand(f, inst, a);
      }
    }
  }

  void look_at_written(uint32_t f, const Inst& inst) {
    const Function& function = program_.functions[f];
    auto it = stands_for_.find(inst.dst.root);
    if (it == stands_for_.end() || inst.op == Op::Alias) return;
    bool its_end = inst.op == Op::Drop && inst.dst.is_root();
    if (!its_end && lies_in_param(function, inst.dst)) refuse({f, it->second});
  }

  void look_at_operand(uint32_t f, const Inst& inst, uint32_t arg) {
    const Function& function = program_.functions[f];
    const Operand& operand = function.args(inst)[arg];
    if (!operand.has_place() || !operand.place.is_local()) return;
    auto it = stands_for_.find(operand.place.root);
    if (it == stands_for_.end() || !lies_in_param(function, operand.place)) return;
    Param param{f, it->second};
    bool whole = operand.place.is_root() && operand.place.root <= function.params;
    switch (operand.kind) {
      case OperandKind::Copy:
        if (whole && inst.op == Op::Call) return hand_on(param, {inst.callee.v, arg});
        if (whole) refuse(param);
        return;
      case OperandKind::Addr:
        if (may_grow(inst, arg)) return refuse(param);
        if (inst.op == Op::Alias || only_looks_at(program_, function, inst, arg) ||
            only_read_.by_call(inst, arg))
          return;
        return refuse(param);
      case OperandKind::Borrow:
        if (whole) refuse(param);
        return;
      default:
        return refuse(param);
    }
  }

  // A text of the function's own that is joined to another grows where it is (own/appends.h).
  static bool may_grow(const Inst& inst, uint32_t arg) {
    return inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::StrConcat && arg == 0;
  }

  void hand_on(Param giver, Param taker) {
    if (!lent_[taker.func][taker.index]) return refuse(giver);
    handed_on_[taker.func][taker.index].push_back(giver);
  }

  // Where each caller makes a value of its own for the call there is nothing to be spared.
  void keep_those_that_spare_copies() {
    Lent spares(lent_.size());
    for (size_t f = 0; f < lent_.size(); ++f) spares[f].assign(lent_[f].size(), false);
    for (const Function& function : program_.functions) {
      for (const Block& block : function.blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.op != Op::Call) continue;
          auto args = function.args(inst);
          for (uint32_t a = 0; a < args.size(); ++a) {
            if (args[a].kind == OperandKind::Copy) spares[inst.callee.index()][a] = true;
          }
        }
      }
    }
    for (size_t f = 0; f < lent_.size(); ++f) {
      for (size_t p = 0; p < lent_[f].size(); ++p) lent_[f][p] = lent_[f][p] && spares[f][p];
    }
  }

  // ---- the change

  void change_calls(uint32_t f) {
    Insertions insertions;
    Function& function = program_.functions[f];
    for (uint32_t b = 0; b < function.blocks.size(); ++b) {
      for (uint32_t i = 0; i < function.blocks[b].insts.size(); ++i) {
        if (function.blocks[b].insts[i].op == Op::Call) change_call(f, b, i, insertions);
      }
    }
    insertions.apply(function);
  }

  // A parameter that will be lent is lent on as it is.
  bool is_lent_on(uint32_t f, const Operand& operand) const {
    if (!operand.has_place() || !operand.place.is_local() || !operand.place.is_root()) return false;
    uint32_t local = operand.place.root;
    return local >= 1 && local <= lent_[f].size() && lent_[f][local - 1];
  }

  void change_call(uint32_t f, uint32_t block, uint32_t index, Insertions& insertions) {
    Function& function = program_.functions[f];
    Inst call = function.blocks[block].insts[index];
    const std::vector<bool>& lent = lent_[call.callee.index()];
    std::vector<Inst> ends;
    for (uint32_t a = 0; a < call.args_count; ++a) {
      if (!lent[a]) continue;
      if (is_lent_on(f, function.operands[call.args_begin + a])) {
        function.operands[call.args_begin + a].kind = OperandKind::Borrow;
        continue;
      }
      TypeId type = program_[call.callee].locals[a + 1].type;
      LocalId given = add_temp(function, type, call.span);
      Operand& operand = function.operands[call.args_begin + a];
      Operand value = operand;
      operand = Operand::addr(Place::local(given)).at(value.span);
      Inst init = make_inst(function, Op::Init, Place::local(given), {value}, call.span);
      init.checked = call.checked;
      insertions.add(block, index, init);
      if (program_.types.needs_drop(type))
        ends.insert(ends.begin(),
                    make_drop(function, given, DropReason::EndOfStatement, call.span));
    }
    if (ends.empty()) return;
    for (const Inst& end : ends) insertions.add(block, index + 1, end);
    if (!call.unwind.valid() && !summaries_.inst_may_fail(function, call)) return;
    for (Inst& end : ends) end.imm = uint8_t(DropReason::RunTimeError);
    BlockId exit = add_exit(function, std::move(ends), call.unwind, call.span);
    function.blocks[block].insts[index].unwind = exit;
  }

  void change_param(FuncId func, uint32_t index) {
    Function& function = program_[func];
    uint32_t param = index + 1;
    Local& local = function.locals[param];
    TypeId type = local.type;
    local.mode = ParamMode::Borrow;
    local.type = program_.types.borrow(type);
    if (!local.name.empty()) {
      program_.add_fact({FactKind::Borrowed, func, local.span, local.name,
                         "`" + function.shown_name + "` only looks at it"});
    }
    std::unordered_map<uint32_t, Place> moved;  // by path
    auto behind = [&](Place& place) {
      if (!place.valid() || place.root != param) return;
      auto [it, added] = moved.try_emplace(place.path.v);
      if (added) {
        Place now = project(function, Place::local(LocalId{size_t{param}}), {ProjKind::Deref});
        for (Proj proj : function.paths.projs(place.path)) now = project(function, now, proj);
        it->second = now;
      }
      place = it->second;
    };
    for (Block& block : function.blocks) {
      std::erase_if(block.insts, [&](const Inst& inst) {
        return inst.op == Op::Drop && inst.dst == Place::local(LocalId{size_t{param}});
      });
      for (Inst& inst : block.insts) behind(inst.dst);
    }
    for (Operand& operand : function.operands) {
      bool lent_on = operand.kind == OperandKind::Borrow && operand.place.is_root();
      if (operand.has_place() && !lent_on) behind(operand.place);
    }
  }

  Program& program_;
  const Summaries& summaries_;
  OnlyRead only_read_;
  Lent lent_;
  std::vector<std::vector<std::vector<Param>>> handed_on_;  // by taker: who gives it its own
  std::vector<Param> work_;
  std::unordered_map<uint32_t, uint32_t> stands_for_;  // of the function that is looked at
  bool any_ = false;
};

}  // namespace

bool is_part_of_lent_value(const Program& program, const Function& function, Place place) {
  if (!place.is_local() || place.is_root()) return false;
  const Local& local = function.locals[place.root];
  if (local.kind != LocalKind::Param || program.types[local.type].kind != TypeKind::Borrow)
    return false;
  return is_part_of_pointee(program, function, place);
}

void lend_values(Program& program, const Summaries& summaries) {
  LentValues(program, summaries).run();
}

}  // namespace tenure::own
