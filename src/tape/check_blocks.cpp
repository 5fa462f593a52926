// Blocks of functions that were passed over: each is parsed when its function is checked, by the
// thread that checks it. So its nodes are in the cache, and their memory is that of the next one.
// The same goes for the nodes that the checker makes of it, if nobody lowers the function and
// nothing is asked of it when all are checked.
//
// Names are interned, and nodes added, behind those that all threads share: a name of which only
// blocks know has a number that means something else elsewhere, and stands for nothing there that
// is shared.
#include <utility>
#include <vector>

#include "tape/checker.h"
#include "tape/effects.h"
#include "tape/outline.h"
#include "tape/parse.h"

namespace tenure::tape {

// The node of a function's block: what stands there, or if that was passed over, what it is. Valid
// until the next one is asked for.
ast::NodeId Checker::parsed(ast::NodeId block) {
  if (at(block).kind != ast::NodeKind::Later) return block;
  if (!block_trees_) {
    block_trees_.emplace(all_names_, trees_.size());
    names_ = &block_trees_->names();
  }
  ast::Tree& tree = block_trees_->emptied(module_, *all_.modules[module_].tree);
  DiagnosticSink reports;
  ast::NodeId id = parse_block(*all_.files, at(block).span, block_trees_->names(), tree, reports);
  trees_[module_] = &tree;
  if (!reports.all().empty()) shared_.given_up = true;
  return id;
}

Checker::Left Checker::left() const {
  return {
      tree_.mark(), tree_.switch_texts.size(),
      bytes_returns_.size() + bytes_bindings_.size() + bytes_calls_.size() + bytes_refs_.size()};
}

// What the function was found to be, as long as it is in the cache. Its nodes are those since
// `before`; they are forgotten if it may be spared.
void Checker::leave_outline(const FunDecl& fun, const Left& before) {
  if (all_.bodies == oir::Bodies::All || all_.given_up || !fun.id.valid()) return;
  tree::Function& made = shared_.program.functions[fun.id.index()];
  // Of bytes it is not known yet who owns them: the nodes will change.
  if (!made.body || left().of_bytes != before.of_bytes) return;
  made.outline = outline_of(all_.program, tree_, out_.types, quiet_types_, made);
  bool may_be_spared = made.outline->quiet && made.outline->returns;
  bool is_wanted = all_.has_views[fun.id.index()] != 0;
  if (all_.bodies == oir::Bodies::NotSpared && may_be_spared && !is_wanted) forget(made, before);
}

// The memory of its nodes is that of the next ones.
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

// When all bodies are checked it is known which functions are spared. Few of those that were
// forgotten are not: they are checked again. All that they need is there.
void Checker::check_forgotten() {
  if (all_.bodies == oir::Bodies::All || all_.given_up || !sink_.all().empty()) return;
  auto nodes_of = [this](const tree::Function& function) -> const tree::Nodes& {
    return function.part == 0 ? tree_ : others_[function.part - 1]->tree_;
  };
  oir::Sparing sparing = find_spared(shared_.program, out_.types, nodes_of);
  std::vector<const FunDecl*> wanted;
  for (const FunDecl& fun : all_.funs) {
    if (!fun.id.valid() || sparing.spared[fun.id.index()] != 0) continue;
    tree::Function& made = shared_.program.functions[fun.id.index()];
    if (std::exchange(made.is_forgotten, false)) wanted.push_back(&fun);
  }
  on_all_processors(wanted.size(),
                    [&](Checker& checker, size_t i) { checker.check_body(*wanted[i]); });
  shared_.program.sparing = std::move(sparing);
}

}  // namespace tenure::tape
