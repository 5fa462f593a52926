// What the outlines of all languages have in common: a walk over a typed tree as lowering does it,
// past nothing that control does not come to, that finds an Outline.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "oir/outline.h"

namespace tenure::oir {

// `Tree` has the nodes of a function: `tree[id]`, `items(list)`. `Outliner` is derived from this
// and gives what its language means: `visit_node(id)`, `may_have_dead_case(node)`, and
// `root_of(place)`, the kind of the node that a place begins with. Each visit tells whether control
// comes to the end of what was visited.
template <class Outliner, class Tree, class Function, class Node>
class OutlineWalk {
 protected:
  using NodeId = decltype(Node::a);
  using NodeKind = decltype(Node::kind);

  OutlineWalk(const Tree& tree, const TypeTable& types, QuietTypes& quiet_types,
              const Function& function)
      : tree_(tree), types_(types), quiet_types_(quiet_types), function_(function) {}

  // Of the function itself, but for its body.
  void look_at_declaration() {
    for (const auto& local : function_.locals) look_at(local.type);
    look_at(function_.result);
    if (lends(function_)) out_.quiet = false;  // its callers want to know more of it
  }

  void look_at(TypeId type) {
    if (!type.valid() || !quiet_types_.has(type)) out_.quiet = false;
  }

  static bool lends(const Function& callee) {
    return std::find(callee.modes.begin(), callee.modes.end(), ParamMode::Borrow) !=
           callee.modes.end();
  }

  bool visit(NodeId id) { return !id || static_cast<Outliner&>(*this).visit_node(id); }

  bool all(std::span<const NodeId> ids) {
    for (NodeId id : ids) {
      if (!visit(id)) return false;
    }
    return true;
  }

  bool children(const Node& n) {
    return visit(n.a) && visit(n.b) && visit(n.c) && all(tree_.items(n.list));
  }

  bool branches(const Node& n) {
    bool goes_on = false;
    for (NodeId part : tree_.items(n.list)) {
      if (!visit(tree_[part].a)) return goes_on;
      if (visit(tree_[part].b)) goes_on = true;
    }
    if (visit(n.c)) goes_on = true;  // without `else` too
    return goes_on;
  }

  bool cases(const Node& n) {
    if (!visit(n.a)) return false;
    auto list = tree_.items(n.list);
    if (static_cast<const Outliner&>(*this).may_have_dead_case(n)) {
      out_.quiet = false;
      return !list.empty() && visit(tree_[list[0]].b);
    }
    bool goes_on = false;
    for (NodeId id : list) {
      if (visit(tree_[id].b)) goes_on = true;
    }
    if (n.c && visit(n.c)) goes_on = true;
    return goes_on;
  }

  static bool has_twice(std::vector<uint64_t> values) {
    std::sort(values.begin(), values.end());
    return std::adjacent_find(values.begin(), values.end()) != values.end();
  }

  void runtime(const Node& n) {
    const RtInfo& info = rt_info(n.rt);
    if (info.runs_user_code) out_.collects = true;
    if (n.rt == RtFn::Exit || info.params.find('b') != info.params.npos) out_.quiet = false;
    auto operands = tree_.items(n.list);
    for (size_t i = 0; i < operands.size(); i++) {
      if (info.params[i] == 'm' && is_in_global(operands[i])) out_.quiet = false;
    }
  }

  // In a local itself anything; elsewhere what is plain, but nothing in a global or behind it.
  bool may_be_changed(NodeId place) const {
    if (is_in_global(place)) return false;
    if (types_.is_plain(tree_[place].type)) return true;
    while (tree_[place].kind == NodeKind::Field) place = tree_[place].a;
    return tree_[place].kind == NodeKind::Local;
  }

  bool is_in_global(NodeId place) const {
    return static_cast<const Outliner&>(*this).root_of(place) == NodeKind::Global;
  }

  const Tree& tree_;
  const TypeTable& types_;
  QuietTypes& quiet_types_;
  const Function& function_;
  Outline out_;
};

// Of all functions of a program, where none is known yet. Several threads look: `find` gives that
// of a function.
template <class Program, class Find>
std::vector<Outline> outlines_by(Program& program, const TypeTable& types, Find find) {
  // Nobody else will put into the table of types what is asked of it meanwhile.
  for (size_t t = 0; t < types.size(); ++t) types.ownership(TypeId{t});
  std::vector<Outline> outlines(program.functions.size());
  in_ranges(outlines.size(), [&](size_t begin, size_t end) {
    QuietTypes quiet(types);
    for (size_t f = begin; f < end; ++f) outlines[f] = find(program.functions[f], quiet);
  });
  // What comes before them is not full yet; and lowering puts in the call of `main`.
  for (const auto& segment : program.segments) outlines[segment.func.index()].quiet = false;
  if (program.start) outlines[program.start.index()].quiet = false;
  return outlines;
}

}  // namespace tenure::oir
