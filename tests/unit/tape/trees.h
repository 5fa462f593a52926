// Typed trees made by hand, and what lowering makes of them as text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "oir/text.h"
#include "oir/verify.h"
#include "tape/lower.h"

namespace tenure::tape::test {

using tree::NodeId;
using tree::NodeKind;

class Trees {
 public:
  // A function whose body is still to be said. Parameters are its first locals; those that need
  // dropping are lent.
  oir::FuncId function(std::string name, oir::TypeId result, std::vector<tree::Local> params) {
    tree::Function f;
    f.name = f.shown_name = std::move(name);
    f.params = uint32_t(params.size());
    for (const tree::Local& param : params) {
      f.modes.push_back(types().needs_drop(param.type) ? oir::ParamMode::Borrow
                                                       : oir::ParamMode::Own);
    }
    f.locals = std::move(params);
    f.result = result;
    tree_.functions.push_back(std::move(f));
    return oir::FuncId{tree_.functions.size() - 1};
  }
  void body(oir::FuncId func, std::vector<NodeId> statements) {
    tree_.functions[func.index()].body = block(std::move(statements));
  }
  tree::LocalId add_local(oir::FuncId func, std::string name, oir::TypeId type) {
    auto& locals = tree_.functions[func.index()].locals;
    locals.push_back({std::move(name), type, {}, false, false});
    return tree::LocalId{locals.size() - 1};
  }
  oir::GlobalId add_global(std::string name, oir::TypeId type) {
    tree_.globals.push_back({std::move(name), type, {}});
    return oir::GlobalId{tree_.globals.size() - 1};
  }

  tree::Node node(NodeKind kind, oir::TypeId type) {
    tree::Node n;
    n.kind = kind;
    n.type = type;
    return n;
  }
  NodeId local(tree::LocalId id, oir::TypeId type) {
    tree::Node n = node(NodeKind::Local, type);
    n.local = id;
    return nodes_.add(n);
  }
  NodeId global(oir::GlobalId id) {
    tree::Node n = node(NodeKind::Global, tree_.globals[id.index()].type);
    n.global = id;
    return nodes_.add(n);
  }
  NodeId number(uint64_t value) {
    tree::Node n = node(NodeKind::Const, i64());
    n.set_constant({oir::ConstKind::Int, i64(), value});
    return nodes_.add(n);
  }
  NodeId text(std::string_view value) {
    tree::Node n = node(NodeKind::Const, types().text());
    n.set_constant({oir::ConstKind::String, types().text(), out_.add_string(value)});
    return nodes_.add(n);
  }
  // A node of one or two operands and the type of the first, unless another is said.
  NodeId with(NodeKind kind, NodeId a, NodeId b = {}, uint8_t flags = 0, oir::TypeId type = {}) {
    tree::Node n = node(kind, type ? type : nodes_[a].type);
    n.a = a;
    n.b = b;
    n.flags = flags;
    return nodes_.add(n);
  }
  NodeId copy(NodeId place) { return with(NodeKind::Copy, place); }
  NodeId concat(std::vector<NodeId> parts) {
    tree::Node n = node(NodeKind::Concat, types().text());
    n.list = nodes_.add_list(parts);
    return nodes_.add(n);
  }
  NodeId call(oir::FuncId func, std::vector<NodeId> args) {
    std::vector<NodeId> parts;
    for (size_t i = 0; i < args.size(); i++) {
      tree::Node part = node(NodeKind::Part, types().unit());
      part.index = uint32_t(i);
      part.a = args[i];
      parts.push_back(nodes_.add(part));
    }
    tree::Node n = node(NodeKind::Call, tree_.functions[func.index()].result);
    n.func = func;
    n.list = nodes_.add_list(parts);
    return nodes_.add(n);
  }
  NodeId let(tree::LocalId id, NodeId value) {
    tree::Node n = node(NodeKind::Let, types().unit());
    n.local = id;
    n.a = value;
    return nodes_.add(n);
  }
  NodeId block(std::vector<NodeId> statements) {
    tree::Node n = node(NodeKind::Block, types().unit());
    n.list = nodes_.add_list(statements);
    return nodes_.add(n);
  }
  NodeId statement(NodeKind kind, NodeId a, NodeId b = {}, uint8_t flags = 0) {
    return with(kind, a, b, flags, types().unit());
  }
  NodeId defer(std::vector<NodeId> statements, bool on_error = false) {
    tree::Node n = node(NodeKind::Defer, types().unit());
    n.b = block(std::move(statements));
    n.flags = on_error ? uint8_t{tree::kOnError} : uint8_t{0};
    return nodes_.add(n);
  }
  NodeId append(NodeId target, std::vector<NodeId> parts) {
    tree::Node n = node(NodeKind::AppendText, types().unit());
    n.a = target;
    n.list = nodes_.add_list(parts);
    return nodes_.add(n);
  }

  oir::TypeTable& types() { return out_.types; }
  oir::TypeId i64() { return types().scalar(oir::TypeKind::I64); }
  oir::TypeId text_type() { return types().text(); }
  tree::Program& tree() { return tree_; }

  // Lowers and verifies; for `text_of`.
  void finish() {
    tree_.start = function("start", types().unit(), {});
    body(tree_.start, {});
    tree_.parts.push_back(std::move(nodes_));
    lower(tree_, {}, out_);
    for (const std::string& problem : oir::verify(out_, oir::Phase::Lowered)) {
      ADD_FAILURE() << problem;
    }
    printed_ = oir::print(out_, nullptr, {});
  }
  // The blocks of one function.
  std::string text_of(std::string_view function) {
    size_t at = printed_.find("fn @" + std::string(function) + "(");
    size_t from = printed_.find("bb0:", at);
    if (from == std::string::npos) return printed_;
    return printed_.substr(from, printed_.find("\n}", from) - from + 1);
  }

 private:
  oir::Program out_;
  tree::Program tree_;
  tree::Nodes nodes_;
  std::string printed_;
};

}  // namespace tenure::tape::test
