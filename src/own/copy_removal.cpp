#include "own/copy_removal.h"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "own/cfg.h"
#include "own/lenders.h"
#include "own/lent_values.h"
#include "own/liveness.h"
#include "own/parts.h"
#include "own/pointed.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

// A local that is used over a longer way than this keeps its copy.
constexpr size_t kLongestRegion = 4000;
// A copy of a copy goes a round after that.
constexpr int kMostRounds = 3;

struct Candidate {
  uint32_t block = 0;
  uint32_t index = 0;  // of the instruction that fills it
  size_t fills = 0;
  bool odd = false;                // used in another way than by looking
  bool viewed = false;             // a slice is made of it
  std::vector<uint32_t> operands;  // that name it: indexes into Function::operands
};

class CopyRemoval {
 public:
  CopyRemoval(Program& program, FuncId func, const Summaries& summaries, const OnlyRead& only_read,
              CopyCosts& costs)
      : program_(program),
        func_(func),
        function_(program[func]),
        only_read_(only_read),
        costs_(costs),
        lenders_(program, function_, summaries, only_read),
        candidates_(function_.locals.size()) {}

  // True if another round may find more.
  bool run() {
    collect();
    std::vector<uint32_t> wanted = wanted_locals();
    if (wanted.empty()) return false;
    written_ = locals_written_unnamed(program_, function_);
    std::vector<bool> asked(function_.locals.size());
    for (uint32_t local : wanted) asked[local] = true;
    Liveness liveness(function_, asked);
    std::unordered_map<uint32_t, Place> lenders;  // by local that goes
    std::unordered_set<uint32_t> lending;         // locals that lend to one that goes
    bool more = false;
    for (uint32_t local : wanted) {
      const Candidate& candidate = candidates_[local];
      Place lender = function_.args(fill_of(candidate))[0].place;
      if (lending.count(local) != 0 ||
          (lender.is_local() && lenders.count(lender.local_id().v) != 0)) {
        more = true;  // one after the other
      } else if (stays_as_it_is(local, lender, liveness)) {
        lenders[local] = lender;
        if (lender.is_local()) lending.insert(lender.local_id().v);
      }
    }
    for (auto [local, lender] : lenders) replace(local, lender);
    sweep(lenders);
    return more;
  }

 private:
  Inst& fill_of(const Candidate& candidate) {
    return function_.blocks[candidate.block].insts[candidate.index];
  }

  // ---- locals that are filled once, with a copy, and then only looked at

