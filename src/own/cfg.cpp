#include "own/cfg.h"

#include <algorithm>
#include <utility>

namespace tenure::own {

using namespace oir;

void for_each_exit(Block& block,
                   const std::function<void(Inst& inst, BlockId& target, bool unwinds)>& visit) {
  for (Inst& inst : block.insts) {
    if (inst.unwind.valid()) visit(inst, inst.unwind, true);
    for (BlockId& target : inst.targets) visit(inst, target, false);
  }
}

void for_each_exit(
    const Block& block,
    const std::function<void(const Inst& inst, BlockId target, bool unwinds)>& visit) {
  for (const Inst& inst : block.insts) {
    if (inst.unwind.valid()) visit(inst, inst.unwind, true);
    for (BlockId target : inst.targets) visit(inst, target, false);
  }
}

std::vector<BlockId> reverse_post_order(const Function& function) {
  struct Frame {
    BlockId block;
    std::vector<BlockId> exits;
  };
  std::vector<bool> seen(function.blocks.size());
  std::vector<BlockId> order;
  std::vector<Frame> stack;
  auto enter = [&](BlockId block) {
    if (seen[block.index()]) return;
    seen[block.index()] = true;
    Frame frame{block, {}};
    for_each_exit(function.blocks[block.index()],
                  [&](const Inst&, BlockId target, bool) { frame.exits.push_back(target); });
    stack.push_back(std::move(frame));
  };
  if (!function.blocks.empty()) enter(BlockId{size_t{0}});
  while (!stack.empty()) {
    Frame& frame = stack.back();
    if (frame.exits.empty()) {
      order.push_back(frame.block);
      stack.pop_back();
      continue;
    }
    BlockId next = frame.exits.back();
    frame.exits.pop_back();
    enter(next);
  }
  std::reverse(order.begin(), order.end());
  return order;
}

void skip_empty_blocks(Function& function) {
  size_t count = function.blocks.size();
  std::vector<BlockId> end(count);  // where a chain of empty blocks from here leads to
  auto resolve = [&](BlockId block) {
    std::vector<BlockId> way;
    while (!end[block.index()].valid()) {
      const Inst& first = function.blocks[block.index()].insts[0];
      end[block.index()] = block;  // also what stops in a loop of empty blocks
      if (first.op != Op::Jump) break;
      way.push_back(block);
      block = first.targets[0];
    }
    block = end[block.index()];
    for (BlockId passed : way) end[passed.index()] = block;
    return block;
  };
  for (Block& block : function.blocks) {
    for_each_exit(block, [&](Inst& inst, BlockId& target, bool unwinds) {
      target = resolve(target);
      if (unwinds && function.blocks[target.index()].insts[0].op == Op::Resume) {
        inst.unwind = BlockId{};
      }
    });
  }
}

bool follow_ways(const Function& function, uint32_t block, uint32_t index,
                 const std::function<Way(const Inst& inst, uint32_t block, uint32_t index)>& step) {
  std::vector<bool> seen(function.blocks.size());
  std::vector<uint32_t> work;
  auto lead_to = [&](BlockId target) {
    if (seen[target.index()]) return;
    seen[target.index()] = true;
    work.push_back(target.v);
  };
  for (uint32_t from = index + 1;; from = 0) {
    const std::vector<Inst>& insts = function.blocks[block].insts;
    for (uint32_t i = from; i < insts.size(); ++i) {
      Way way = step(insts[i], block, i);
      if (way == Way::Fails) return false;
      if (way == Way::Ends) break;
      if (insts[i].unwind.valid()) lead_to(insts[i].unwind);
      for (BlockId target : insts[i].targets) lead_to(target);
    }
    if (work.empty()) return true;
    block = work.back();
    work.pop_back();
  }
}

void remove_unreachable_blocks(Function& function) {
  std::vector<bool> reached(function.blocks.size());
  for (BlockId block : reverse_post_order(function)) reached[block.index()] = true;
  std::vector<BlockId> number(function.blocks.size());
  std::vector<Block> kept;
  for (size_t i = 0; i < function.blocks.size(); ++i) {
    if (!reached[i]) continue;
    number[i] = BlockId{kept.size()};
    kept.push_back(std::move(function.blocks[i]));
  }
  function.blocks = std::move(kept);
  for (Block& block : function.blocks) {
    for_each_exit(block, [&](Inst&, BlockId& target, bool) { target = number[target.index()]; });
  }
}

}  // namespace tenure::own
