// What the outlines of all languages have in common: a walk over a typed tree as lowering does it,
// past nothing that control does not come to, that finds an Outline.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "oir/outline.h"

namespace tenure::oir {

// How a place goes on from what its node `a` is.
enum class PlaceStep : uint8_t {
  Inside,     // a part of that
  Element,    // an element of a growable array
  Behind,     // what that leads to
  Other,      // in a way that lowering decides about
  Begins,     // with a local
  Elsewhere,  // it begins with a global
  Value,      // no place: a temporary
};

// `Tree` has the nodes of a function: `tree[id]`, `items(list)`. `Outliner` is derived from this
// and gives what its language means: `visit_node(id)`, `may_have_dead_case(node)`,
// `root_of(place)`, the kind of the node that a place begins with, `step(node)`, and `uses(node)`,
// the function that is called or whose value is taken there, if any. Each visit tells whether
// control comes to the end of what was visited.
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
    out_.borrows = function_.borrows();
  }

  void look_at(TypeId type) {
    if (!type.valid() || !quiet_types_.has(type)) out_.quiet = false;
  }

  // Of one that is not quiet nobody wants to know what it calls, but for those that want to know
  // who calls them.
  void note_all_calls(NodeId root) {
    std::vector<NodeId> work{root};
    while (!work.empty()) {
      const Node& n = tree_[work.back()];
      work.pop_back();
      FuncId used = static_cast<const Outliner&>(*this).uses(n);
      if (used.valid()) out_.calls.push_back(used);
      for (NodeId child : {n.a, n.b, n.c}) {
        if (child) work.push_back(child);
      }
      for (NodeId child : tree_.items(n.list)) work.push_back(child);
    }
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

  PlaceStep step(NodeId place) const {
    return static_cast<const Outliner&>(*this).step(tree_[place]);
  }

  // The place is lent to a call. It lies in a local, in an element of an array that does, or in
  // what something leads to: what lowering makes of it then is known.
  void lend(NodeId place) {
    // A plain part of what is not plain could be read when the rest was moved away: whoever moves
    // such values wants to know that there is a reference to it.
    bool plain = types_.is_plain(tree_[place].type);
    bool in_element = false;
    for (NodeId at = place;; at = tree_[at].a) {
      switch (step(at)) {
        case PlaceStep::Inside:
          if (plain && !in_element && !types_.is_plain(tree_[tree_[at].a].type)) out_.quiet = false;
          break;
        case PlaceStep::Element:
          in_element = true;
          break;
        case PlaceStep::Begins:
          if (!in_element) lent_.push_back(tree_[at].local);
          return;
        case PlaceStep::Behind:
        case PlaceStep::Value:
          return;
        case PlaceStep::Other:
        case PlaceStep::Elsewhere:
          out_.quiet = false;
          return;
      }
    }
  }

  // The place gets another value, by an assignment or in place. In a local itself that is nobody
  // else's business, and a plain value anywhere but in a global, or behind it; else it is written
  // down.
  void change(NodeId place, bool assigned) {
    if (is_in_global(place)) {
      out_.quiet = false;
      return;
    }
    const Node& n = tree_[place];
    if (types_.is_plain(n.type)) return;
    bool in_local = true, by_name = true;
    for (NodeId at = place; by_name; at = tree_[at].a) {
      PlaceStep next = step(at);
      if (next == PlaceStep::Begins) {
        if (in_local) changed_.push_back(tree_[at].local);
        if (in_local && is_borrowed(tree_[at].local)) out_.quiet = false;
        break;
      }
      if (next == PlaceStep::Element) in_local = false;
      if (next == PlaceStep::Behind) in_local = by_name = false;
      if (next == PlaceStep::Other || next == PlaceStep::Value) {
        out_.quiet = false;
        return;
      }
    }
    if (in_local || !assigned) return;
    bool field = n.kind == NodeKind::Field;
    out_.writes.push_back(
        {n.type, field ? tree_[n.a].type : TypeId{}, field ? n.index : 0, by_name});
  }

  template <class LocalId>
  bool is_borrowed(LocalId local) const {
    return local.index() < function_.params && function_.modes[local.index()] == ParamMode::Borrow;
  }

  bool only_names(std::span<const NodeId> ids) const {
    return std::all_of(ids.begin(), ids.end(), [&](NodeId id) {
      if (tree_[id].kind == NodeKind::Const) return true;
      if (tree_[id].kind == NodeKind::Copy) id = tree_[id].a;
      while (tree_[id].kind == NodeKind::Field) id = tree_[id].a;
      return tree_[id].kind == NodeKind::Local;
    });
  }

  // Elsewhere than in a local it is an assignment, unless it is done in place: which is certain if
  // nothing but names is looked at for it.
  void append_text(const Node& n, bool may_be_in_place) {
    size_t before = out_.writes.size();
    change(n.a, true);
    if (out_.writes.size() == before || !may_be_in_place) return;
    out_.writes.pop_back();
    if (!only_names(tree_.items(n.list))) out_.quiet = false;
  }

  // A local of which something is lent is not changed but by those to whom it is lent.
  bool changes_what_it_lends() const {
    return std::any_of(lent_.begin(), lent_.end(), [&](auto local) {
      return std::find(changed_.begin(), changed_.end(), local) != changed_.end();
    });
  }

  bool is_in_global(NodeId place) const {
    return static_cast<const Outliner&>(*this).root_of(place) == NodeKind::Global;
  }

  const Tree& tree_;
  const TypeTable& types_;
  QuietTypes& quiet_types_;
  const Function& function_;
  Outline out_;
  // Locals of which something is lent, and which are, or of which a part is, changed.
  std::vector<decltype(Node::local)> lent_, changed_;
};

// Of all functions of a program. Several threads look. An outline that was found before is gone
// then; `find` gives that of another function.
template <class Program, class Find>
Sparing find_spared_by(Program& program, const TypeTable& types, Find find) {
  // Nobody else will put into the table of types what is asked of it meanwhile.
  for (size_t t = 0; t < types.size(); ++t) types.ownership(TypeId{t});
  std::vector<Outline> outlines(program.functions.size());
  in_ranges(outlines.size(), [&](size_t begin, size_t end) {
    QuietTypes quiet(types);
    for (size_t f = begin; f < end; ++f) {
      auto& function = program.functions[f];
      outlines[f] = function.outline ? std::move(*function.outline) : find(function, quiet);
    }
  });
  // What comes before them is not full yet; and lowering puts in the call of `main`.
  for (const auto& segment : program.segments) outlines[segment.func.index()].quiet = false;
  if (program.start) outlines[program.start.index()].quiet = false;
  return find_spared(std::move(outlines));
}

}  // namespace tenure::oir