  void collect() {
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      const std::vector<Inst>& insts = function_.blocks[b].insts;
      for (uint32_t i = 0; i < insts.size(); ++i) {
        collect_operands(insts[i]);
        collect_destination(insts[i], b, i);
      }
    }
  }

  void collect_operands(const Inst& inst) {
    for (uint32_t a = 0; a < inst.args_count; ++a) {
      const Operand& operand = function_.operands[inst.args_begin + a];
      if (!operand.has_place() || !operand.place.is_local()) continue;
      Candidate& candidate = candidates_[operand.place.local_id().index()];
      candidate.operands.push_back(inst.args_begin + a);
      candidate.odd |= !only_looks(inst, a, operand);
      candidate.viewed |= inst.op == Op::MakeSlice;
    }
  }

  bool only_looks(const Inst& inst, uint32_t arg, const Operand& operand) const {
    if (operand.kind == OperandKind::Copy || operand.kind == OperandKind::Borrow) return true;
    if (operand.kind != OperandKind::Addr) return false;
    return only_looks_at(program_, function_, inst, arg) || only_read_.by_call(inst, arg);
  }

  void collect_destination(const Inst& inst, uint32_t block, uint32_t index) {
    if (!inst.dst.valid() || !inst.dst.is_local()) return;
    Candidate& candidate = candidates_[inst.dst.local_id().index()];
    bool copies = inst.op == Op::Init && inst.dst.is_root() &&
                  function_.args(inst)[0].kind == OperandKind::Copy;
    if (copies && candidate.fills++ == 0) {
      candidate.block = block;
      candidate.index = index;
    } else if (inst.op != Op::Drop || !inst.dst.is_root()) {
      candidate.odd = true;
    }
  }

  std::vector<uint32_t> wanted_locals() {
    std::vector<uint32_t> wanted;
    for (uint32_t l = function_.params + 1; l < function_.locals.size(); ++l) {
      const Local& local = function_.locals[l];
      const Candidate& candidate = candidates_[l];
      if (candidate.fills != 1 || candidate.odd || local.boxed) continue;
      if (local.kind != LocalKind::User && local.kind != LocalKind::Temp) continue;
      if (costs_.is_worth_it(local.type)) wanted.push_back(l);
    }
    return wanted;
  }

  // ---- does the lender stay as it is?

  bool stays_as_it_is(uint32_t local, Place lender, Liveness& liveness) const {
    if (is_part_of_lent_value(program_, function_, lender)) return true;
    const Candidate& candidate = candidates_[local];
    bool is_count = program_.types[function_.locals[local].type].kind == TypeKind::Ref;
    if (!(is_count ? can_lend_reference(lender) : can_lend_value(lender))) return false;
    std::vector<Lenders::Word> words;
    if (!lenders_.words_of(lender, written_, words)) return false;
    size_t looked_at = 0;
    return follow_ways(
        function_, candidate.block, candidate.index,
        [&](const Inst& inst, uint32_t block, uint32_t index) {
          if (inst.op == Op::Drop && inst.dst == Place::local(LocalId{size_t{local}}))
            return Way::Ends;
          if (!candidate.viewed && !is_used_from(local, block, index, liveness)) return Way::Ends;
          bool fails = ++looked_at > kLongestRegion || lenders_.writes(inst, words);
          return fails ? Way::Fails : Way::GoesOn;
        });
  }

  bool can_lend_value(Place lender) const {
    if (!is_part_of_root(program_, function_, lender)) return false;
    if (lender.is_global()) return !program_.globals[lender.global_id().index()].boxed;
    const Local& row = function_.locals[lender.local_id().index()];
    return !written_[lender.local_id().index()] && !row.boxed && row.kind != LocalKind::Result;
  }

  // A reference may lie in memory too: while no word on the way to it is written, it is there, and
  // what it refers to with it.
  bool can_lend_reference(Place lender) const {
    if (is_behind_pointer(program_, function_, lender)) return false;
    return !lender.is_local() ||
           (!written_[lender.local_id().index()] &&
            function_.locals[lender.local_id().index()].kind != LocalKind::Result);
  }

  // By the instruction itself, or later.
  bool is_used_from(uint32_t local, uint32_t block, uint32_t index, Liveness& liveness) const {
    const Inst& inst = function_.blocks[block].insts[index];
    for (const Operand& operand : function_.args(inst)) {
      if (operand.has_place() && operand.place.root == Place::local(LocalId{size_t{local}}).root)
        return true;
    }
    return liveness.live_after(LocalId{size_t{local}}, BlockId{size_t{block}}, index);
  }

  // ---- taking it out

  void replace(uint32_t local, Place lender) {
    const Local& row = function_.locals[local];
    if (!row.name.empty()) {
      std::string why = "nothing writes it while `" + row.name + "` is used";
      program_.add_fact({FactKind::Borrowed, func_, fill_of(candidates_[local]).span,
                         place_text(program_, function_, lender), std::move(why)});
    }
    for (uint32_t index : candidates_[local].operands) {
      Place old = function_.operands[index].place;
      Place now = lender;
      for (Proj proj : function_.paths.projs(old.path)) now = project(function_, now, proj);
      function_.operands[index].place = now;
    }
  }

  void sweep(const std::unordered_map<uint32_t, Place>& removed) {
    if (removed.empty()) return;
    for (Block& block : function_.blocks) {
      std::erase_if(block.insts, [&](const Inst& inst) {
        return inst.dst.valid() && inst.dst.is_local() && inst.dst.is_root() &&
               removed.count(inst.dst.local_id().v) != 0;
      });
    }
  }

  Program& program_;
  FuncId func_;
  Function& function_;
  const OnlyRead& only_read_;
  CopyCosts& costs_;
  Lenders lenders_;
  std::vector<Candidate> candidates_;  // by local
  std::vector<bool> written_;
};

}  // namespace

// By type once: types share their parts. As deep as values nest in each other.
uint8_t CopyCosts::of(TypeId id) {
  uint8_t& known = known_[id.index()];
  if (known != 0) return known;
  const Type& type = program_.types[id];
  uint8_t cost = kKnown;
  switch (type.kind) {
    case TypeKind::Text:
    case TypeKind::String:
      cost |= kText;
      break;
    case TypeKind::Ref:
    case TypeKind::Weak:
      break;
    case TypeKind::FixedArray:
    case TypeKind::Struct:
    case TypeKind::Tuple:
    case TypeKind::Union:
      each_part(type, [&](TypeId part) { cost |= of(part); });
      break;
    default:
      if (!program_.types.is_plain(id)) cost |= kElsewhere;
      break;
  }
  return known_[id.index()] = cost;
}

bool CopyCosts::is_worth_it(TypeId id) {
  constexpr uint64_t kLongArray = 16;
  const Type& type = program_.types[id];
  uint8_t cost = of(id);
  if (type.watched || (cost & kElsewhere) != 0) return false;
  if (type.kind == TypeKind::Ref) return true;
  return (cost & kText) != 0 || (type.kind == TypeKind::FixedArray && type.count >= kLongArray);
}

void remove_copies(Program& program, FuncId func, const Summaries& summaries,
                   const OnlyRead& only_read, CopyCosts& costs) {
  for (int round = 0; round < kMostRounds; ++round) {
    if (!CopyRemoval(program, func, summaries, only_read, costs).run()) return;
  }
}

}  // namespace tenure::own
