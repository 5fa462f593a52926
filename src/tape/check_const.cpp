// Constants: what is known while compiling, computed as a program would.
#include <cmath>
#include <cstring>
#include <limits>

#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

namespace {

double float_of(const oir::Const& constant) {
  double value = 0;
  std::memcpy(&value, &constant.bits, sizeof value);
  return value;
}

template <class Value>
bool holds(oir::BinOp op, Value a, Value b) {
  switch (op) {
    case oir::BinOp::Eq:
      return a == b;
    case oir::BinOp::Ne:
      return a != b;
    case oir::BinOp::Lt:
      return a < b;
    case oir::BinOp::Le:
      return a <= b;
    case oir::BinOp::Gt:
      return a > b;
    default:
      return a >= b;
  }
}

}  // namespace

uint64_t Checker::normal(Ty type, uint64_t bits) const {
  if (is(type, TyKind::Enum)) type = row(type).elem;
  uint64_t width = row(type).size * 8;
  if (width >= 64 || width == 0) return bits;
  uint64_t mask = (uint64_t{1} << width) - 1;
  bits &= mask;
  bool negative = types_.is_integer(type) && types_.is_signed(type) && (bits >> (width - 1)) != 0;
  return negative ? bits | ~mask : bits;
}

// `Neg`, `Not` or `BitNot` of a constant.
NodeId Checker::fold_unary(NodeId id) {
  const tree::Node node = tree_[id];
  if (!is_const(node.a)) return id;
  Ty type = type_of(id);
  const oir::Const constant = tree_[node.a].constant();
  if (node.kind == T::Not) return bool_const(constant.bits == 0, node.span);
  if (node.kind == T::BitNot) return int_const(type, ~constant.bits, node.span);
  if (types_.is_float(type)) return float_const(type, -float_of(constant), node.span);
  return int_const(type, 0 - constant.bits, node.span);
}

// Integers wrap; none: it would fail.
std::optional<uint64_t> Checker::fold_arith(Ty type, oir::BinOp op, uint64_t a, uint64_t b) {
  if (types_.is_float(type)) {
    double x = float_of({oir::ConstKind::Float, {}, a});
    double y = float_of({oir::ConstKind::Float, {}, b});
    double value = op == oir::BinOp::Add   ? x + y
                   : op == oir::BinOp::Sub ? x - y
                   : op == oir::BinOp::Mul ? x * y
                   : op == oir::BinOp::Div ? x / y
                                           : std::fmod(x, y);
    if (kind(type) == TyKind::F32) value = static_cast<float>(value);
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }
  bool is_signed = types_.is_signed(type);
  uint32_t width = types_.bits(type);
  auto s = static_cast<int64_t>(a);
  auto t = static_cast<int64_t>(b);
  switch (op) {
    case oir::BinOp::Add:
      return normal(type, a + b);
    case oir::BinOp::Sub:
      return normal(type, a - b);
    case oir::BinOp::Mul:
      return normal(type, a * b);
    case oir::BinOp::Div:
      if (b == 0) return std::nullopt;
      if (is_signed) return normal(type, t == -1 ? 0 - a : static_cast<uint64_t>(s / t));
      return a / b;
    case oir::BinOp::Rem:
      if (b == 0) return std::nullopt;
      if (is_signed) return t == -1 ? 0 : static_cast<uint64_t>(s % t);
      return a % b;
    case oir::BinOp::BitAnd:
      return a & b;
    case oir::BinOp::BitOr:
      return a | b;
    case oir::BinOp::BitXor:
      return a ^ b;
    case oir::BinOp::Shl:
      return normal(type, a << (b % width));
    default:
      return is_signed ? static_cast<uint64_t>(s >> (b % width)) : a >> (b % width);
  }
}

NodeId Checker::fold_compare(NodeId id) {
  const tree::Node node = tree_[id];
  if (!is_const(node.a) || !is_const(node.b)) return id;
  const oir::Const a = tree_[node.a].constant();
  const oir::Const b = tree_[node.b].constant();
  Ty type = type_of(node.a);
  if (a.kind == oir::ConstKind::String) {
    if (b.kind != oir::ConstKind::String || !is(type, TyKind::String)) return id;
    int order = words_of(a).compare(words_of(b));
    return bool_const(holds(node.op, order, 0), node.span);
  }
  if (types_.is_float(type)) return bool_const(holds(node.op, float_of(a), float_of(b)), node.span);
  if (is(type, TyKind::Pointer) || is(type, TyKind::Function)) return id;
  bool is_signed = types_.is_integer(type) && types_.is_signed(type);
  bool result = is_signed
                    ? holds(node.op, static_cast<int64_t>(a.bits), static_cast<int64_t>(b.bits))
                    : holds(node.op, a.bits, b.bits);
  return bool_const(result, node.span);
}

