#include "own/liveness.h"

#include "base/check.h"
#include "own/cfg.h"

namespace tenure::own {

using namespace oir;

static bool is_indexed_by(const Function& function, Place place, uint32_t root) {
  for (PathId at = place.path; at.v != 0; at = function.paths.parent(at)) {
    Proj proj = function.paths.last(at);
    if (proj.kind == ProjKind::Index && proj.index == root) return true;
  }
  return false;
}

bool is_named_again(const Function& function, const Inst& inst, uint32_t arg) {
  auto args = function.args(inst);
  uint32_t root = args[arg].place.root;
  if (inst.dst.valid() && (inst.dst.root == root || is_indexed_by(function, inst.dst, root)))
    return true;
  for (uint32_t i = 0; i < args.size(); ++i) {
    if (i == arg || !args[i].has_place()) continue;
    if (is_indexed_by(function, args[i].place, root)) return true;
    if (args[i].place.root != root) continue;
    if (i > arg || args[i].kind != OperandKind::Copy) return true;
  }
  return false;
}

Liveness::Liveness(const Function& function, const std::vector<bool>& wanted)
    : function_(function), rows_(function.locals.size()), entries_(function.blocks.size()) {
  for (size_t i = 0; i < rows_.size(); ++i) rows_[i].wanted = wanted[i];
  collect(function);
  for (uint32_t b = 0; b < function.blocks.size(); ++b) {
    const std::vector<Inst>& insts = function.blocks[b].insts;
    for (uint32_t i = 0; i < insts.size(); ++i) {
      if (insts[i].unwind.valid()) entries_[insts[i].unwind.index()].push_back({b, i});
      for (BlockId target : insts[i].targets) entries_[target.index()].push_back({b, i});
    }
  }
}

void Liveness::mention(uint32_t local, const Inst& inst, uint32_t block, uint32_t index,
                       Kind kind) {
  Row& row = rows_[local];
  if (!row.wanted) return;
  row.first.try_emplace(block, static_cast<uint32_t>(row.mentions.size()));
  row.mentions.push_back({block, index, kind, inst.span});
}

// The root of the place is mentioned by the caller; here its indexes.
void Liveness::mention_path(const Function& function, Place place, const Inst& inst, uint32_t block,
                            uint32_t index) {
  for (PathId at = place.path; at.v != 0; at = function.paths.parent(at)) {
    Proj proj = function.paths.last(at);
    if (proj.kind == ProjKind::Index) mention(proj.index, inst, block, index, Kind::Use);
  }
}

void Liveness::collect(const Function& function) {
  for (uint32_t b = 0; b < function.blocks.size(); ++b) {
    const std::vector<Inst>& insts = function.blocks[b].insts;
    for (uint32_t i = 0; i < insts.size(); ++i) {
      const Inst& inst = insts[i];
      for (const Operand& operand : function.args(inst)) {
        if (!operand.has_place()) continue;
        mention_path(function, operand.place, inst, b, i);
        if (operand.place.is_local()) mention(operand.place.root, inst, b, i, Kind::Use);
      }
      if (inst.flag.valid()) mention(inst.flag.v, inst, b, i, Kind::Use);
      if (!inst.dst.valid()) continue;
      mention_path(function, inst.dst, inst, b, i);
      if (!inst.dst.is_local()) continue;
      // A part that is dropped ends nothing: the other parts live on, and need no use to do so.
      if (inst.op == Op::Drop && !inst.dst.is_root()) continue;
      mention(inst.dst.root, inst, b, i, inst.dst.is_root() ? Kind::End : Kind::Use);
    }
  }
}

void Liveness::solve(Row& row) {
  row.solved = true;
  std::vector<uint32_t> work;
  auto mark = [&](uint32_t block) {
    if (row.live_in.try_emplace(block, true).second) work.push_back(block);
  };
  for (const auto& [block, first] : row.first) {
    if (row.mentions[first].kind == Kind::Use) mark(block);
  }
  while (!work.empty()) {
    uint32_t block = work.back();
    work.pop_back();
    for (const Entry& entry : entries_[block]) {
      auto first = row.first.find(entry.block);
      if (first == row.first.end() || row.mentions[first->second].index > entry.index) {
        mark(entry.block);
      }
    }
  }
}

bool Liveness::live_after(LocalId local, BlockId block, uint32_t index) {
  Row& row = rows_[local.index()];
  TN_CHECK(row.wanted, "liveness of a local that nobody asked for");
  if (!row.solved) solve(row);
  const std::vector<Inst>& insts = function_.blocks[block.index()].insts;
  uint32_t end = static_cast<uint32_t>(insts.size());
  auto first = row.first.find(block.v);
  if (first != row.first.end()) {
    for (uint32_t m = first->second; m < row.mentions.size(); ++m) {
      const Mention& mention = row.mentions[m];
      if (mention.block != block.v) break;
      if (mention.index <= index) continue;
      if (mention.kind == Kind::Use) return true;
      end = mention.index;
      break;
    }
  }
  for (uint32_t i = index; i < end; ++i) {
    if (insts[i].unwind.valid() && row.live_in.count(insts[i].unwind.v)) return true;
    for (BlockId target : insts[i].targets) {
      if (row.live_in.count(target.v)) return true;
    }
  }
  return false;
}

bool Liveness::live_at(LocalId local, BlockId block) {
  Row& row = rows_[local.index()];
  TN_CHECK(row.wanted, "liveness of a local that nobody asked for");
  if (!row.solved) solve(row);
  return row.live_in.count(block.v) != 0;
}

Span Liveness::later_use(LocalId local, Span after) const {
  Span best;
  for (const Mention& mention : rows_[local.index()].mentions) {
    if (mention.kind != Kind::Use || !mention.span.valid() || !after.valid()) continue;
    if (mention.span.file != after.file || mention.span.begin < after.end) continue;
    if (!best.valid() || mention.span.begin < best.begin) best = mention.span;
  }
  return best;
}

}  // namespace tenure::own
