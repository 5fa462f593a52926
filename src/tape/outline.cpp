#include "tape/outline.h"

#include <algorithm>
#include <utility>

#include "oir/outline_walk.h"

namespace tenure::tape {

namespace {

using tree::Node;
using tree::NodeId;
using tree::NodeKind;

using Walk = oir::OutlineWalk<class Outliner, tree::Nodes, tree::Function, Node>;

class Outliner : Walk {
  friend Walk;

 public:
  Outliner(const tree::Program& program, const tree::Nodes& nodes, const oir::TypeTable& types,
           oir::QuietTypes& quiet_types, const tree::Function& function)
      : Walk(nodes, types, quiet_types, function), program_(program) {}

  oir::Outline run() {
    look_at_declaration();
    if (!function_.body) {
      out_.quiet = false;  // another language may do anything, but for never coming back
      if (!function_.foreign) out_.note_return();
      return std::move(out_);
    }
    if (visit(function_.body)) out_.note_return();
    if (!out_.quiet) note_all_calls(function_.body);
    return std::move(out_);
  }

 private:
  bool visit_node(NodeId id) {
    const Node& n = tree_[id];
    look_at(n.type);
    if (!out_.quiet && out_.returns) return false;  // there is nothing more to be known
    switch (n.kind) {
      case NodeKind::Local:
      case NodeKind::Global:
        return true;
      case NodeKind::FuncRef:
        out_.quiet = false;
        return true;
      case NodeKind::Const:
        if (n.constant().kind == oir::ConstKind::Func) out_.quiet = false;
        return true;
      case NodeKind::Call:
        lend_arguments(n);
        if (!children(n)) return false;
        out_.calls.push_back(n.func);
        return true;
      case NodeKind::CallValue:  // nobody knows whom it calls
        out_.quiet = false;
        return false;
      case NodeKind::Fail:
        return false;
      case NodeKind::Runtime:
        runtime(n);
        return children(n) && n.rt != oir::RtFn::Exit;
      case NodeKind::Trapped:
      case NodeKind::LetGlobal:
      case NodeKind::Defer:  // its calls come before every `return` that comes after it
        out_.quiet = false;
        return children(n);
      case NodeKind::Assign:
      case NodeKind::AssignOp:
        change(n.a, true);
        return children(n);
      case NodeKind::AppendText:
        append_text(n, true);
        return children(n);
      case NodeKind::And:
      case NodeKind::Or: {
        auto list = tree_.items(n.list);
        if (!visit(list[0])) return false;
        for (size_t i = 1; i < list.size(); i++) visit(list[i]);
        return true;
      }
      case NodeKind::OrElse:
        if (!visit(n.a)) return false;
        visit(n.b);
        return true;
      case NodeKind::If:
        return branches(n);
      case NodeKind::Match:
        return cases(n);
      case NodeKind::While:
      case NodeKind::ForEach:
      case NodeKind::ForNext:
        return visit(n.a) && turns(n.b);
      case NodeKind::ForRange:
        return visit(n.a) && visit(n.b) && turns(n.c);
      case NodeKind::ForLoop:
        return loop(n);
      case NodeKind::Block:
        return all(tree_.items(n.list)) && visit(n.a);
      case NodeKind::Return:
        if (visit(n.a)) out_.note_return();
        return false;
      case NodeKind::Break:
        broken_ = true;
        return false;
      case NodeKind::Continue:
        continued_ = true;
        return false;
      default:
        return children(n);
    }
  }

  // The value that a place has now: the place itself, or a copy that is held.
  void lend_arguments(const Node& call) {
    const std::vector<oir::ParamMode>& modes = program_.functions[call.func.index()].modes;
    for (NodeId part : tree_.items(call.list)) {
      if (modes[tree_[part].index] != oir::ParamMode::Borrow) continue;
      NodeId id = tree_[part].a;
      if (tree_[id].kind == NodeKind::Copy) id = tree_[id].a;
      if (is_in_global(id)) out_.quiet = false;
    }
  }

