#include "own/flow.h"

#include <algorithm>

namespace tenure::own {

namespace {

std::vector<uint32_t> successors(const oir::Block& block) {
  std::vector<uint32_t> out;
  for (const oir::Inst& inst : block.insts) {
    if (inst.unwind.valid()) out.push_back(inst.unwind.v);
    for (oir::BlockId target : inst.targets) out.push_back(target.v);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

Cfg::Cfg(const oir::Function& function) : function_(function) {
  size_t count = function.blocks.size();
  rank_.assign(count, kUnreached);
  preds_.resize(count);
  succs_.resize(count);
  for (size_t i = 0; i < count; ++i) succs_[i] = successors(function.blocks[i]);
  if (count == 0) return;
  number();
  if (back_edges_.empty()) return;
  // What follows a loop comes after all of it, so that it is not gone over again for each turn:
  // what is visited first comes last.
  std::vector<uint32_t> depth(count, 0);
  for (const Loop& loop : loops()) {
    for (uint32_t block : loop.blocks) ++depth[block];
  }
  for (std::vector<uint32_t>& next : succs_) {
    std::stable_sort(next.begin(), next.end(),
                     [&](uint32_t a, uint32_t b) { return depth[a] < depth[b]; });
  }
  number();
}

// Depth first without recursion; an edge to a block that is still open is a back edge.
void Cfg::number() {
  enum : uint8_t { kNew, kOpen, kDone };
  std::vector<uint8_t> state(succs_.size(), kNew);
  std::vector<std::pair<uint32_t, size_t>> stack;
  order_.clear();
  back_edges_.clear();
  for (std::vector<uint32_t>& preds : preds_) preds.clear();
  stack.push_back({0, 0});
  state[0] = kOpen;
  while (!stack.empty()) {
    auto& [block, next] = stack.back();
    if (next == succs_[block].size()) {
      state[block] = kDone;
      order_.push_back(block);
      stack.pop_back();
      continue;
    }
    uint32_t target = succs_[block][next++];
    preds_[target].push_back(block);
    if (state[target] == kOpen) back_edges_.push_back({block, target});
    if (state[target] != kNew) continue;
    state[target] = kOpen;
    stack.push_back({target, 0});
  }
  std::reverse(order_.begin(), order_.end());
  for (size_t i = 0; i < order_.size(); ++i) rank_[order_[i]] = static_cast<uint32_t>(i);
}

std::vector<Cfg::Loop> Cfg::loops() const {
  std::vector<Loop> loops;
  std::vector<uint32_t> loop_of(function_.blocks.size(), kUnreached);
  for (auto [from, to] : back_edges_) {
    if (loop_of[to] == kUnreached) {
      loop_of[to] = static_cast<uint32_t>(loops.size());
      loops.push_back({to, {}, {}});
    }
    loops[loop_of[to]].latches.push_back(from);
  }
  std::vector<uint32_t> mark(function_.blocks.size(), kUnreached);
  for (size_t i = 0; i < loops.size(); ++i) {
    Loop& loop = loops[i];
    std::vector<uint32_t> work;
    auto add = [&](uint32_t block) {
      if (mark[block] == i) return;
      mark[block] = static_cast<uint32_t>(i);
      loop.blocks.push_back(block);
      if (block != loop.head) work.push_back(block);
    };
    add(loop.head);
    for (uint32_t latch : loop.latches) add(latch);
    while (!work.empty()) {
      uint32_t block = work.back();
      work.pop_back();
      for (uint32_t pred : preds_[block]) add(pred);
    }
    std::sort(loop.blocks.begin(), loop.blocks.end(),
              [&](uint32_t a, uint32_t b) { return rank_[a] < rank_[b]; });
  }
  std::stable_sort(loops.begin(), loops.end(),
                   [](const Loop& a, const Loop& b) { return a.blocks.size() < b.blocks.size(); });
  return loops;
}

}  // namespace tenure::own
