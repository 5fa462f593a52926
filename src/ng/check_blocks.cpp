// Blocks of functions that were passed over: each is parsed when its function is checked, by the
// thread that checks it. So its nodes are in the cache, and their memory is that of the next one.
// The same goes for the nodes that the checker makes of it, if nobody lowers the function.
//
// Names are interned, and nodes added, behind those that all threads share: a name of which only
// blocks know has a number that means something else elsewhere, and stands for nothing there that
// is shared.
#include <algorithm>
#include <atomic>

#include "ng/checker.h"
#include "ng/outline.h"
#include "ng/parse.h"

namespace tenure::ng {

// The node of a function's block: what stands there, or if that was passed over, what it is. Valid
// until the next one is asked for.
ast::NodeId Checker::parsed(ast::NodeId block) {
  if (at(block).kind != ast::NodeKind::Later) return block;
  if (!own_names_) {
    own_names_ = Names::after(all_names_);
    names_ = &*own_names_;
    own_trees_.resize(trees_.size());
  }
  const ast::Tree& shared = *all_.modules[module_].tree;
  std::unique_ptr<ast::Tree>& tree = own_trees_[module_];
  if (!tree) {
    tree = std::make_unique<ast::Tree>();
    tree->begin_after(shared);
    tree->root = shared.root;
  }
  tree->forget({shared.nodes.size_with_room(), shared.lists.size()});
  DiagnosticSink reports;
  ast::NodeId id = parse_block(*all_.sources, at(block).span, *own_names_, *tree, reports);
  trees_[module_] = tree.get();
  look_at(module_);
  scopes_.make_room(own_names_->size());
  if (!reports.all().empty()) shared_.given_up = true;
  return id;
}

// What the function was found to be, as long as it is in the cache. Its nodes are those since
// `before`.
void Checker::leave_outline(const Instance& instance, tree::Nodes::Mark before) {
  bool has_nodes = instance.kind == Instance::Kind::Body || instance.kind == Instance::Kind::Clone;
  if (all_.bodies == oir::Bodies::All || all_.given_up || !has_nodes || !instance.id.valid())
    return;
  tree::Function& made = shared_.program.functions[instance.id.index()];
  if (!made.body || made.foreign || made.made != tree::Made::Body) return;
  made.outline = outline_of(all_.program, tree_, types_, quiet_types_, made);
  const oir::Outline& outline = *made.outline;
  auto is_gentle = [&](oir::FuncId callee) {
    tree::Function& called = shared_.program.functions[callee.index()];
    return std::atomic_ref(called.gentle).load(std::memory_order_relaxed) != 0;
  };
  auto last = outline.calls.begin() + outline.calls_before_return;
  auto is_known = [&](oir::FuncId callee) {
    return !all_.program.functions[callee.index()].borrows() || is_gentle(callee);
  };
  if (!outline.quiet || !outline.returns || !std::all_of(outline.calls.begin(), last, is_gentle) ||
      !std::all_of(last, outline.calls.end(), is_known))
    return;
  std::atomic_ref(made.gentle).store(1, std::memory_order_relaxed);
  // Of one that borrows it depends on its callers.
  if (outline.borrows) return;
  if (all_.bodies == oir::Bodies::NotSpared && !keeps_nodes_) forget(made, before);
}

// It is spared: the memory of its nodes is that of the next ones.
void Checker::forget(tree::Function& made, tree::Nodes::Mark before) {
  made.is_forgotten = true;
  made.body = {};
  made.locals.resize(made.params);
  made.locals.shrink_to_fit();
  for (size_t i = texts_.size(); i-- > 0 && texts_[i].body == body_;) texts_[i].node = {};
  tree_.forget(before);
}

}  // namespace tenure::ng
