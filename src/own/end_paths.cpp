#include "own/end_paths.h"

#include "own/cfg.h"

namespace tenure::own {

using namespace oir;

namespace {

class Returns {
 public:
  Returns(const Program& program, const CallGraph& graph, const Contents& contents)
      : program_(program), known_(program.functions.size()) {
    for (size_t f = 0; f < known_.size(); ++f) known_[f] = program.functions[f].is_left_out();
    for (const std::vector<uint32_t>& component : graph.components()) {
      for (bool again = true; again;) {
        again = false;
        for (uint32_t node : component) {
          if (node >= known_.size() || known_[node]) continue;
          // Every block can be reached, so where all calls return a `return` is too.
          bool plain = contents.has(FuncId{size_t{node}}, Op::Return) && all_return(graph, node);
          if (!plain && !look(program_.functions[node])) continue;
          known_[node] = again = true;
        }
      }
    }
  }

  bool ends_path(const Inst& inst) const {
    return inst.op == Op::Call && !known_[inst.callee.index()];
  }
  bool all() const {
    for (bool returns : known_) {
      if (!returns) return false;
    }
    return true;
  }

 private:
  bool all_return(const CallGraph& graph, uint32_t node) const {
    for (uint32_t callee : graph.callees(node)) {
      if (callee < known_.size() && !known_[callee]) return false;
    }
    return true;
  }
  // Whether a `return` is reached, as far as is known of the functions that it calls.
  bool look(const Function& function) const {
    if (function.blocks.empty()) return true;  // a foreign one: nobody knows
    std::vector<bool> seen(function.blocks.size());
    std::vector<BlockId> work;
    auto visit = [&](BlockId block) {
      if (block.valid() && !seen[block.index()]) work.push_back(block);
    };
    visit(BlockId{size_t{0}});
    while (!work.empty()) {
      BlockId at = work.back();
      work.pop_back();
      if (seen[at.index()]) continue;
      seen[at.index()] = true;
      for (const Inst& inst : function.blocks[at.index()].insts) {
        if (inst.op == Op::Return) return true;
        visit(inst.unwind);
        if (ends_path(inst)) break;
        for (BlockId target : inst.targets) visit(target);
      }
    }
    return false;
  }

  const Program& program_;
  std::vector<bool> known_;  // by function: it may return
};

}  // namespace

void end_paths(Program& program, const CallGraph& graph, const Contents& contents) {
  Returns returns(program, graph, contents);
  if (returns.all()) return;
  for (Function& function : program.functions) {
    bool changed = false;
    for (Block& block : function.blocks) {
      for (size_t i = 0; i < block.insts.size(); ++i) {
        if (!returns.ends_path(block.insts[i])) continue;
        Inst end;
        end.op = Op::Unreachable;
        end.span = block.insts[i].span;
        block.insts.resize(i + 1);
        block.insts.push_back(std::move(end));
        changed = true;
      }
    }
    if (changed) remove_unreachable_blocks(function);
  }
}

}  // namespace tenure::own