  oir::PlaceStep step(const Node& n) const {
    switch (n.kind) {
      case NodeKind::Local:
        return oir::PlaceStep::Begins;
      case NodeKind::Global:
        return oir::PlaceStep::Elsewhere;
      case NodeKind::Field:
        return oir::PlaceStep::Inside;
      case NodeKind::Deref:
      case NodeKind::PtrIndex:
        return oir::PlaceStep::Behind;
      case NodeKind::Index:
        return types_[tree_[n.a].type].kind == oir::TypeKind::FixedArray ? oir::PlaceStep::Inside
                                                                         : oir::PlaceStep::Other;
      case NodeKind::UnionField:
        return oir::PlaceStep::Other;
      default:
        return oir::PlaceStep::Value;
    }
  }

  oir::FuncId uses(const Node& n) const {
    if (n.kind == NodeKind::FuncRef) return n.func;
    if (n.kind == NodeKind::Call) {
      return program_.functions[n.func.index()].borrows() ? n.func : oir::FuncId{};
    }
    bool value = n.kind == NodeKind::Const && n.constant().kind == oir::ConstKind::Func;
    return value ? oir::FuncId{size_t(n.constant().bits)} : oir::FuncId{};
  }

  // Whether there may be a case, not the first, that lowering finds no way to.
  bool may_have_dead_case(const Node& n) const {
    bool is_union = types_[tree_[n.a].type].kind == oir::TypeKind::Union;
    std::vector<uint64_t> values;
    bool all = false;
    for (NodeId id : tree_.items(n.list)) {
      if (all) return true;
      for (NodeId pattern_id : tree_.items(tree_[id].list)) {
        const Node& pattern = tree_[pattern_id];
        if ((pattern.flags & tree::kAny) != 0) {
          all = true;
        } else {
          values.push_back(is_union ? pattern.index : pattern.constant().bits);
        }
      }
    }
    return (all && n.c) || has_twice(std::move(values));
  }

  // There may be no turn.
  bool turns(NodeId body) {
    bool broken = broken_, continued = continued_;
    visit(body);
    broken_ = broken;
    continued_ = continued;
    return true;
  }

  bool loop(const Node& n) {
    if (!all(tree_.items(n.list)) || !visit(n.a)) return false;
    bool broken = std::exchange(broken_, false), continued = std::exchange(continued_, false);
    bool goes_on = visit(n.b);
    if (goes_on || continued_) visit(n.c);
    bool left = n.a || broken_;
    broken_ = broken;
    continued_ = continued;
    return left;
  }

  NodeKind root_of(NodeId place) const {
    for (;;) {
      const Node& n = tree_[place];
      bool leads_on = n.kind == NodeKind::Field || n.kind == NodeKind::UnionField ||
                      n.kind == NodeKind::Index || n.kind == NodeKind::PtrIndex ||
                      n.kind == NodeKind::Deref || n.kind == NodeKind::Copy;
      if (!leads_on) return n.kind;
      place = n.a;
    }
  }

  const tree::Program& program_;
  bool broken_ = false;     // the innermost loop can be left by `break`
  bool continued_ = false;  // its next turn can be reached by `continue`
};

}  // namespace

oir::Outline outline_of(const tree::Program& tree, const tree::Nodes& nodes,
                        const oir::TypeTable& types, oir::QuietTypes& quiet_types,
                        const tree::Function& function) {
  return Outliner(tree, nodes, types, quiet_types, function).run();
}

oir::Sparing find_spared(tree::Program& tree, const oir::TypeTable& types,
                         const NodesOf& nodes_of) {
  return oir::find_spared_by(tree, types, [&](tree::Function& function, oir::QuietTypes& quiet) {
    return outline_of(tree, nodes_of(function), types, quiet, function);
  });
}

}  // namespace tenure::tape