// A cast of a constant between numbers: truncates, extends, saturates.
NodeId Checker::fold_cast(NodeId id) {
  const tree::Node node = tree_[id];
  if (!is_const(node.a)) return id;
  Ty from = type_of(node.a);
  Ty to = type_of(id);
  const oir::Const constant = tree_[node.a].constant();
  if (constant.kind != oir::ConstKind::Int && constant.kind != oir::ConstKind::Float &&
      constant.kind != oir::ConstKind::Bool) {
    return id;
  }
  if (kind(to) > TyKind::Color && !is(to, TyKind::Enum)) return id;
  if (types_.is_float(from)) {
    double value = float_of(constant);
    if (types_.is_float(to)) return float_const(to, value, node.span);
    if (!types_.is_integer(to)) return id;
    bool is_signed = types_.is_signed(to);
    double low = is_signed ? -std::ldexp(1.0, static_cast<int>(types_.bits(to)) - 1) : 0.0;
    double high = std::ldexp(1.0, static_cast<int>(types_.bits(to)) - (is_signed ? 1 : 0));
    uint64_t all = ~uint64_t{0} >> (64 - types_.bits(to));
    if (std::isnan(value)) return int_const(to, 0, node.span);
    if (value <= low)
      return int_const(to, is_signed ? uint64_t{1} << (types_.bits(to) - 1) : 0, node.span);
    if (value >= high) return int_const(to, is_signed ? all >> 1 : all, node.span);
    return int_const(to,
                     is_signed ? static_cast<uint64_t>(static_cast<int64_t>(value))
                               : static_cast<uint64_t>(value),
                     node.span);
  }
  if (types_.is_float(to)) {
    bool is_signed = types_.is_integer(from) && types_.is_signed(from);
    if (kind(to) == TyKind::F32) {
      float value = is_signed ? static_cast<float>(static_cast<int64_t>(constant.bits))
                              : static_cast<float>(constant.bits);
      return float_const(to, value, node.span);
    }
    return float_const(to,
                       is_signed ? static_cast<double>(static_cast<int64_t>(constant.bits))
                                 : static_cast<double>(constant.bits),
                       node.span);
  }
  if (is(to, TyKind::Bool)) return id;
  return int_const(to, constant.bits, node.span);
}

std::string_view Checker::words_of(const oir::Const& text) const {
  if (text.bits < oir::BodyTexts::kOwn) return out_.strings[text.bits];
  return texts_[static_cast<uint32_t>(text.bits - oir::BodyTexts::kOwn)];
}

// The value of a constant that has a place; none: the place is no constant's.
Checker::ConstantNode Checker::constant_of(NodeId root) const {
  const tree::Node& n = tree_[root];
  if (n.kind == T::Global) return {all_.constants, all_.global_rows[n.global.index()]->constant};
  if (n.kind != T::Local) return {};
  const Binding* binding = binding_of(n.local);
  return binding == nullptr ? ConstantNode{} : ConstantNode{&tree_, binding->constant};
}

// What lies at a constant path of a constant, if that is known: the node of its value. None: it is
// not known.
Checker::ConstantNode Checker::part_of_constant(NodeId place) {
  std::vector<NodeId> path;
  NodeId root = place;
  while (tree_[root].kind == T::Field || tree_[root].kind == T::Index) {
    path.push_back(root);
    root = tree_[root].a;
  }
  ConstantNode at_hand = constant_of(root);
  for (; at_hand.known() && !path.empty(); path.pop_back()) {
    const tree::Node& step = tree_[path.back()];
    const tree::Node& whole = at_hand.node();
    if (step.kind == T::Index) {
      if (whole.kind == T::FillLit) {
        at_hand.id = whole.a;
        continue;
      }
      if (whole.kind != T::ArrayLit || !is_const(step.b)) return {};
      uint64_t index = tree_[step.b].constant().bits;
      if (index >= whole.list.count) {
        error(DiagKind::LiteralRange, tree_[place].span,
              "index out of range: " + std::to_string(static_cast<int64_t>(index)) + " (length " +
                  std::to_string(whole.list.count) + ")");
        return {&tree_, bad(tree_[place].span)};
      }
      at_hand.id = at_hand.in->items(whole.list)[index];
      continue;
    }
    NodeId found;
    if (whole.kind != T::StructLit) return {};
    for (NodeId part : at_hand.in->items(whole.list)) {
      if ((*at_hand.in)[part].index == step.index) found = (*at_hand.in)[part].a;
    }
    at_hand.id = found;
  }
  return at_hand;
}

NodeId Checker::fold_place(NodeId place) {
  ConstantNode found = part_of_constant(place);
  if (!found.known()) return place;
  if (!found.in->type_of(found.id).valid()) return bad(tree_[place].span);
  return found.is_single() ? again(found, tree_[place].span) : place;
}

