#include "own/hold_removal.h"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "own/cfg.h"
#include "own/lenders.h"
#include "own/pointed.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

// A hold whose way to its end is longer than this is kept: statements are short.
constexpr size_t kLongestRegion = 2000;

bool only_checks(const Inst& inst) {
  return inst.op == Op::BoundsCheck || inst.op == Op::RangeCheck || inst.op == Op::FullCheck;
}

struct Hold {
  LocalId local;
  uint32_t block = 0;
  uint32_t index = 0;  // of the instruction that fills it
  size_t fills = 0;
  bool odd = false;                // used in a way that is not known here
  std::vector<uint32_t> operands;  // that name it: indexes into Function::operands
};

class HoldRemoval {
 public:
  HoldRemoval(Program& program, FuncId func, const Summaries& summaries, const OnlyRead& only_read,
              const SourceMap& sources)
      : program_(program),
        func_(func),
        function_(program[func]),
        lenders_(program, function_, summaries, only_read),
        sources_(sources) {}

  void run() {
    collect();
    if (order_.empty()) return;
    for (uint32_t local : order_) {
      Hold& hold = holds_[local];
      Inst& fill = function_.blocks[hold.block].insts[hold.index];
      Place lender = function_.args(fill)[0].place;
      Span writer;
      bool removed = hold.fills == 1 && !hold.odd && is_free(hold, fill, lender, writer);
      record(fill, lender, removed, writer);
      if (removed) replace(hold, lender);
    }
    sweep();
  }

 private:
  bool is_hold(Place place) const {
    return place.is_local() && function_.locals[place.local_id().index()].kind == LocalKind::Hold;
  }

  // A hold of a value, whose address is lent, and not of a word.
  bool holds_value(Place hold) const {
    TypeKind kind = program_.types[function_.locals[hold.local_id().index()].type].kind;
    return kind != TypeKind::Ref && kind != TypeKind::View;
  }

  // In a parameter that the caller lends: it stays whole until the call has ended, and nobody can
  // assign it [O-LIFE-3].
  bool is_lent_by_caller(Place lender) const {
    if (!lender.is_local()) return false;
    const Local& local = function_.locals[lender.local_id().index()];
    if (local.kind != LocalKind::Param || local.mode != ParamMode::Borrow) return false;
    std::vector<Step> steps = steps_of(program_, function_, lender);
    if (steps.empty() || steps[0].proj.kind != ProjKind::Deref) return false;
    for (size_t i = 1; i < steps.size(); ++i) {
      if (leaves_storage(program_, steps[i]) || steps[i].proj.kind == ProjKind::Index) return false;
    }
    return true;
  }

