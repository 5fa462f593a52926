// `...e`: what is spread into arrays, tuples and calls, and parameters that take the rest of the
// arguments.
//
// The parts of a tuple (and of a fixed array, where a number of parts is asked for) are known, so a
// spread is replaced by them before anybody looks at the list that it stands in: nodes of kind
// Given. What has any number of elements stays a Spread, of a Given.
#include <algorithm>

#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

namespace {
// A fixed array is spread part by part; of a longer one nobody wants to.
constexpr uint64_t kMostParts = 1000;
}  // namespace

ast::NodeId Checker::made(ast::Node node) {
  made_.push_back(node);
  return ast::NodeId{size_t{kMade} + made_.size() - 1};
}

ast::List Checker::made_list(std::vector<ast::NodeId> ids) {
  uint32_t count = static_cast<uint32_t>(ids.size());
  made_lists_.push_back(std::move(ids));
  return {kMade + static_cast<uint32_t>(made_lists_.size() - 1), count};
}

ast::NodeId Checker::given(NodeId node, Span span) {
  ast::Node made_node;
  made_node.kind = NodeKind::Given;
  made_node.span = span;
  made_node.value = node.v;
  return made(made_node);
}

bool Checker::has_spread(ast::List list) const {
  auto args = items(list);
  return std::any_of(args.begin(), args.end(), [&](ast::NodeId arg) {
    return at(arg).kind == NodeKind::Spread && at(at(arg).a).kind != NodeKind::Given;
  });
}

// What is spread: a tuple, an array, a fixed array or a span, whose parts may be taken or copied.
NodeId Checker::spread_operand(ast::NodeId spread, TypeId elem) {
  const ast::Node& node = at(spread);
  bool wants = elem.valid() && needs_context(node.a);
  NodeId operand = expr(node.a, wants ? types_.array(elem) : TypeId{});
  if (is_bad(operand)) return operand;
  TypeId type = type_of(operand);
  if (kind(type) != TypeKind::Tuple && !is_sequence(type)) {
    Diagnostic& diagnostic =
        error(DiagKind::TypeMismatch, node.span,
              "expected an array, a span or a tuple to spread, found " + quoted(type));
    if ((kind(type) == TypeKind::Ref || kind(type) == TypeKind::Box) && is_place(operand))
      diagnostic.suggest("...*" + place_text(operand));
    return bad(node.span);
  }
  if (types_.is_span(type) && types_.is_move_only(row(type).elem)) {
    explain_move_only(
        error(DiagKind::CannotCopy, node.span,
              "cannot copy the elements of this span, of type " + quoted(row(type).elem)),
        row(type).elem);
    return bad(node.span);
  }
  if (is_place(operand) && types_.is_move_only(type) && !is_part_of_temporary(operand)) {
    cannot_copy(operand, "...move " + place_text(operand));
    return bad(node.span);
  }
  return operand;
}

// Finding it again and again is the same, and changes nothing.
static bool is_simple(const tree::Nodes& tree, NodeId place) {
  for (;;) {
    const tree::Node& node = tree[place];
    switch (node.kind) {
      case T::Local:
      case T::Global:
        return true;
      case T::Field:
      case T::Deref:
        place = node.a;
        break;
      default:
        return false;
    }
  }
}

// The parts of an operand that is evaluated once.
void Checker::add_parts(NodeId operand, Span span, bool labelled, std::vector<ast::NodeId>& out) {
  TypeId type = type_of(operand);
  bool fixed = kind(type) == TypeKind::FixedArray;
  uint64_t count = fixed ? row(type).count : row(type).fields.size();
  bool held = !is_place(operand) || !is_simple(tree_, operand);
  NodeId first;
  for (uint32_t i = 0; i < count; ++i) {
    NodeId whole = operand;
    if (held) {
      tree::Node hold = make(first ? T::HeldAgain : T::Held, type, span);
      if (first) {
        hold.index = first.v;
      } else {
        hold.a = to_value(operand);
      }
      whole = add(hold);
      if (!first) first = whole;
    }
    NodeId part_node;
    if (fixed) {
      tree::Node element = make(T::Index, row(type).elem, span);
      element.a = whole;
      element.b = int_const(u32(), i, span);
      part_node = add(element);
    } else {
      part_node = field_node(whole, i, span);
    }
    ast::NodeId made_part = given(part_node, span);
    if (labelled && !fixed) made_[made_part.v - kMade].flags |= ast::kFlagLabelled;
    out.push_back(made_part);
  }
  if (count == 0 && held) {
    // Nothing of it is wanted, but what it does is done.
    error(DiagKind::BadOperand, span, "nothing is spread here: this has no parts");
  }
}

// The list with the parts of what is spread in it. None: something was wrong.
std::optional<ast::List> Checker::expanded(ast::List list, Spreads into, TypeId elem) {
  if (!has_spread(list)) return list;
  std::vector<ast::NodeId> out;
  std::vector<ast::NodeId> elements(items(list).begin(), items(list).end());
  bool ok = true;
  for (ast::NodeId element : elements) {
    if (at(element).kind != NodeKind::Spread) {
      out.push_back(element);
      continue;
    }
    const ast::Node& node = at(element);
    NodeId operand = spread_operand(element, elem);
    if (is_bad(operand)) {
      ok = false;
      continue;
    }
    TypeId type = type_of(operand);
    bool fixed = kind(type) == TypeKind::FixedArray;
    bool counted = into == Spreads::IntoFixed || into == Spreads::IntoTuple;
    if (kind(type) == TypeKind::Tuple || (fixed && counted && row(type).count <= kMostParts)) {
      add_parts(operand, node.span, into == Spreads::IntoTuple, out);
      continue;
    }
    if (counted) {
      error(DiagKind::TypeMismatch, node.span,
            fixed ? "more than " + std::to_string(kMostParts) + " elements are not spread here"
                  : "how many elements this " + quoted(type) +
                        " has is not known before the program runs");
      ok = false;
      continue;
    }
    ast::Node spread = node;
    spread.a = given(operand, at(node.a).span);
    out.push_back(made(spread));
  }
  if (!ok) return std::nullopt;
  return made_list(std::move(out));
}

