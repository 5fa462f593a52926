#include "own/given_params.h"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

#include "own/emit.h"
#include "own/lent_params.h"
#include "own/liveness.h"
#include "own/take_apart.h"

namespace tenure::own {

using namespace oir;

namespace {

class GiveParams {
 public:
  GiveParams(Program& program, const Summaries& summaries, const OnlyRead& only_read,
             const WrittenSlots& slots, bool take_apart)
      : program_(program),
        summaries_(summaries),
        only_read_(only_read),
        slots_(slots),
        takes_apart_(take_apart),
        given_(program.functions.size()),
        may_be_(program.functions.size()),
        callers_(program.functions.size()),
        queued_(program.functions.size()) {}

  void run() {
    find_possible();
    for (uint32_t f = 0; f < program_.functions.size(); ++f) visit_later(f);
    while (!work_.empty()) {
      uint32_t func = work_.front();
      work_.pop_front();
      queued_[func] = false;
      visit(func);
    }
    for (uint32_t f = 0; f < program_.functions.size(); ++f) {
      if (!program_.functions[f].blocks.empty()) rewrite(f);
    }
  }

 private:
  // ---- which can be

  void find_possible() {
    const TypeTable& types = program_.types;
    may_be_ = find_lent_params(program_);
    for (uint32_t f = 0; f < program_.functions.size(); ++f) {
      const Function& function = program_.functions[f];
      given_[f].resize(function.params);
      for (uint32_t p = 0; p < function.params; ++p) {
        if (!may_be_[f][p]) continue;
        const Type& type = types[function.locals[p + 1].type];
        may_be_[f][p] = !type.watched && !types[type.elem].interior;
      }
    }
    for (uint32_t f = 0; f < program_.functions.size(); ++f) {
      for (const Block& block : program_.functions[f].blocks) {
        for (const Inst& inst : block.insts) look_at_use(f, inst);
      }
    }
  }

  void look_at_use(uint32_t f, const Inst& inst) {
    const Function& function = program_.functions[f];
    auto args = function.args(inst);
    // A cursor starts there: it must be kept.
    if (inst.op == Op::Init && args[0].kind == OperandKind::Borrow && args[0].place.is_local()) {
      size_t local = args[0].place.local_id().index();
      if (local >= 1 && local <= function.params) may_be_[f][local - 1] = false;
    }
    if (inst.op != Op::Call) return;
    size_t callee = inst.callee.index();
    for (size_t a = 0; a < args.size() && a < may_be_[callee].size(); ++a) {
      // The address of a place, which is in no object of its own.
      if (args[a].kind == OperandKind::Addr) may_be_[callee][a] = false;
    }
    if (callers_[callee].empty() || callers_[callee].back() != f) callers_[callee].push_back(f);
  }

  // ---- which should be

  void visit_later(uint32_t func) {
    if (queued_[func]) return;
    queued_[func] = true;
    work_.push_back(func);
  }

  void visit(uint32_t func) {
    bool more = false;
    std::vector<bool> kept = kept_params(func);
    for (uint32_t p = 0; p < may_be_[func].size(); ++p) {
      if (!may_be_[func][p] || given_[func][p]) continue;
      // Where a part is passed on to the function itself it is taken apart if the parameter is
      // given.
      given_[func][p] = true;
      given_[func][p] =
          kept[p] || (takes_apart_ && would_take_apart(program_, FuncId{size_t{func}}, p,
                                                       summaries_, only_read_, slots_, given_));
      more |= given_[func][p];
    }
    if (!more) return;
    for (uint32_t caller : callers_[func]) visit_later(caller);
  }

