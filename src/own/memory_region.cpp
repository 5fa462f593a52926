#include "own/memory_region.h"

#include <algorithm>

#include "own/cfg.h"
#include "own/emit.h"

namespace tenure::own {

using namespace oir;

MemoryRegion::MemoryRegion(const Function& function, uint32_t block, uint32_t index,
                           const IsTaker& is_taker)
    : start_(block),
      start_index_(index),
      order_(reverse_post_order(function)),
      taker_(function.blocks.size(), kNone),
      leads_on_(function.blocks.size()) {
  find_held(function, is_taker);
}

// Forwards: where it can be held; then backwards: where that leads to a taker.
void MemoryRegion::find_held(const Function& function, const IsTaker& is_taker) {
  std::vector<uint32_t> place(function.blocks.size(), kNone);
  for (uint32_t n = 0; n < order_.size(); ++n) place[order_[n].index()] = n;
  std::vector<bool> held(function.blocks.size()), entered(function.blocks.size());
  std::vector<bool> head(function.blocks.size());  // a way leads back to it
  for (BlockId at : order_) {
    for_each_exit(function.blocks[at.index()], [&](const Inst&, BlockId target, bool) {
      if (place[target.index()] <= place[at.index()]) head[target.index()] = true;
    });
  }
  entered[start_] = true;
  std::vector<uint32_t> seen;
  for (uint32_t n = place[start_]; n < order_.size(); ++n) {
    uint32_t b = order_[n].v;
    const Block& block = function.blocks[b];
    bool can = b == start_ || (!head[b] && block.kind != BlockKind::Cleanup);
    if (!entered[b] || !can) continue;
    held[b] = true;
    seen.push_back(b);
    for (uint32_t i = from(b); i < block.insts.size() && taker_[b] == kNone; ++i) {
      if (is_taker(block.insts[i])) taker_[b] = i;
    }
    if (taker_[b] != kNone) continue;
    for (BlockId target : block.insts.back().targets) entered[target.index()] = true;
  }
  for (auto it = seen.rbegin(); it != seen.rend(); ++it) {
    const std::vector<BlockId>& targets = function.blocks[*it].insts.back().targets;
    leads_on_[*it] =
        taker_[*it] != kNone || std::any_of(targets.begin(), targets.end(), [&](BlockId target) {
          return target.v != start_ && leads_on_[target.index()];
        });
  }
}

std::vector<MemoryRegion::Edge> MemoryRegion::edges(const Function& function) const {
  std::vector<Edge> edges;
  for (BlockId at : order_) {
    const std::vector<BlockId>& targets = function.blocks[at.index()].insts.back().targets;
    bool out = passes(at.v);
    for (size_t t = 0; t < targets.size(); ++t) {
      bool in = in_region(targets[t].v) && targets[t].v != start_;
      if (out != in) edges.push_back({at.v, t, out});
    }
  }
  return edges;
}

void MemoryRegion::apply(Function& function, const Summaries& summaries, Place memory,
                         const std::function<void(Inst&)>& taken) const {
  std::vector<Edge> edges = this->edges(function);
  std::unordered_map<uint32_t, BlockId> exits;  // by where they unwind to
  auto exit_to = [&](BlockId unwind) {
    BlockId& exit = exits[unwind.v];
    if (exit.valid()) return exit;
    Span span = function.span;
    Inst frees = make_inst(function, Op::Free, {}, {Operand::copy(memory)}, span);
    exit = add_exit(function, {std::move(frees)}, unwind, span);
    return exit;
  };
  for (BlockId at : order_) {
    if (!in_region(at.v)) continue;
    size_t end = std::min<size_t>(taker_[at.index()], function.blocks[at.index()].insts.size());
    for (size_t i = from(at.v); i < end; ++i) {
      const Inst& inst = function.blocks[at.index()].insts[i];
      if (!inst.unwind.valid() && !summaries.inst_may_fail(function, inst)) continue;
      BlockId exit = exit_to(inst.unwind);
      function.blocks[at.index()].insts[i].unwind = exit;
    }
    if (taker_[at.index()] == kNone) continue;
    Inst& taker = function.blocks[at.index()].insts[taker_[at.index()]];
    append_operand(function, taker, Operand::copy(memory));
    taken(taker);
    // A call takes it over also when it fails.
    bool takes_first = taker.op == Op::Call;
    if (takes_first || (!taker.unwind.valid() && !summaries.inst_may_fail(function, taker)))
      continue;
    BlockId exit = exit_to(taker.unwind);
    function.blocks[at.index()].insts[taker_[at.index()]].unwind = exit;
  }
  Const none;
  none.kind = ConstKind::Null;
  none.type = function.locals[memory.local_id().index()].type;
  for (const Edge& edge : edges) {
    Span span = function.blocks[edge.block].insts.back().span;
    Inst inst = edge.leaves ? make_inst(function, Op::Free, {}, {Operand::copy(memory)}, span)
                            : make_inst(function, Op::Init, memory, {Operand::of(none)}, span);
    put_on_edge(function, edge.block, edge.target, std::move(inst));
  }
}

}  // namespace tenure::own