// `!` of a constant.
NodeId Checker::fold_unwrap(NodeId unwrap) {
  ConstantNode of{&tree_, tree_[unwrap].a};
  if (of.node().kind == T::Copy) of.id = of.node().a;
  if (is_place(of.id)) of = part_of_constant(of.id);
  if (!of.known()) return unwrap;
  Span span = tree_[unwrap].span;
  const tree::Node& n = of.node();
  if (n.kind == T::Zero || (n.kind == T::VariantLit && n.index == tree::kNull)) {
    error(DiagKind::LiteralRange, span, "unwrap of null");
    return bad(span);
  }
  if (n.kind != T::VariantLit) return unwrap;
  ConstantNode payload{of.in, (*of.in)[of.in->items(n.list)[0]].a};
  return payload.is_single() ? again(payload, span) : unwrap;
}

// Whether a value is made of constants alone.
bool Checker::is_constant(NodeId id) const {
  std::vector<NodeId> left{id};
  while (!left.empty()) {
    const tree::Node& node = tree_[left.back()];
    left.pop_back();
    switch (node.kind) {
      case T::Const:
      case T::Zero:
      case T::FuncRef:
        break;
      case T::FillLit:
      case T::UnionLit:
      case T::Part:
        left.push_back(node.a);
        break;
      case T::StructLit:
      case T::VariantLit:
      case T::ArrayLit:
        for (NodeId part : tree_.items(node.list)) left.push_back(part);
        break;
      case T::Copy: {
        // Another constant, or a part of one.
        NodeId root = node.a;
        while (tree_[root].kind == T::Field || tree_[root].kind == T::Index) {
          if (tree_[root].kind == T::Index) left.push_back(tree_[root].b);
          root = tree_[root].a;
        }
        if (!constant_of(root).known()) return false;
        break;
      }
      case T::SliceOf:
        // A view of a constant array or of a literal.
        if (tree_[node.a].kind == T::Const) break;
        if (tree_[node.a].kind != T::Global ||
            !all_.global_rows[tree_[node.a].global.index()]->is_const)
          return false;
        break;
      case T::Arith:
      case T::Cast:
      case T::EnumCast:
      default:
        return false;
    }
  }
  return true;
}

NodeId Checker::again(const ConstantNode& constant, Span span) {
  Made made{constant.node(), constant.in->type_of(constant.id)};
  made.n.span = span;
  return add(made);
}

// The value of a constant expression; what is none is reported.
NodeId Checker::constant_value(ast::NodeId id, Ty want) {
  std::vector<ast::NodeId> left{id};
  while (!left.empty()) {
    const ast::Node& node = at(left.back());
    left.pop_back();
    switch (node.kind) {
      case NodeKind::Error:
      case NodeKind::IntLit:
      case NodeKind::FloatLit:
      case NodeKind::ByteLit:
      case NodeKind::ColorLit:
      case NodeKind::StringLit:
      case NodeKind::BoolLit:
      case NodeKind::NullLit:
      case NodeKind::Name:
        break;
      case NodeKind::BuiltinCall:
        if (text(node.name) == "sizeof" || text(node.name) == "alignof") break;
        error(DiagKind::NotConstant, node.span,
              "this is no constant: it is computed as the program runs");
        return bad(node.span);
      case NodeKind::ArrayLit:
      case NodeKind::StructLit:
      case NodeKind::Chain:
        for (ast::NodeId part : items(node.list)) left.push_back(part);
        if (node.kind == NodeKind::Chain) left.push_back(node.a);
        break;
      case NodeKind::FieldInit:
      case NodeKind::ChainPart:
      case NodeKind::Member:
      case NodeKind::Cast:
      case NodeKind::SliceOf:
      case NodeKind::Unwrap:
        left.push_back(node.a);
        break;
      case NodeKind::Index:
        left.push_back(node.a);
        left.push_back(node.b);
        break;
      case NodeKind::Unary:
        if (node.op == static_cast<uint8_t>(ast::UnaryOp::Neg) ||
            node.op == static_cast<uint8_t>(ast::UnaryOp::Not) ||
            node.op == static_cast<uint8_t>(ast::UnaryOp::BitNot)) {
          left.push_back(node.a);
          break;
        }
        [[fallthrough]];
      default:
        error(DiagKind::NotConstant, node.span,
              "this is no constant: it is computed as the program runs");
        return bad(node.span);
    }
  }
  NodeId found = want.valid() ? value(id, want) : to_value(plain(id, Ty{}));
  if (is_bad(found)) return found;
  if (!is_constant(found)) {
    error(DiagKind::NotConstant, at(id).span,
          "this is no constant: it is computed as the program runs");
    return bad(at(id).span);
  }
  return found;
}

}  // namespace tenure::tape
