#include "own/null_checks.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "own/cfg.h"

namespace tenure::own {

using namespace oir;

namespace {

// What was learnt longest ago is forgotten.
constexpr size_t kMostKnown = 32;

class NullChecks {
 public:
  explicit NullChecks(Function& function)
      : function_(function), ways_in_(function.blocks.size()), lent_(function.locals.size()) {}

  void run() {
    collect();
    if (!any_) return;
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
          if (is_whole(word) && knows(known, word.root)) return true;
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
    bool from_known = inst.op == Op::Init && args[0].has_place() && is_whole(args[0].place) &&
                      knows(known, args[0].place.root);
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
  std::vector<uint32_t> ways_in_;  // by block; a way of unwinding counts as several
  std::vector<bool> lent_;         // by local
  std::unordered_map<uint32_t, Known> at_entry_;
  bool any_ = false;
  Place answer_, asked_;  // of the last `is_null` of the block
};

}  // namespace

void remove_null_checks(Program& program) {
  for (Function& function : program.functions) {
    if (!function.blocks.empty()) NullChecks(function).run();
  }
}

}  // namespace tenure::own
