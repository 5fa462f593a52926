#include "own/cursors.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "own/lenders.h"
#include "own/liveness.h"
#include "own/pointed.h"
#include "own/steps.h"
#include "own/take_apart.h"

namespace tenure::own {

using namespace oir;

namespace {

// A larger group keeps its counts.
constexpr size_t kMostCursors = 64;

// An instruction that gives a candidate what it holds.
struct Fill {
  uint32_t block, index;
  Operand from;
};

class Cursors {
 public:
  Cursors(Program& program, FuncId func, const Summaries& summaries, const OnlyRead& only_read)
      : program_(program),
        func_(func),
        function_(program[func]),
        only_read_(only_read),
        lenders_(program, function_, summaries, only_read),
        pointed_(locals_written_unnamed(program, function_)),
        candidate_(function_.locals.size()) {}

  void run() {
    find_candidates();
    if (count_ == 0) return;
    collect_fills();
    shrink();
    std::vector<bool> all = candidate_;
    for (size_t l = 0; l < all.size(); ++l) {
      if (!all[l] || group_of(l) != l) continue;
      // What is gone through may be worth more as what is made of it.
      if (makes(function_, program_.types[function_.locals[l].type].elem)) continue;
      for (size_t m = 0; m < all.size(); ++m) candidate_[m] = all[m] && group_of(m) == l;
      // What only gets one part once is the business of the removal of copies; here, what goes on.
      if (any_goes_on() && find_keepers() && stays()) rewrite();
    }
  }

 private:
  bool is_candidate(Place place) const {
    return place.valid() && place.is_local() && candidate_[place.local_id().index()];
  }
  void exclude(LocalId local) {
    if (!candidate_[local.index()]) return;
    candidate_[local.index()] = false;
    --count_;
  }

  // ---- who could be one

  void find_candidates() {
    for (size_t l = function_.params + 1; l < function_.locals.size(); ++l) {
      const Local& local = function_.locals[l];
      const Type& type = program_.types[local.type];
      bool kind = local.kind == LocalKind::User || local.kind == LocalKind::Temp;
      if (!kind || local.boxed || pointed_[l] || type.kind != TypeKind::Ref) continue;
      if (type.watched) continue;  // also by what a part may lie in
      candidate_[l] = true;
      ++count_;
    }
    if (count_ == 0) return;
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) look_at(inst);
    }
  }

  void look_at(const Inst& inst) {
    if (is_candidate(inst.dst)) {
      bool fills = inst.dst.is_root() && (inst.op == Op::Init || inst.op == Op::Assign);
      bool ends = inst.dst.is_root() && inst.op == Op::Drop;
      if (!fills && !ends) exclude(inst.dst.local_id());
    }
    auto args = function_.args(inst);
    for (uint32_t a = 0; a < args.size(); ++a) {
      if (!args[a].has_place() || !is_candidate(args[a].place)) continue;
      Place place = args[a].place;
      bool looks = args[a].kind == OperandKind::Copy || args[a].kind == OperandKind::Borrow ||
                   (args[a].kind == OperandKind::Move && place.is_root()) ||
                   (args[a].kind == OperandKind::Addr && !place.is_root() &&
                    (only_looks_at(program_, function_, inst, a) || only_read_.by_call(inst, a)));
      if (!looks) exclude(place.local_id());
    }
  }

