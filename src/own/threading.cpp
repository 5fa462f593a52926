#include "own/threading.h"

#include "own/cfg.h"

namespace tenure::own {

using namespace oir;

namespace {

// The leaf dies with `path`: it needs dropping itself, or is a part of something that dies as one.
bool dies_with(const Program& program, const MovePaths& paths, MovePathId leaf, MovePathId path) {
  if (program.types.needs_drop(paths[leaf].type)) return true;
  for (MovePathId at = leaf; at.valid(); at = paths[at].parent) {
    const Type& type = program.types[paths[at].type];
    if (type.drop.valid() || type.kind == TypeKind::Union) return true;
    if (at == path) break;
  }
  return false;
}

}  // namespace

uint8_t drop_bits(const Program& program, const Fullness& fullness, const Fullness::State& state,
                  MovePathId path) {
  const MovePaths& paths = fullness.paths();
  uint8_t bits = 0;
  for (uint32_t leaf = paths[path].leaf_begin; leaf < paths[path].leaf_end; ++leaf) {
    MovePathId id = paths.leaf(leaf);
    if (dies_with(program, paths, id, path)) bits |= fullness.bits(state, id);
  }
  return bits;
}

bool is_dead_drop(const Program& program, const Fullness& fullness, const Fullness::State& state,
                  const Inst& inst) {
  if (inst.op != Op::Drop) return false;
  MovePaths::Found found = fullness.paths().find(inst.dst);
  if (!found.exact) return false;
  return (drop_bits(program, fullness, state, found.path) & (kFull | kUnknown)) == 0;
}

namespace {

class Threader {
 public:
  Threader(Function& function, const Program& program, const Fullness& fullness)
      : function_(function), program_(program), fullness_(fullness) {}

  // One pass over all edges. True if any was changed.
  bool run() {
    changed_ = false;
    Cfg cfg(function_);
    Fullness problem = fullness_;
    Flow<Fullness> flow = solve(cfg, problem);
    follows_.assign(function_.blocks.size(), BlockId{});
    for (uint32_t block : cfg.order()) {
      if (flow.reached(block)) thread_block(block, flow.at_entry[block]);
    }
    return changed_;
  }

 private:
  void thread_block(uint32_t block, Fullness::State state) {
    walked_ = block;
    // Blocks are added while this goes on: look this one up each time.
    for (size_t i = 0; i < function_.blocks[block].insts.size(); ++i) {
      BlockId unwind = function_.blocks[block].insts[i].unwind;
      if (unwind.valid()) {
        Fullness::State side = state;
        fullness_.failed(function_.blocks[block].insts[i], side);
        BlockId target = past_dead_drops(unwind, side);
        function_.blocks[block].insts[i].unwind = target;
      }
      if (!fullness_.step(function_.blocks[block].insts[i], state)) return;
      for (size_t t = 0; t < function_.blocks[block].insts[i].targets.size(); ++t) {
        BlockId target = past_dead_drops(function_.blocks[block].insts[i].targets[t], state);
        function_.blocks[block].insts[i].targets[t] = target;
      }
    }
  }

  BlockId past_dead_drops(BlockId target, const Fullness::State& state) {
    size_t steps = 0;
    while (++steps <= function_.blocks.size()) {
      const Inst& first = function_.blocks[target.index()].insts[0];
      if (first.op == Op::Jump) {  // what a split left behind, or an empty block
        target = first.targets[0];
        continue;
      }
      if (!is_dead_drop(program_, fullness_, state, first)) break;
      // A block is not taken apart while its own edges are walked; the next pass comes by.
      if (target.v == walked_ && first_needs_split(target)) break;
      target = after_first(target);
      changed_ = true;
    }
    return target;
  }

  // The block that does what `block` does after its first instruction.
  BlockId after_first(BlockId block) {
    if (follows_.size() < function_.blocks.size()) follows_.resize(function_.blocks.size());
    if (follows_[block.index()].valid()) return follows_[block.index()];
    const std::vector<Inst>& insts = function_.blocks[block.index()].insts;
    BlockId next;
    next = first_needs_split(block) ? split(block) : insts[1].targets[0];
    follows_[block.index()] = next;
    return next;
  }

  bool first_needs_split(BlockId block) const {
    return function_.blocks[block.index()].insts[1].op != Op::Jump;
  }

  BlockId split(BlockId block) {
    BlockId rest{function_.blocks.size()};
    function_.blocks.push_back({});
    Block& from = function_.blocks[block.index()];
    Block& to = function_.blocks[rest.index()];
    to.kind = from.kind == BlockKind::LoopHead ? BlockKind::Normal : from.kind;
    to.insts.assign(std::make_move_iterator(from.insts.begin() + 1),
                    std::make_move_iterator(from.insts.end()));
    from.insts.resize(1);
    Inst jump;
    jump.op = Op::Jump;
    jump.span = from.insts[0].span;
    jump.targets = {rest};
    from.insts.push_back(std::move(jump));
    return rest;
  }

  Function& function_;
  const Program& program_;
  const Fullness& fullness_;
  std::vector<BlockId> follows_;  // by block, in this pass
  uint32_t walked_ = 0;
  bool changed_ = false;
};

}  // namespace

void thread_dead_drops(Function& function, const Program& program, const Fullness& fullness) {
  // Each pass threads whole chains, so two are the rule; the bound keeps odd graphs linear.
  constexpr int kMostPasses = 8;
  Threader threader(function, program, fullness);
  for (int pass = 0; pass < kMostPasses && threader.run(); ++pass) {
  }
  remove_unreachable_blocks(function);
}

}  // namespace tenure::own
