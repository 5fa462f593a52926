// Blocks of functions that were passed over: each is parsed when its function is checked, by the
// thread that checks it. So its nodes are in the cache, and their memory is that of the next one.
// The same goes for the nodes that the checker makes of it, if nobody lowers the function and
// nothing is asked of it when all are checked.
//
// Names are interned, and nodes added, behind those that all threads share: a name of which only
// blocks know has a number that means something else elsewhere, and stands for nothing there that
// is shared.
#include <algorithm>
#include <atomic>

#include "tape/checker.h"
#include "tape/effects.h"
#include "tape/outline.h"
#include "tape/parse.h"

namespace tenure::tape {

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
  ast::NodeId id = parse_block(*all_.files, at(block).span, *own_names_, *tree, reports);
  trees_[module_] = tree.get();
  if (!reports.all().empty()) shared_.given_up = true;
  return id;
}

Checker::Left Checker::left() const {
  return {
      tree_.mark(), tree_.switch_texts.size(),
      bytes_returns_.size() + bytes_bindings_.size() + bytes_calls_.size() + bytes_refs_.size()};
}

// What the function was found to be, as long as it is in the cache. Its nodes are those since
// `before`.
void Checker::leave_outline(const FunDecl& fun, const Left& before) {
  if (all_.bodies == oir::Bodies::All || all_.given_up || !fun.id.valid()) return;
  tree::Function& made = shared_.program.functions[fun.id.index()];
  // Of bytes it is not known yet who owns them: the nodes will change.
  if (!made.body || left().of_bytes != before.of_bytes) return;
  made.outline = outline_of(all_.program, tree_, out_.types, quiet_types_, made);
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
  if (all_.bodies == oir::Bodies::NotSpared && all_.has_views[fun.id.index()] == 0)
    forget(made, before);
}

// It is spared: the memory of its nodes is that of the next ones.
void Checker::forget(tree::Function& made, const Left& before) {
  made.effects = own_effects(tree_, out_.types, made);
  made.is_forgotten = true;
  made.body = {};
  made.locals.resize(made.params);
  made.locals.shrink_to_fit();
  tree_.forget(before.nodes);
  tree_.types.resize(before.nodes.nodes);
  tree_.switch_texts.resize(before.switch_texts);
}

}  // namespace tenure::tape
