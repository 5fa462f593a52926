// For the tests of the parser: a tree as text, errors as text.
#pragma once

#include <fmt/format.h>

#include <array>
#include <bit>
#include <string>
#include <string_view>

#include "base/diag.h"
#include "base/names.h"
#include "base/source.h"
#include "tape/ast.h"
#include "tape/parse.h"

namespace tenure::tape {

class Parsed {
 public:
  explicit Parsed(std::string text) {
    FileId file = sources.add("t", std::move(text));
    tree = parse(sources, file, names, sink);
  }

  // One line for each error and note: `LINE:COL: error: MESSAGE`.
  std::string errors() {
    sink.sort();
    std::string text = render_text(sink, sources, {.plain = true});
    std::string result;
    for (size_t at = 0; at < text.size();) {
      size_t end = text.find('\n', at);
      std::string_view line = std::string_view(text).substr(at, end - at);
      result += line.starts_with("t:") ? line.substr(2) : line;
      result += '\n';
      at = end + 1;
    }
    if (!result.empty()) result.pop_back();
    return result;
  }

  // The items of the file, one a line.
  std::string items() const {
    std::string out;
    for (ast::NodeId id : tree.items(tree[tree.root].list)) {
      if (!out.empty()) out += '\n';
      out += dump(id);
    }
    return out;
  }

  // `(Kind.flag name value a:… b:… c:… [list] [list2])`; what is not there is left out, an
  // empty list before one that is not empty is `[]`.
  std::string dump(ast::NodeId id) const {
    const ast::Node& node = tree[id];
    std::string out = "(" + kind(node) + flags(node);
    if (node.name) out += fmt::format(" {}", shown(node));
    out += value(node);
    if (node.a) out += " a:" + dump(node.a);
    if (node.b) out += " b:" + dump(node.b);
    if (node.c) out += " c:" + dump(node.c);
    std::array<ast::List, 2> lists{node.list, node.list2};
    size_t last = lists.size();
    while (last > 0 && lists[last - 1].count == 0) last--;
    for (size_t i = 0; i < last; i++) out += " [" + all(lists[i]) + "]";
    return out + ")";
  }

  SourceMap sources;
  Names names;
  DiagnosticSink sink;
  ast::Tree tree;

 private:
  static std::string kind(const ast::Node& node) {
    static constexpr std::string_view kNames[] = {
#define NODE(name, text) #name,
#include "tape/nodes.def"
#undef NODE
    };
    return std::string(kNames[static_cast<size_t>(node.kind)]);
  }

  static std::string flags(const ast::Node& node) {
    static constexpr std::string_view kNames[] = {
        "large",  "const", "nonnull", "inclusive", "piped", "nosemi",  "call", "rest",
        "return", "var",   "pub",     "extern",    "self",  "pointer", "all",  "error"};
    std::string out;
    for (size_t i = 0; i < std::size(kNames); i++) {
      if ((node.flags >> i & 1) != 0) out += fmt::format(".{}", kNames[i]);
    }
    return out;
  }

  std::string shown(const ast::Node& node) const {
    std::string_view name = names.text(node.name);
    return node.kind == ast::NodeKind::StringLit ? fmt::format("\"{}\"", name) : std::string(name);
  }

  static std::string value(const ast::Node& node) {
    switch (node.kind) {
      case ast::NodeKind::IntLit:
      case ast::NodeKind::ByteLit:
      case ast::NodeKind::BoolLit:
        return fmt::format(" {}", node.value);
      case ast::NodeKind::ColorLit:
        return fmt::format(" {:08x}", node.value);
      case ast::NodeKind::FloatLit:
        return fmt::format(" {}", std::bit_cast<double>(node.value));
      case ast::NodeKind::Unary: {
        static constexpr std::string_view kTexts[] = {"-", "!", "~", "&", "*"};
        return fmt::format(" {}", kTexts[node.op]);
      }
      case ast::NodeKind::AssignOp:
      case ast::NodeKind::ChainPart:
        return fmt::format(" {}", ast::binary_op_text(static_cast<ast::BinaryOp>(node.op)));
      default:
        return "";
    }
  }

  std::string all(ast::List list) const {
    std::string out;
    for (ast::NodeId id : tree.items(list)) out += (out.empty() ? "" : " ") + dump(id);
    return out;
  }
};

// The tree of a text without mistakes.
inline std::string tree_of(std::string text) {
  Parsed parsed(std::move(text));
  std::string errors = parsed.errors();
  return errors.empty() ? parsed.items() : errors;
}

// The tree of an expression.
inline std::string expr_of(std::string_view text) {
  Parsed parsed(fmt::format("{};", text));
  std::string errors = parsed.errors();
  if (!errors.empty()) return errors;
  return parsed.dump(parsed.tree[parsed.tree.items(parsed.tree[parsed.tree.root].list)[0]].a);
}

inline std::string errors_of(std::string text) {
  return Parsed(std::move(text)).errors();
}

}  // namespace tenure::tape