// `...xs` as elements of a growable array.
NodeId Checker::spread_element(ast::NodeId id, TypeId elem) {
  const ast::Node& node = at(id);
  NodeId operand = expr(node.a, TypeId{});
  if (is_bad(operand)) return bad(node.span);
  TypeId found = row(type_of(operand)).elem;
  if (elem.valid() && found != elem) {
    error(DiagKind::TypeMismatch, node.span,
          "expected elements of type " + quoted(elem) + ", found " + quoted(found));
    return bad(node.span);
  }
  tree::Node spread = make(T::Spread, found, node.span);
  spread.a = operand;
  return add(spread);
}

// ---- parameters that take the rest

// The last parameter stands for what is left: an array literal or a tuple of it.
ast::NodeId Checker::rest_argument(const std::vector<ast::NodeId>& args, Rest rest, Span span) {
  if (rest == Rest::Array && args.size() == 1 && at(args[0]).kind == NodeKind::Spread) {
    ast::NodeId whole = at(args[0]).a;
    NodeId operand{size_t(at(whole).value)};
    if (at(whole).kind == NodeKind::Given && kind(type_of(operand)) == TypeKind::Array)
      return whole;
  }
  ast::Node literal;
  literal.kind = rest == Rest::Array ? NodeKind::ArrayLit : NodeKind::Tuple;
  literal.span = args.empty() ? span : at(args[0]).span;
  if (!args.empty()) literal.span.end = at(args.back()).span.end;
  literal.list = made_list(args);
  literal.flags = ast::kFlagRest;
  return made(literal);
}

// Any number of elements, where a number of arguments is wanted.
bool Checker::refuse_spreads(const std::vector<ast::NodeId>& args) {
  for (ast::NodeId arg : args) {
    if (at(arg).kind != NodeKind::Spread) continue;
    error(DiagKind::WrongArguments, at(arg).span,
          "how many arguments these are is not known before the program runs")
        .note(at(arg).span,
              "a tuple is spread over parameters, an array only over one that takes "
              "the rest (`...xs: [T]`)");
    return true;
  }
  return false;
}

// The call with what is known of its arguments in their place.
ast::NodeId Checker::settled_args(ast::NodeId call, Prechecked& known) {
  ast::Node node = at(call);
  std::vector<ast::NodeId> args;
  for (ast::NodeId arg : items(node.list)) {
    ast::Node copy = at(arg);
    bool named = copy.kind == NodeKind::NamedArg;
    auto it = known.find(named ? copy.a.v : arg.v);
    if (it == known.end() || at(named ? copy.a : arg).kind == NodeKind::Given) {
      args.push_back(arg);
      continue;
    }
    ast::NodeId value = given(it->second, at(named ? copy.a : arg).span);
    known.emplace(value.v, it->second);
    if (named) {
      copy.a = value;
      value = made(copy);
    }
    args.push_back(value);
  }
  node.list = made_list(std::move(args));
  return made(node);
}

bool Checker::is_pack(const ast::Tree& tree, ast::NodeId fun, ast::NodeId type) const {
  if (!type || tree[type].kind != NodeKind::TypeName) return false;
  auto params = tree.items(tree[fun].list2);
  return std::any_of(params.begin(), params.end(), [&](ast::NodeId param) {
    return tree[param].name == tree[type].name && tree[param].has(ast::kFlagRest);
  });
}

// What a parameter that takes the rest has to look like.
bool Checker::check_rest(ast::NodeId fun) {
  const ast::Node& node = at(fun);
  auto generics = items(node.list2);
  for (size_t i = 0; i + 1 < generics.size(); ++i) {
    if (!at(generics[i]).has(ast::kFlagRest)) continue;
    error(DiagKind::BadOperand, at(generics[i]).span,
          "a parameter pack stands last: " + quoted(at(generics[i]).name));
    return false;
  }
  auto params = items(node.list);
  for (size_t i = 0; i < params.size(); ++i) {
    const ast::Node& param = at(params[i]);
    if (param.kind != NodeKind::Param || !param.has(ast::kFlagRest)) continue;
    if (i + 1 != params.size()) {
      error(DiagKind::BadOperand, param.span,
            "the parameter that takes the rest stands last: " + quoted(param.name));
      return false;
    }
    if (param.b) {
      error(DiagKind::BadOperand, at(param.b).span,
            "the parameter that takes the rest has no default: without arguments it is empty");
      return false;
    }
    if (!param.a) continue;  // is reported where its type is missed
    const ast::Node type = at(param.a);
    bool array = type.kind == NodeKind::TypeArray ||
                 (type.kind == NodeKind::TypeName && text(type.name) == "vector");
    if (array || type.kind == NodeKind::Error || is_pack(ast(), fun, param.a)) continue;
    error(DiagKind::TypeMismatch, type.span,
          "what takes the rest is an array `[T]`, or of a parameter pack `...T`")
        .suggest("..." + std::string(text(param.name)) + ": [" + written(param.a) + "]");
    return false;
  }
  return true;
}

}  // namespace tenure::ng
