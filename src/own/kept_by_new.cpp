#include "own/kept_by_new.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "own/emit.h"
#include "own/lenders.h"
#include "own/liveness.h"
#include "own/pointed.h"

namespace tenure::own {

using namespace oir;

namespace {

constexpr size_t kMostBlocks = 64;

struct Copy {
  uint32_t block, index;  // of the aggregate
  uint32_t arg;
  LocalId local;
  Place keeper;  // the field of the new object
};

class KeptByNew {
 public:
  KeptByNew(Program& program, FuncId func, const Summaries& summaries, const OnlyRead& only_read)
      : program_(program),
        func_(func),
        function_(program[func]),
        lenders_(program, function_, summaries, only_read),
        pointed_(locals_with_other_names(program, function_)),
        entries_(function_.blocks.size()) {
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      for (const Inst& inst : function_.blocks[b].insts) {
        if (inst.unwind.valid()) entries_[inst.unwind.index()].push_back(b);
        for (BlockId target : inst.targets) entries_[target.index()].push_back(b);
      }
    }
  }

  void run() {
    std::vector<bool> wanted(function_.locals.size());
    std::vector<Copy> copies = find_copies(wanted);
    if (copies.empty()) return;
    Liveness liveness(function_, wanted);
    liveness_ = &liveness;
    // All are decided on the function as it was; of one local the first, since the others follow in
    // what it has renamed.
    std::vector<std::pair<Copy, std::vector<uint32_t>>> found;
    std::vector<bool> kept(function_.locals.size());
    std::vector<bool> keeps(function_.locals.size());
    for (const Copy& copy : copies) {
      // What is kept itself for a while only keeps nothing for others.
      size_t local = copy.local.index(), keeper = copy.keeper.local_id().index();
      if (kept[local] || keeps[local] || kept[keeper]) continue;
      if (std::optional<std::vector<uint32_t>> blocks = blocks_of_use(copy)) {
        if (!stays(copy, *blocks)) continue;
        kept[local] = true;
        keeps[keeper] = true;
        found.emplace_back(copy, std::move(*blocks));
      }
    }
    Insertions looks;
    for (const auto& [copy, blocks] : found) rewrite(copy, blocks, looks);
    looks.apply(function_);
  }

 private:
  bool is_own(LocalId local) const {
    const Type& type = program_.types[function_.locals[local.index()].type];
    return is_owned_by_name(function_, local, pointed_) && type.kind == TypeKind::Ref &&
           !type.watched && !program_.types[type.elem].watched;
  }

  static bool is_whole_local(Place place) {
    return place.valid() && place.is_local() && place.is_root();
  }

  // In the order of blocks and instructions.
  std::vector<Copy> find_copies(std::vector<bool>& wanted) {
    std::vector<Copy> copies;
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      for (uint32_t i = 0; i + 1 < function_.blocks[b].insts.size(); ++i) {
        const Inst inst = function_.blocks[b].insts[i];
        if (inst.op != Op::Aggregate && inst.op != Op::MakeVariant) continue;
        const Inst made = function_.blocks[b].insts[i + 1];
        if (!makes_object_of(made, inst.dst)) continue;
        for (uint32_t a = 0; a < inst.args_count; ++a) {
          const Operand operand = function_.args(inst)[a];
          if (operand.kind != OperandKind::Copy || !is_whole_local(operand.place)) continue;
          LocalId local = operand.place.local_id();
          if (!is_own(local) || local == made.dst.local_id() || is_named_again(function_, inst, a))
            continue;
          wanted[local.index()] = wanted[made.dst.local_id().index()] = true;
          copies.push_back({b, i, a, local, field_of(made.dst, inst, a)});
        }
      }
    }
    return copies;
  }

  bool makes_object_of(const Inst& inst, Place value) const {
    if (inst.op != Op::New || !is_whole_local(inst.dst) || !is_own(inst.dst.local_id()))
      return false;
    const Operand& operand = function_.args(inst)[0];
    return operand.kind == OperandKind::Move && operand.place == value && value.is_root();
  }

  Place field_of(Place object, const Inst& aggregate, uint32_t arg) {
    Place place = project(function_, object, {ProjKind::Deref, 0});
    if (aggregate.op == Op::MakeVariant)
      place = project(function_, place, {ProjKind::Variant, aggregate.extra});
    return project(function_, place, {ProjKind::Field, arg});
  }

  // The blocks besides that of the copy at whose start the local is in use, all of them reached by
  // the copy alone. None: it is not used again, or also where it is not kept.
  std::optional<std::vector<uint32_t>> blocks_of_use(const Copy& copy) const {
    BlockId home{size_t{copy.block}};
    if (!liveness_->live_after(copy.local, home, copy.index)) return std::nullopt;
    std::vector<uint32_t> blocks;
    std::vector<uint32_t> work;
    auto enter = [&](BlockId target) {
      if (!liveness_->live_at(copy.local, target)) return;
      if (std::find(blocks.begin(), blocks.end(), target.v) != blocks.end()) return;
      blocks.push_back(target.v);
      work.push_back(target.v);
    };
    auto leave = [&](uint32_t block, size_t from) {
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      for (size_t i = from; i < insts.size(); ++i) {
        if (insts[i].unwind.valid()) enter(insts[i].unwind);
        for (BlockId target : insts[i].targets) enter(target);
        if (is_new_value(insts[i], copy.local)) return false;
      }
      return true;
    };
    std::vector<uint32_t> renewing;  // it gets another object there, and may be in use after that
    if (!leave(copy.block, copy.index + 1)) renewing.push_back(copy.block);
    while (!work.empty() && blocks.size() <= kMostBlocks) {
      uint32_t block = work.back();
      work.pop_back();
      if (!leave(block, 0)) renewing.push_back(block);
    }
    if (blocks.size() > kMostBlocks) return std::nullopt;
    for (uint32_t block : blocks) {
      if (block == copy.block) return std::nullopt;
      for (uint32_t from : entries_[block]) {
        bool kept =
            from == copy.block || std::find(blocks.begin(), blocks.end(), from) != blocks.end();
        if (!kept || std::find(renewing.begin(), renewing.end(), from) != renewing.end())
          return std::nullopt;
      }
    }
    return blocks;
  }