  void collect() {
    for (const Local& local : function_.locals) any_ = any_ || local.kind == LocalKind::Hold;
    if (!any_) return;
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      const std::vector<Inst>& insts = function_.blocks[b].insts;
      for (uint32_t i = 0; i < insts.size(); ++i) collect(insts[i], b, i);
    }
  }

  void collect(const Inst& inst, uint32_t block, uint32_t index) {
    for (uint32_t a = 0; a < inst.args_count; ++a) {
      const Operand& operand = function_.operands[inst.args_begin + a];
      if (!operand.has_place() || !is_hold(operand.place)) continue;
      Hold& hold = holds_[operand.place.root];
      hold.operands.push_back(inst.args_begin + a);
      bool lends_value = operand.kind == OperandKind::Addr && holds_value(operand.place) &&
                         (op_is_call(inst.op) || inst.op == Op::Runtime);
      bool whole_leaves =
          operand.place.is_root() && operand.kind != OperandKind::Borrow && !lends_value;
      if (whole_leaves || operand.kind == OperandKind::Move || inst.op == Op::Alias) {
        if (!only_checks(inst)) hold.odd = true;
      }
    }
    if (inst.op == Op::Alias) aliased_.insert(function_.args(inst)[0].place.root);
    if (!inst.dst.valid() || !is_hold(inst.dst) || inst.op == Op::Drop) return;
    Hold& hold = holds_[inst.dst.root];
    if (!inst.dst.is_root()) {
      hold.odd = true;
      return;
    }
    if (hold.fills++ == 0) order_.push_back(inst.dst.root);
    hold.local = inst.dst.local_id();
    hold.block = block;
    hold.index = index;
    bool copies = inst.op == Op::Init && function_.args(inst)[0].kind == OperandKind::Copy;
    if (!copies && inst.op != Op::MakeView) hold.odd = true;
  }

  // ---- may it go?

  bool is_free(const Hold& hold, const Inst& fill, Place lender, Span& writer) {
    writer = fill.span;
    if (aliased_.count(lender.root)) return false;
    if (holds_value(Place::local(hold.local)) && is_lent_by_caller(lender)) return true;
    if (lender.is_local() && pointed_[lender.local_id().index()]) return false;
    if (is_behind_pointer(program_, function_, lender)) return false;
    bool view = fill.op == Op::MakeView;
    std::vector<Lenders::Word> words;
    if (view && (lender.is_global() || !is_part_of_root(program_, function_, lender))) return false;
    if (!lenders_.words_of(lender, pointed_, words)) return false;
    size_t looked_at = 0;
    return follow_ways(function_, hold.block, hold.index,
                       [&](const Inst& inst, uint32_t, uint32_t) {
                         if (inst.op == Op::Drop && inst.dst == Place::local(hold.local))
                           return Way::Ends;
                         if (inst.op == Op::Return || inst.op == Op::Resume) return Way::Fails;
                         bool fails = ++looked_at > kLongestRegion ||
                                      lenders_.writes(inst, words) || (view && names(inst, lender));
                         if (fails) writer = inst.span;
                         return fails ? Way::Fails : Way::GoesOn;
                       });
  }

  // For a view: any other use of the array, which would find it unexposed.
  bool names(const Inst& inst, Place lender) const {
    if (only_checks(inst)) return false;
    auto same = [&](Place place) { return place.valid() && place.root == lender.root; };
    if (same(inst.dst)) return true;
    for (const Operand& operand : function_.args(inst)) {
      if (operand.has_place() && same(operand.place)) return true;
    }
    return false;
  }

  // ---- taking it out

  void replace(const Hold& hold, Place lender) {
    for (uint32_t index : hold.operands) {
      Place old = function_.operands[index].place;
      if (old.root != Place::local(hold.local).root) continue;
      Place now = lender;
      for (Proj proj : function_.paths.projs(old.path)) now = project(function_, now, proj);
      function_.operands[index].place = now;
      if (is_hold(now)) holds_[now.root].operands.push_back(index);
    }
    removed_.insert(hold.local.v);
  }

  void sweep() {
    if (removed_.empty()) return;
    for (Block& block : function_.blocks) {
      std::erase_if(block.insts, [&](const Inst& inst) {
        return inst.dst.is_local() && inst.dst.is_root() && removed_.count(inst.dst.root) != 0;
      });
    }
  }

  void record(Inst& fill, Place lender, bool removed, Span writer) {
    if (lender.is_local() && function_.locals[lender.local_id().index()].name.empty()) return;
    std::string why = "nothing writes it while it is lent";
    if (!removed) {
      why = "it may be written before the statement ends";
      if (writer.valid()) why += " (line " + std::to_string(sources_.locate(writer).line) + ")";
    }
    fill.fact = program_.add_fact({removed ? FactKind::Borrowed : FactKind::Held, func_, fill.span,
                                   place_text(program_, function_, lender), std::move(why)});
  }

  Program& program_;
  FuncId func_;
  Function& function_;
  Lenders lenders_;
  const SourceMap& sources_;
  std::vector<bool> pointed_ = pointed_locals(program_, function_);
  bool any_ = false;
  std::unordered_map<uint32_t, Hold> holds_;  // by root
  std::vector<uint32_t> order_;               // roots, as they are filled
  std::unordered_set<uint32_t> removed_;
  std::unordered_set<uint32_t> aliased_;  // roots that a name is bound into
};

}  // namespace

void remove_holds(Program& program, FuncId func, const Summaries& summaries,
                  const OnlyRead& only_read, const SourceMap& sources) {
  HoldRemoval(program, func, summaries, only_read, sources).run();
}

}  // namespace tenure::own