  void collect_fills() {
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      const std::vector<Inst>& insts = function_.blocks[b].insts;
      for (uint32_t i = 0; i < insts.size(); ++i) {
        if (!is_candidate(insts[i].dst) || insts[i].op == Op::Drop) continue;
        fills_[insts[i].dst.root].push_back({b, i, function_.args(insts[i])[0]});
      }
    }
  }

  // Takes out what is given a value of its own, until what is left gets copies of places, nulls and
  // other cursors.
  void shrink() {
    bool changed = true;
    while (changed) {
      changed = false;
      for (auto& [root, fills] : fills_) {
        LocalId local{size_t{root}};
        if (!candidate_[local.index()]) continue;
        bool fits = std::all_of(fills.begin(), fills.end(),
                                [&](const Fill& fill) { return is_lent(fill.from); });
        if (fits) continue;
        exclude(local);
        changed = true;
      }
    }
  }

  bool is_lent(const Operand& from) const {
    if (from.kind == OperandKind::Const) return from.constant.kind == ConstKind::Null;
    if (from.place.is_global() || is_behind_pointer(program_, function_, from.place)) return false;
    if (is_candidate(from.place)) return true;
    if (from.kind != OperandKind::Copy) return false;
    const Local& root = function_.locals[from.place.local_id().index()];
    return !root.boxed && !pointed_[from.place.local_id().index()] &&
           (root.kind == LocalKind::User || root.kind == LocalKind::Param);
  }

  // Candidates that hand on to each other have one representative.
  size_t group_of(size_t local) {
    if (groups_.empty()) {
      groups_.resize(candidate_.size());
      for (size_t l = 0; l < groups_.size(); ++l) groups_[l] = l;
      for (const auto& [root, fills] : fills_) {
        for (const Fill& fill : fills) {
          if (candidate_[root] && fill.from.has_place() && is_candidate(fill.from.place))
            groups_[find(fill.from.place.local_id().index())] = find(root);
        }
      }
    }
    return find(local);
  }
  size_t find(size_t local) const {
    while (groups_[local] != local) local = groups_[local];
    return local;
  }

  // Some cursor goes from an object to the next one: a copy would be counted in every turn.
  bool any_goes_on() const {
    for (const auto& [root, fills] : fills_) {
      if (!candidate_[root]) continue;
      for (const Fill& fill : fills) {
        if (fill.from.has_place() && is_candidate(fill.from.place)) return true;
      }
    }
    return false;
  }

  // ---- is what they go through kept?

  // The roots and words that keep what the cursors refer to. False: too hard to follow.
  bool find_keepers() {
    words_.clear();
    keepers_.clear();
    for (const auto& [root, fills] : fills_) {
      if (!candidate_[root]) continue;
      for (const Fill& fill : fills) {
        if (!fill.from.has_place()) continue;
        Place place = fill.from.place;
        std::vector<Lenders::Word> words;
        if (!lenders_.words_of(place, pointed_, words)) return false;
        for (const Lenders::Word& word : words) {
          if (word.in_memory) words_.push_back(word);
        }
        if (!is_candidate(place)) keepers_.push_back(place.local_id());
      }
    }
    std::sort(keepers_.begin(), keepers_.end());
    keepers_.erase(std::unique(keepers_.begin(), keepers_.end()), keepers_.end());
    return true;
  }

  bool is_callers(LocalId local) const {
    const Local& row = function_.locals[local.index()];
    return row.kind == LocalKind::Param && row.mode == ParamMode::Borrow;
  }

  // While a cursor is in use nobody writes the words, and nobody but who fills cursors mentions the
  // locals that own what they go through.
  bool stays() const {
    size_t count = std::count(candidate_.begin(), candidate_.end(), true);
    if (count > kMostCursors) return false;
    Liveness liveness(function_, candidate_);
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      const std::vector<Inst>& insts = function_.blocks[b].insts;
      for (uint32_t i = 0; i < insts.size(); ++i) {
        const Inst& inst = insts[i];
        if (fills_cursor(inst) || ends_cursor(inst)) continue;
        bool harms = lenders_.writes(inst, words_) || mentions_keeper(inst);
        if (harms && in_use(inst, b, i, liveness)) return false;
      }
    }
    return true;
  }

  bool fills_cursor(const Inst& inst) const {
    return is_candidate(inst.dst) && inst.op != Op::Drop;
  }
  bool ends_cursor(const Inst& inst) const { return is_candidate(inst.dst) && inst.op == Op::Drop; }

  bool mentions_keeper(const Inst& inst) const {
    auto keeps = [&](Place place) {
      return place.valid() && place.is_local() && !is_callers(place.local_id()) &&
             std::binary_search(keepers_.begin(), keepers_.end(), place.local_id());
    };
    if (keeps(inst.dst)) return true;
    for (const Operand& operand : function_.args(inst)) {
      if (operand.has_place() && keeps(operand.place)) return true;
    }
    return false;
  }

  bool in_use(const Inst& inst, uint32_t block, uint32_t index, Liveness& liveness) const {
    for (const Operand& operand : function_.args(inst)) {
      if (operand.has_place() && is_candidate(operand.place)) return true;
    }
    for (size_t l = 0; l < candidate_.size(); ++l) {
      if (candidate_[l] && liveness.live_after(LocalId{l}, BlockId{size_t{block}}, index))
        return true;
    }
    return false;
  }

  // ---- making them so

  void rewrite() {
    for (Block& block : function_.blocks) {
      std::erase_if(block.insts, [&](const Inst& inst) { return ends_cursor(inst); });
      for (Inst& inst : block.insts) {
        bool fills = fills_cursor(inst);
        for (uint32_t a = 0; a < inst.args_count; ++a) {
          Operand& operand = function_.operands[inst.args_begin + a];
          if (!operand.has_place()) continue;
          if (fills) {
            operand.kind = OperandKind::Borrow;
          } else if (operand.kind == OperandKind::Move && is_candidate(operand.place)) {
            operand.kind = OperandKind::Copy;  // somebody is to own it
          }
        }
        if (fills) become_init(inst);
      }
    }
    for (size_t l = 0; l < candidate_.size(); ++l) {
      Local& local = function_.locals[l];
      if (!candidate_[l] || fills_.count(Place::local(LocalId{l}).root) == 0) continue;
      local.kind = LocalKind::Cursor;
      if (local.name.empty()) continue;
      program_.add_fact({FactKind::Borrowed, func_, local.span, local.name,
                         "what it goes through is kept meanwhile, and nobody writes it"});
    }
  }

  static void become_init(Inst& inst) {
    inst.op = Op::Init;
    inst.imm = 0;
    inst.unwind = {};
    inst.flag = {};
  }

  Program& program_;
  FuncId func_;
  Function& function_;
  const OnlyRead& only_read_;
  Lenders lenders_;
  std::vector<bool> pointed_;
  std::vector<bool> candidate_;  // by local
  size_t count_ = 0;
  std::unordered_map<uint32_t, std::vector<Fill>> fills_;  // by root
  std::vector<size_t> groups_;  // by local: another of its group, or itself
  std::vector<Lenders::Word> words_;
  std::vector<LocalId> keepers_;
};

}  // namespace

void find_cursors(Program& program, FuncId func, const Summaries& summaries,
                  const OnlyRead& only_read) {
  Cursors(program, func, summaries, only_read).run();
}

}  // namespace tenure::own
