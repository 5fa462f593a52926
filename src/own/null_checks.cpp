#include "own/null_checks.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <vector>

#include "own/cfg.h"
#include "own/lent_params.h"

namespace tenure::own {

using namespace oir;

namespace {

// What was learnt longest ago is forgotten.
constexpr size_t kMostKnown = 32;
// What calls give each other is found in as many rounds over the program, or not at all.
constexpr int kMostRounds = 10;

// By function and parameter from 0: no call gives it null.
using NeverNull = std::vector<std::vector<bool>>;

class NullChecks {
 public:
  NullChecks(Function& function, const std::vector<bool>& never_null)
      : function_(function),
        never_null_(never_null),
        ways_in_(function.blocks.size()),
        lent_(function.locals.size()) {}

  void remove() {
    collect();
    if (!any_) return;
    removes_ = true;
    for (BlockId block : reverse_post_order(function_)) visit(block);
  }

  // Tells of each call which of its operands may be null: `tell(callee, operand)`.
  void look(const std::function<void(FuncId, uint32_t)>& tell) {
    collect();
    tell_ = &tell;
    for (BlockId block : reverse_post_order(function_)) visit(block);
  }

 private:
  using Known = std::vector<uint32_t>;  // locals that are not null

  void collect() {
    ways_in_[0] = 1;  // from outside
    for (const Block& block : function_.blocks) {
      for_each_exit(block, [&](const Inst&, BlockId target, bool unwinds) {
        ways_in_[target.index()] += unwinds ? 2 : 1;
      });
      for (const Inst& inst : block.insts) {
        any_ |= inst.op == Op::NullCheck;
        // Who has the address of a local may write it.
        for (const Operand& operand : function_.args(inst)) {
          if (operand.kind == OperandKind::Addr && is_whole(operand.place)) {
            lent_[operand.place.root] = true;
          }
        }
      }
    }
  }

  static bool is_whole(Place place) { return place.is_local() && place.is_root(); }
  static bool knows(const Known& known, uint32_t local) {
    return std::find(known.begin(), known.end(), local) != known.end();
  }
  bool is_known(const Known& known, Place place) const {
    if (!is_whole(place)) return false;
    uint32_t local = place.root;
    bool never = local >= 1 && local <= never_null_.size() && never_null_[local - 1];
    return (never && !lent_[local]) || knows(known, local);
  }
  void learn(Known& known, Place place) const {
    if (!is_whole(place) || lent_[place.root] || knows(known, place.root)) return;
    if (known.size() == kMostKnown) known.erase(known.begin());
    known.push_back(place.root);
  }

  void visit(BlockId id) {
    Known known;
    if (auto it = at_entry_.find(id.v); it != at_entry_.end()) {
      known = std::move(it->second);
      at_entry_.erase(it);
    }
    asked_ = {};
    std::vector<Inst>& insts = function_.blocks[id.index()].insts;
    std::erase_if(insts, [&](const Inst& inst) {
      if (inst.op == Op::NullCheck) {
        Place word = function_.args(inst)[0].place;
        if (function_.args(inst)[0].has_place()) {
          if (removes_ && is_known(known, word)) return true;
          learn(known, word);
        }
        return false;
      }
      step(inst, known);
      return false;
    });
    const Inst& last = insts.back();
    for (size_t i = 0; i < last.targets.size(); ++i) {
      if (ways_in_[last.targets[i].index()] != 1) continue;
      Known there = known;
      bool tells = last.op == Op::Branch && i == 1 && asked_.valid();
      const Operand* on = tells ? &function_.args(last)[0] : nullptr;
      if (on != nullptr && on->has_place() && on->place == answer_) learn(there, asked_);
      at_entry_[last.targets[i].v] = std::move(there);
    }
  }

  void step(const Inst& inst, Known& known) {
    auto args = function_.args(inst);
    bool from_known = inst.op == Op::Init && args[0].has_place() && is_known(known, args[0].place);
    if (inst.op == Op::Call && tell_ != nullptr) {
      for (uint32_t a = 0; a < args.size(); ++a) {
        bool given = args[a].kind == OperandKind::Addr ||
                     (args[a].has_place() && is_known(known, args[a].place));
        if (!given) (*tell_)(inst.callee, a);
      }
    }
    for (const Operand& operand : args) {
      if (operand.kind == OperandKind::Move) forget(known, operand.place);
    }
    if (!inst.dst.valid()) return;
    forget(known, inst.dst);
    if (inst.op == Op::New || inst.op == Op::MakeRef || from_known) learn(known, inst.dst);
    if (inst.op == Op::IsNull && args[0].has_place() && is_whole(args[0].place) &&
        is_whole(inst.dst)) {
      answer_ = inst.dst;
      asked_ = args[0].place;
    }
  }

  void forget(Known& known, Place place) {
    if (!is_whole(place)) return;
    std::erase(known, place.root);
    if (asked_.valid() && (place == asked_ || place == answer_)) asked_ = {};
  }

  Function& function_;
  const std::vector<bool>& never_null_;
  const std::function<void(FuncId, uint32_t)>* tell_ = nullptr;
  bool removes_ = false;
  std::vector<uint32_t> ways_in_;  // by block; a way of unwinding counts as several
  std::vector<bool> lent_;         // by local
  std::unordered_map<uint32_t, Known> at_entry_;
  bool any_ = false;
  Place answer_, asked_;  // of the last `is_null` of the block
};

// From all of them downwards: what a call may give null is none, and what hands it on is none then.
NeverNull find_never_null(Program& program) {
  NeverNull params = find_lent_params(program);
  for (int round = 0; round < kMostRounds; ++round) {
    bool changed = false;
    for (size_t f = 0; f < program.functions.size(); ++f) {
      if (program.functions[f].blocks.empty()) continue;
      NullChecks(program.functions[f], params[f]).look([&](FuncId callee, uint32_t param) {
        if (param >= params[callee.index()].size() || !params[callee.index()][param]) return;
        params[callee.index()][param] = false;
        changed = true;
      });
    }
    if (!changed) return params;
  }
  for (std::vector<bool>& row : params) row.assign(row.size(), false);
  return params;
}

}  // namespace

void remove_null_checks(Program& program) {
  NeverNull params = find_never_null(program);
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (!program.functions[f].blocks.empty()) NullChecks(program.functions[f], params[f]).remove();
  }
}

}  // namespace tenure::own