  // The reference itself is stored, returned, or given on, and that is its last use.
  std::vector<bool> kept_params(uint32_t func) const {
    const Function& function = program_.functions[func];
    std::vector<bool> kept(function.params);
    std::vector<bool> wanted(function.locals.size());
    std::vector<Keeper> keepers;
    for (uint32_t b = 0; b < function.blocks.size(); ++b) {
      const std::vector<Inst>& insts = function.blocks[b].insts;
      for (uint32_t i = 0; i < insts.size(); ++i) {
        auto args = function.args(insts[i]);
        for (uint32_t a = 0; a < args.size(); ++a) {
          if (!args[a].has_place() || !args[a].place.is_local() || !args[a].place.is_root())
            continue;
          LocalId local = args[a].place.local_id();
          if (local.v == 0 || local.v > function.params || !may_be_[func][local.v - 1]) continue;
          if (!keeps(function, insts[i], a, args[a].kind) || is_named_again(function, insts[i], a))
            continue;
          wanted[local.index()] = true;
          keepers.push_back({local, b, i});
        }
      }
    }
    if (keepers.empty()) return kept;
    Liveness liveness(function, wanted);
    for (const Keeper& keeper : keepers) {
      if (!liveness.live_after(keeper.local, BlockId{size_t{keeper.block}}, keeper.index))
        kept[keeper.local.index() - 1] = true;
    }
    return kept;
  }

  struct Keeper {
    LocalId local;
    uint32_t block, index;
  };

  TypeId pointee_of(const Function& function, Place reference) const {
    return program_.types[place_type(program_, function, reference)].elem;
  }

  bool keeps(const Function& function, const Inst& inst, uint32_t arg, OperandKind kind) const {
    bool gives_on = inst.op == Op::Call && given_[inst.callee.index()][arg];
    if (kind == OperandKind::Borrow) return gives_on;
    if (kind != OperandKind::Copy) return false;
    switch (inst.op) {
      case Op::Aggregate:
      case Op::MakeVariant:
      case Op::MakeArray:
      case Op::New:
      case Op::Assign:
      case Op::Call:
      case Op::Replace:
        return true;
      case Op::Init:
        if (!inst.dst.is_local() || !inst.dst.is_root() || inst.dst.local_id().v == 0) return true;
        // A local that goes on from the parameter may be taken apart for what is made.
        return takes_apart_ && makes(function, pointee_of(function, inst.dst));
      case Op::Runtime:
        return rt_info(RtFn(inst.imm)).params[arg] == 'o';
      default:
        return false;
    }
  }

  // ---- making it so

  void rewrite(uint32_t func) {
    Function& function = program_.functions[func];
    for (Block& block : function.blocks) {
      for (Inst& inst : block.insts) {
        if (inst.op != Op::Call) continue;
        const std::vector<bool>& given = given_[inst.callee.index()];
        for (uint32_t a = 0; a < inst.args_count; ++a) {
          Operand& operand = function.operands[inst.args_begin + a];
          if (given[a] && operand.kind == OperandKind::Borrow) operand.kind = OperandKind::Copy;
        }
      }
    }
    std::vector<LocalId> ours;
    for (uint32_t p = 0; p < function.params; ++p) {
      if (!given_[func][p]) continue;
      LocalId local{size_t{p} + 1};
      function.locals[local.index()].mode = ParamMode::Own;
      ours.push_back(local);
      program_.add_fact({FactKind::Given, FuncId{size_t{func}}, function.locals[local.index()].span,
                         function.locals[local.index()].name,
                         "it is kept or taken apart, so who does not use it again hands it over"});
    }
    if (ours.empty()) return;
    std::reverse(ours.begin(), ours.end());
    drop_where_left(function, ours,
                    [&](const Inst& inst) { return summaries_.inst_may_fail(function, inst); });
  }

  Program& program_;
  const Summaries& summaries_;
  const OnlyRead& only_read_;
  const WrittenSlots& slots_;
  bool takes_apart_;
  GivenParams given_;
  GivenParams may_be_;
  std::vector<std::vector<uint32_t>> callers_;
  std::deque<uint32_t> work_;  // in turn, so that a caller of many waits for all of them
  std::vector<bool> queued_;
};

}  // namespace

void give_params(Program& program, const Summaries& summaries, const OnlyRead& only_read,
                 const WrittenSlots& slots, bool take_apart) {
  GiveParams(program, summaries, only_read, slots, take_apart).run();
}

}  // namespace tenure::own
