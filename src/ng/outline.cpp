#include "ng/outline.h"

#include <algorithm>
#include <utility>

#include "oir/outline_walk.h"

namespace tenure::ng {

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
    if (function_.made != tree::Made::Body) {
      made();
      return std::move(out_);
    }
    look_at_declaration();
    for (uint32_t i = 0; i < function_.params; i++) {
      bool refers = types_[function_.locals[i].type].kind == oir::TypeKind::Ref;
      if (function_.modes[i] == oir::ParamMode::Borrow && !refers) out_.quiet = false;
    }
    if (function_.foreign || !function_.body) {
      out_.quiet = false;  // another language may do anything
      return std::move(out_);
    }
    if (visit(function_.body)) out_.note_return();
    // A local that is lent may come to live in a box: then it is memory that others may see.
    if (!lent_.empty() && (gives_turn_ || changes_what_it_lends())) out_.quiet = false;
    if (!out_.quiet) note_all_calls(function_.body);
    return std::move(out_);
  }

 private:
  void made() {
    out_.quiet = false;
    for (oir::FuncId callee : function_.callees) {
      if (callee.valid()) out_.calls.push_back(callee);
    }
    out_.note_return();
  }

  bool visit_node(NodeId id) {
    const Node& n = tree_[id];
    look_at(n.type);
    if (!out_.quiet && out_.returns) return false;  // there is nothing more to be known
    switch (n.kind) {
      case NodeKind::Local:
      case NodeKind::Global:
        return true;
      case NodeKind::Const:
        if (n.constant().kind == oir::ConstKind::Func) out_.quiet = false;
        return true;
      case NodeKind::Call:
        if (!arguments(n)) return false;
        out_.calls.push_back(n.func);
        return true;
      case NodeKind::CallValue:  // nobody knows whom it calls
        out_.quiet = false;
        return false;
      case NodeKind::Panic:
        return false;
      case NodeKind::New:
        out_.collects = true;
        return children(n);
      case NodeKind::Runtime:
        runtime(n);
        return children(n) && n.rt != oir::RtFn::Exit;
      case NodeKind::Move:
      case NodeKind::RefOf:
      case NodeKind::SliceOf:
      case NodeKind::Spread:
      case NodeKind::Held:
      case NodeKind::HeldAgain:
      case NodeKind::Swap:
      case NodeKind::Replace:
      case NodeKind::LetGlobal:
        out_.quiet = false;
        return children(n);
      case NodeKind::Bind:
        if (n.global.valid()) out_.quiet = false;
        return children(n);
      case NodeKind::Assign:
      case NodeKind::AssignOp:
        change(n.a, true);
        return children(n);
      case NodeKind::Append:
        change(n.a, false);
        return children(n);
      case NodeKind::AppendText:
        append_text(n, (n.flags & tree::kImplicit) == 0);
        return children(n);
      case NodeKind::And:
      case NodeKind::Or:
      case NodeKind::Assert:
        return first_decides(n);
      case NodeKind::If:
        return branches(n);
      case NodeKind::Switch:
        return cases(n);
      case NodeKind::Loop:
        return loop(n);
      case NodeKind::LoopIn:
        if (!tree_.is_place(n.a) && !ends_unseen(types_[tree_[n.a].type].elem)) out_.quiet = false;
        return visit(n.a) && turns(n.b);
      case NodeKind::LoopRangeOf:
        return visit(n.a) && turns(n.b);
      case NodeKind::LoopOver:
        return all(tree_.items(n.list)) && visit(n.a) && turns(n.b);
      case NodeKind::LoopRange:
        return visit(n.a) && visit(n.b) && turns(n.c);
      case NodeKind::Block:
        return statements(n) && visit(n.a);
      case NodeKind::Return:
        if (visit_returned(n.a)) out_.note_return();
        return false;
      case NodeKind::Break:
        if (visit(n.a)) broken_ = true;
        return false;
      case NodeKind::NextCall:
        if (out_.borrows) out_.quiet = false;
        [[fallthrough]];
      case NodeKind::Next:
        for (NodeId value : tree_.items(n.list)) {
          if (!types_.is_plain(tree_[value].type)) gives_turn_ = true;
        }
        all(tree_.items(n.list));
        return false;
      case NodeKind::Never:
        visit(n.a);
        return false;
      default:
        return children(n);
    }
  }

  bool arguments(const Node& call) {
    const std::vector<oir::ParamMode>& modes = program_.functions[call.func.index()].modes;
    for (NodeId part : tree_.items(call.list)) {
      NodeId id = tree_[part].a;
      const Node& n = tree_[id];
      bool lent = modes[tree_[part].index] == oir::ParamMode::Borrow;
      if (lent && types_[n.type].kind != oir::TypeKind::Ref) out_.quiet = false;
      bool address = lent && n.kind == NodeKind::RefOf;
      if (address) {
        look_at(n.type);
        lend(n.a);
      }
      if (!visit(address ? n.a : id)) return false;
    }
    return true;
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
        return types_[tree_[n.a].type].kind == oir::TypeKind::Ref ? oir::PlaceStep::Behind
                                                                  : oir::PlaceStep::Other;
      case NodeKind::Index:
        if (types_.is_span(tree_[n.a].type)) return oir::PlaceStep::Other;
        return types_[tree_[n.a].type].kind == oir::TypeKind::FixedArray ? oir::PlaceStep::Inside
                                                                         : oir::PlaceStep::Element;
      default:
        return oir::PlaceStep::Value;
    }
  }

  oir::FuncId uses(const Node& n) const {
    if (n.kind == NodeKind::Call) {
      return program_.functions[n.func.index()].borrows() ? n.func : oir::FuncId{};
    }
    bool value = n.kind == NodeKind::Const && n.constant().kind == oir::ConstKind::Func;
    return value ? oir::FuncId{size_t(n.constant().bits)} : oir::FuncId{};
  }

  // Most of the time would go into waiting for nodes that are in no cache any more.
  bool statements(const Node& block) {
    constexpr size_t kAhead = 2;
    auto list = tree_.items(block.list);
    for (size_t i = 0; i < list.size(); i++) {
      if (i + kAhead < list.size()) fetch_statement(list[i + kAhead - 1], list[i + kAhead]);
      if (!visit(list[i])) return false;
    }
    return true;
  }

  // Its nodes lie in front of it, behind the statement before.
  void fetch_statement(NodeId before, NodeId statement) const {
    constexpr size_t kMost = 32;
    size_t first = before.index() + 1;
    if (statement.index() > kMost) first = std::max(first, statement.index() - kMost);
    for (size_t i = first; i <= statement.index(); i++) __builtin_prefetch(&tree_[NodeId{i}]);
  }

  // What comes after the first operand is not always evaluated.
  bool first_decides(const Node& n) {
    auto list = tree_.items(n.list);
    if (!visit(list.empty() ? n.a : list[0])) return false;
    for (size_t i = 1; i < list.size(); i++) visit(list[i]);
    if (list.empty()) visit(n.b);
    return true;
  }

  // Whether there may be a case, not the first, that lowering finds no way to.
  bool may_have_dead_case(const Node& n) const {
    std::vector<uint64_t> values;
    bool all = false;
    for (NodeId id : tree_.items(n.list)) {
      if (all) return true;
      for (NodeId pattern_id : tree_.items(tree_[id].list)) {
        const Node& pattern = tree_[pattern_id];
        if ((pattern.flags & tree::kAny) != 0) {
          all = true;
          continue;
        }
        oir::TypeKind kind = types_[pattern.type].kind;
        if (kind == oir::TypeKind::Tuple) return true;
        for (NodeId bind : tree_.items(pattern.list)) {
          if (tree_[bind].a) return true;
        }
        values.push_back(kind == oir::TypeKind::Union ? pattern.index : pattern.constant().bits);
      }
    }
    return (all && n.c) || has_twice(std::move(values));
  }

  // Falling off the end of its body leaves it.
  bool loop(const Node& n) {
    for (NodeId part : tree_.items(n.list)) {
      if (!visit(tree_[part].a)) return false;
    }
    bool around = broken_;
    broken_ = false;
    bool falls = visit(n.b);
    bool left = falls || broken_;
    broken_ = around;
    return left;
  }

  // There may be no turn.
  bool turns(NodeId body) {
    bool around = broken_;
    visit(body);
    broken_ = around;
    return true;
  }

  // A local that is returned by its name moves: nothing can read it afterwards.
  bool visit_returned(NodeId value) {
    if (!value) return true;
    const Node& n = tree_[value];
    bool by_name = n.kind == NodeKind::Move && (n.flags & tree::kImplicit) != 0 &&
                   tree_[n.a].kind == NodeKind::Local;
    if (by_name) changed_.push_back(tree_[n.a].local);
    return visit(by_name ? n.a : value);
  }

  NodeKind root_of(NodeId place) const {
    for (;;) {
      const Node& n = tree_[place];
      bool leads_on = n.kind == NodeKind::Field || n.kind == NodeKind::Index ||
                      n.kind == NodeKind::Deref || n.kind == NodeKind::Copy;
      if (!leads_on) return n.kind;
      place = n.a;
    }
  }

  // Elements of a temporary are not moved out of it one by one.
  bool ends_unseen(oir::TypeId elem) const {
    return types_.is_plain(elem) || types_[elem].kind == oir::TypeKind::String;
  }

  const tree::Program& program_;
  bool broken_ = false;      // the innermost loop can be left by `break`
  bool gives_turn_ = false;  // a `next` gives a variable a value that is not plain
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

}  // namespace tenure::ng
