// Native functions of the standard modules that are operators of numbers: an instruction each.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using oir::BinOp;
using oir::UnOp;
using tree::NodeId;
using T = tree::NodeKind;

namespace {

struct UnaryNative {
  std::string_view name;
  UnOp op;
};
struct BinaryNative {
  std::string_view name;
  BinOp op;
};

constexpr UnaryNative kUnary[] = {
    {"bitNot", UnOp::BitNot},
    {"countOnes", UnOp::CountOnes},
    {"leadingZeros", UnOp::LeadingZeros},
    {"trailingZeros", UnOp::TrailingZeros},
    {"sqrt", UnOp::Sqrt},
    {"floor", UnOp::Floor},
    {"ceil", UnOp::Ceil},
    {"trunc", UnOp::Trunc},
    {"round", UnOp::Round},
    {"sin", UnOp::Sin},
    {"cos", UnOp::Cos},
    {"tan", UnOp::Tan},
    {"asin", UnOp::Asin},
    {"acos", UnOp::Acos},
    {"atan", UnOp::Atan},
    {"exp", UnOp::Exp},
    {"log", UnOp::Log},
    {"log2", UnOp::Log2},
    {"log10", UnOp::Log10},
};

constexpr BinaryNative kBinary[] = {
    {"bitAnd", BinOp::BitAnd},   {"bitOr", BinOp::BitOr},     {"bitXor", BinOp::BitXor},
    {"shiftLeft", BinOp::Shl},   {"shiftRight", BinOp::Shr},  {"wrapAdd", BinOp::WrapAdd},
    {"wrapSub", BinOp::WrapSub}, {"wrapMul", BinOp::WrapMul}, {"pow", BinOp::Pow},
    {"atan2", BinOp::Atan2},
};

template <typename Row, size_t n>
const Row* row_of(const Row (&rows)[n], std::string_view name) {
  auto found = std::find_if(std::begin(rows), std::end(rows),
                            [&](const Row& row) { return row.name == name; });
  return found == std::end(rows) ? nullptr : found;
}

}  // namespace

// No declaration says yet what numbers a type parameter may be.
bool Checker::is_of(char wanted, NodeId value, std::string_view name) {
  TypeId type = type_of(value);
  if (wanted == 'i' ? types_.is_integer(type) : types_.is_float(type)) return true;
  error(DiagKind::TypeMismatch, tree_[value].span,
        "`" + std::string(name) + "` takes " + (wanted == 'i' ? "an integer" : "`f32` or `f64`") +
            ", found " + quoted(type));
  return false;
}

std::optional<NodeId> Checker::number_native(std::string_view name, TypeId result,
                                             const std::vector<NodeId>& args, Span span) {
  if (name == "truncate") {
    NodeId from = to_value(args[0]);
    if (!is_of('i', from, name)) return bad(span);
    if (!types_.is_integer(result)) {
      error(DiagKind::TypeMismatch, span, "`truncate` gives an integer, not " + quoted(result));
      return bad(span);
    }
    tree::Node made = make(T::Cast, result, span);
    made.a = from;
    made.flags |= tree::kImplicit;
    return add(made);
  }
  if (const UnaryNative* unary = row_of(kUnary, name)) {
    NodeId value = to_value(args[0]);
    if (!is_of(oir::unop_of(unary->op), value, name)) return bad(span);
    tree::Node made = make(T::Unary, type_of(value), span);
    made.a = value;
    made.index = static_cast<uint32_t>(unary->op);
    NodeId number = add(made);
    if (type_of(value) == result) return number;
    tree::Node cast = make(T::Cast, result, span);  // a number of bits, which always fits
    cast.a = number;
    cast.flags |= tree::kImplicit;
    return add(cast);
  }
  const BinaryNative* binary = row_of(kBinary, name);
  if (binary == nullptr) return std::nullopt;
  NodeId left = to_value(args[0]);
  NodeId right = to_value(args[1]);
  if (!is_of(oir::binop_of(binary->op), left, name)) return bad(span);
  tree::Node part = make(T::Part, result, span);
  part.op = binary->op;
  part.a = right;
  tree::Node made = make(T::Arith, result, span);
  made.a = left;
  made.list = add_list({add(part)});
  return add(made);
}

}  // namespace tenure::ng
