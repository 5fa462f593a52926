#include "own/appends.h"

#include <algorithm>
#include <vector>

#include "own/emit.h"
#include "own/lenders.h"
#include "own/liveness.h"
#include "own/pointed.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

class Appends {
 public:
  Appends(Program& program, FuncId func, const Summaries& summaries, const OnlyRead& only_read)
      : program_(program),
        func_(func),
        function_(program[func]),
        lenders_(program, function_, summaries, only_read),
        pointed_(locals_with_other_names(program, function_)),
        filled_(function_.locals.size()) {}

  void run() {
    std::vector<bool> wanted(function_.locals.size());
    if (!find_joined(wanted)) return;
    Liveness liveness(function_, wanted);
    std::vector<Join> joins;
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      for (uint32_t i = 0; i < function_.blocks[b].insts.size(); ++i) {
        if (!is_join(function_.blocks[b].insts[i])) continue;
        if (append_where_assigned(b, i, liveness)) {
          joins.push_back({b, i, true});
        } else if (is_last_use(b, i, liveness)) {
          joins.push_back({b, i, false});
        }
      }
    }
    // From the end, so that positions in front stay what they are.
    for (auto it = joins.rbegin(); it != joins.rend(); ++it) {
      std::vector<Inst>& insts = function_.blocks[it->block].insts;
      if (it->is_done) {
        insts.erase(insts.begin() + it->index);
      } else {
        append_to(it->block, it->index);
      }
    }
  }

 private:
  struct Join {
    uint32_t block, index;
    bool is_done;  // where the result is assigned; this one goes
  };

  static bool is_join(const Inst& inst) {
    return inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::StrConcat;
  }
  static bool is_whole_local(Place place) {
    return place.valid() && place.is_local() && place.is_root();
  }

  // Joins of locals, and how often locals get a value that is no literal.
  bool find_joined(std::vector<bool>& wanted) {
    bool any = false;
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        auto args = function_.args(inst);
        if (is_whole_local(inst.dst) && inst.op != Op::Drop) {
          bool literal = inst.op == Op::Init && args[0].kind == OperandKind::Const;
          if (!literal) filled_[inst.dst.local_id().index()] = true;
        }
        if (!is_join(inst)) continue;
        any = true;
        if (is_whole_local(inst.dst)) wanted[inst.dst.local_id().index()] = true;
        if (args[0].has_place() && is_whole_local(args[0].place))
          wanted[args[0].place.local_id().index()] = true;
      }
    }
    return any;
  }

  bool is_own(LocalId local) const { return is_owned_by_name(function_, local, pointed_); }

  bool is_last_use(uint32_t block, uint32_t index, Liveness& liveness) const {
    const Inst& inst = function_.blocks[block].insts[index];
    auto args = function_.args(inst);
    if (!is_whole_local(inst.dst) || !args[0].has_place() || !is_whole_local(args[0].place))
      return false;
    LocalId joined = args[0].place.local_id();
    bool gets_more = filled_[joined.index()] || joined.index() <= function_.params;
    if (!is_own(joined) || !gets_more || inst.dst == args[0].place) return false;
    if (args[1].has_place() && may_overlap(program_, function_, args[1].place, args[0].place))
      return false;
    return !liveness.live_after(joined, BlockId{size_t{block}}, index);
  }

  void append_to(uint32_t block, uint32_t index) {
    std::vector<Inst>& insts = function_.blocks[block].insts;
    Inst& join = insts[index];
    Place joined = function_.args(join)[0].place;
    Place dst = join.dst;
    Inst move = make_inst(function_, Op::Init, dst, {Operand::move(joined)}, join.span);
    const Local& local = function_.locals[joined.local_id().index()];
    if (!local.name.empty()) {
      move.fact = program_.add_fact({FactKind::Moved, func_, join.span, local.name,
                                     "it is not used later, so the rest is put at its end"});
    }
    become_append(join, dst);
    insts.insert(insts.begin() + index, std::move(move));
  }

  void become_append(Inst& join, Place text) {
    join.imm = uint8_t(RtFn::StrAppend);
    join.dst = Place{};
    function_.operands[join.args_begin].place = text;
    function_.operands[join.args_begin].kind = OperandKind::Addr;
  }

  // The place that was joined gets the result, later in the block, and is written by nobody in
  // between, nor is what is put at its end.
  bool append_where_assigned(uint32_t block, uint32_t index, Liveness& liveness) {
    std::vector<Inst>& insts = function_.blocks[block].insts;
    const Inst join = insts[index];
    if (!is_whole_local(join.dst) || !is_own(join.dst.local_id())) return false;
    Place place = function_.args(join)[0].place;
    const Operand more = function_.args(join)[1];
    if (!function_.args(join)[0].has_place()) return false;
    uint32_t at = index + 1;
    while (at < insts.size() && !assigns(insts[at], place, join.dst)) ++at;
    if (at == insts.size()) return false;
    if (liveness.live_after(join.dst.local_id(), BlockId{size_t{block}}, at)) return false;
    std::vector<Lenders::Word> words;
    if (!lenders_.words_of(place, pointed_, words)) return false;
    if (more.has_place()) {
      if (may_be_same(place, more.place)) return false;
      if (!lenders_.words_of(more.place, pointed_, words)) return false;
    }
    for (uint32_t i = index + 1; i < at; ++i) {
      // (Another join may be the last use of what this one is about.)
      if (is_join(insts[i]) || lenders_.writes(insts[i], words) || mentions(insts[i], join.dst))
        return false;
    }
    Span span = insts[at].span;
    insts[at] = join;
    insts[at].span = span;
    become_append(insts[at], place);
    return true;
  }

  bool assigns(const Inst& inst, Place place, Place value) const {
    if (inst.op != Op::Assign || inst.dst != place) return false;
    const Operand& from = function_.args(inst)[0];
    return from.has_place() && from.place == value && from.kind != OperandKind::Borrow;
  }

  bool mentions(const Inst& inst, Place local) const {
    if (inst.dst.valid() && inst.dst.root == local.root) return true;
    auto args = function_.args(inst);
    return std::any_of(args.begin(), args.end(), [&](const Operand& operand) {
      return operand.has_place() && operand.place.root == local.root;
    });
  }

  // Both may lie in memory, where anything may be the same; or one is a part of the other.
  bool may_be_same(Place a, Place b) const {
    auto in_own_root = [&](Place place) {
      return place.is_local() && is_part_of_local(program_, function_, place) &&
             !function_.locals[place.local_id().index()].boxed &&
             !pointed_[place.local_id().index()];
    };
    if (in_own_root(a) != in_own_root(b)) return false;
    return !in_own_root(a) || may_overlap(program_, function_, a, b);
  }

  Program& program_;
  FuncId func_;
  Function& function_;
  Lenders lenders_;
  std::vector<bool> pointed_;
  std::vector<bool> filled_;  // by local: somewhere it gets a value that is no literal
};

}  // namespace

void append_to_last(Program& program, FuncId func, const Summaries& summaries,
                    const OnlyRead& only_read) {
  Appends(program, func, summaries, only_read).run();
}

}  // namespace tenure::own