  static bool is_new_value(const Inst& inst, LocalId local) {
    return inst.dst.valid() && inst.dst.is_local() && inst.dst.is_root() &&
           inst.dst.local_id() == local && inst.op != Op::Drop;
  }

  // While the local is in use it is only looked at, and the field of the new object stays.
  bool stays(const Copy& copy, const std::vector<uint32_t>& blocks) const {
    std::vector<Lenders::Word> words;
    if (!lenders_.words_of(copy.keeper, pointed_, words)) return false;
    if (!stays_in(copy, copy.block, copy.index + 2, words)) return false;
    return std::all_of(blocks.begin(), blocks.end(),
                       [&](uint32_t block) { return stays_in(copy, block, 0, words); });
  }

  bool stays_in(const Copy& copy, uint32_t block, size_t from,
                const std::vector<Lenders::Word>& words) const {
    const std::vector<Inst>& insts = function_.blocks[block].insts;
    for (size_t i = from; i < insts.size(); ++i) {
      const Inst& inst = insts[i];
      bool later = liveness_->live_after(copy.local, BlockId{size_t{block}}, uint32_t(i));
      bool used = false;
      if (!only_looks(inst, copy.local, later, used)) return false;
      bool renewed = is_new_value(inst, copy.local);
      bool in_use = used || (later && !renewed);
      if (in_use && (lenders_.writes(inst, words) || hands_on_keeper(copy, inst, block, i)))
        return false;
      if (renewed) return true;
    }
    return true;
  }

  // A copy of the new object's reference that is its last use will be made a move.
  bool hands_on_keeper(const Copy& copy, const Inst& inst, uint32_t block, size_t index) const {
    LocalId keeper = copy.keeper.local_id();
    for (const Operand& operand : function_.args(inst)) {
      if (operand.kind == OperandKind::Copy && operand.place == Place::local(keeper))
        return !liveness_->live_after(keeper, BlockId{size_t{block}}, uint32_t(index));
    }
    return false;
  }

  // `later`: it is used after the instruction. As the last use, a copy of it would have been the
  // reference itself.
  bool only_looks(const Inst& inst, LocalId local, bool later, bool& used) const {
    if (inst.dst.valid() && inst.dst.is_local() && inst.dst.local_id() == local &&
        !inst.dst.is_root()) {
      used = true;
    }
    for (const Operand& operand : function_.args(inst)) {
      if (!operand.has_place() || !operand.place.is_local() || operand.place.local_id() != local)
        continue;
      used = true;
      // A cursor goes on from it, and relies on it for as long as it is used itself.
      bool starts = inst.op == Op::Init && inst.dst.is_local() &&
                    operand.kind == OperandKind::Borrow &&
                    function_.locals[inst.dst.local_id().index()].kind == LocalKind::Cursor;
      if (starts) return false;
      if (!operand.place.is_root()) continue;
      bool looks =
          operand.kind == OperandKind::Borrow || (operand.kind == OperandKind::Copy && later);
      if (!looks) return false;
    }
    return true;
  }

  void rewrite(const Copy& copy, const std::vector<uint32_t>& blocks, Insertions& looks) {
    Local seen = function_.locals[copy.local.index()];
    seen.kind = LocalKind::Cursor;
    seen.mode = ParamMode::Own;
    function_.locals.push_back(std::move(seen));
    Place cursor = Place::local(LocalId{function_.locals.size() - 1});
    Place local = Place::local(copy.local);

    for (uint32_t block : blocks) rename(block, 0, copy.local, cursor);
    rename(copy.block, copy.index + 2, copy.local, cursor);
    Inst& made = function_.blocks[copy.block].insts[copy.index];
    function_.operands[made.args_begin + copy.arg].kind = OperandKind::Move;
    Span span = made.span;
    const Local& row = function_.locals[copy.local.index()];
    if (!row.name.empty()) {
      made.fact = program_.add_fact({FactKind::Moved, func_, span, row.name,
                                     "the new object keeps it while it is still looked at"});
    }
    looks.add(copy.block, copy.index,
              make_inst(function_, Op::Init, cursor, {Operand::borrow(local)}, span));
  }

  // Until the local gets another object.
  void rename(uint32_t block, size_t from, LocalId local, Place cursor) {
    std::vector<Inst>& insts = function_.blocks[block].insts;
    for (size_t i = from; i < insts.size(); ++i) {
      for (Operand& operand : function_.args(insts[i])) {
        if (operand.has_place() && operand.place.is_local() && operand.place.local_id() == local)
          operand.place.root = cursor.root;
      }
      Place& dst = insts[i].dst;
      if (!dst.valid() || !dst.is_local() || dst.local_id() != local) continue;
      if (dst.is_root() && insts[i].op != Op::Drop) return;
      if (!dst.is_root()) dst.root = cursor.root;
    }
  }

  Program& program_;
  FuncId func_;
  Function& function_;
  Lenders lenders_;
  std::vector<bool> pointed_;
  std::vector<std::vector<uint32_t>> entries_;  // by block: where from it is entered
  Liveness* liveness_ = nullptr;
};

}  // namespace

void keep_by_new(Program& program, FuncId func, const Summaries& summaries,
                 const OnlyRead& only_read) {
  KeptByNew(program, func, summaries, only_read).run();
}

}  // namespace tenure::own
