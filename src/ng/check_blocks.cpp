// Blocks of functions that were passed over: each is parsed when its function is checked, by the
// thread that checks it. So its nodes are in the cache, and their memory is that of the next one.
// The same goes for the nodes that the checker makes of it, if nobody will lower the function.
//
// Names are interned, and nodes added, behind those that all threads share: a name of which only
// blocks know has a number that means something else elsewhere, and stands for nothing there that
// is shared.
#include <utility>

#include "ng/checker.h"
#include "ng/outline.h"
#include "ng/parse.h"

namespace tenure::ng {

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
  ast::NodeId id = parse_block(*all_.sources, at(block).span, block_trees_->names(), tree, reports);
  trees_[module_] = &tree;
  look_at(module_);
  if (!reports.all().empty()) shared_.given_up = true;
  return id;
}

// What the function was found to be, as long as it is in the cache. Its nodes are those since
// `before`; they are forgotten if it may be spared.
void Checker::leave_outline(const Instance& instance, tree::Nodes::Mark before) {
  bool has_nodes = instance.kind == Instance::Kind::Body || instance.kind == Instance::Kind::Clone;
  if (all_.bodies == oir::Bodies::All || all_.given_up || !has_nodes || !instance.id.valid())
    return;
  tree::Function& made = shared_.program.functions[instance.id.index()];
  if (!made.body || made.foreign || made.made != tree::Made::Body) return;
  made.outline = outline_of(all_.program, tree_, types_, quiet_types_, made);
  bool may_be_spared = made.outline->quiet && made.outline->returns;
  if (all_.bodies == oir::Bodies::NotSpared && may_be_spared && !keeps_nodes_) forget(made, before);
}

// The memory of its nodes is that of the next ones.
void Checker::forget(tree::Function& made, tree::Nodes::Mark before) {
  made.is_forgotten = true;
  made.body = {};
  made.locals.resize(made.params);
  made.locals.shrink_to_fit();
  tree_.forget(before);
}

// When all bodies are checked it is known which functions are spared. Few of those that were
// forgotten are not: they are checked again. All that they need is there.
void Checker::check_forgotten() {
  if (all_.bodies == oir::Bodies::All || all_.given_up || !sink_.all().empty()) return;
  auto nodes_of = [this](const tree::Function& function) -> const tree::Nodes& {
    return function.part == 0 ? tree_ : others_[function.part - 1]->tree_;
  };
  oir::Sparing sparing = find_spared(shared_.program, types_, nodes_of);
  std::vector<Instance*> wanted;
  for (Instance& instance : shared_.instances) {
    if (!instance.id.valid() || sparing.spared[instance.id.index()] != 0) continue;
    tree::Function& made = shared_.program.functions[instance.id.index()];
    if (std::exchange(made.is_forgotten, false)) wanted.push_back(&instance);
  }
  on_all_processors(wanted.size(),
                    [&](Checker& checker, size_t i) { checker.check_instance(*wanted[i]); });
  shared_.program.sparing = std::move(sparing);
}

}  // namespace tenure::ng
