// The syntax tree of one file: rows in a vector, named by 32-bit ids, with a span on each.
//
// What the slots of a node hold is said once, per kind, in nodes.def. Nothing is resolved here: the
// tree is what the user wrote, spelling variants folded together (`ref<T>` and `T ref`, `=` and
// `:=`, both orders of generic parameters).
//
// Depth. The parser promises that no node lies deeper than kMaxNesting below its declaration,
// counting every node on the way, so that later phases may recurse over it. Chains that a program
// can make long without nesting are flat: operators (Chain), else-if (If), statements, `|>` and
// postfix chains count towards the depth. Deeper input is the error NestedTooDeeply.
#pragma once

#include <cstdint>

#include "base/names.h"
#include "base/rows.h"
#include "base/source.h"
#include "base/syntax.h"

namespace tenure::ng::ast {

// On this depend the stacks of the checker and of lowering: about 2 KiB a level.
constexpr uint32_t kMaxNesting = 500;

struct NodeTag;
using NodeId = Id<NodeTag>;

enum class NodeKind : uint8_t {
#define NODE(name, text) name,
#include "ng/nodes.def"
#undef NODE
};

enum class UnaryOp : uint8_t { Neg, Not };  // `-`; `!` and `not` (`not(x)` is Unary as well)
enum class BinaryOp : uint8_t {
  Add,
  Sub,
  Mul,
  Div,
  Rem,
  Eq,
  Ne,
  Lt,
  Le,
  Gt,
  Ge,
  And,
  Or,
  Append,
};
enum class LitSuffix : uint8_t { None, I8, I16, I32, I64, U8, U16, U32, U64, F32, F64 };

enum Flag : uint16_t {
  kFlagTooLarge = 1,
  kFlagTuple = 2,
  kFlagLabelled = 4,
  kFlagInclusive = 8,
  kFlagPiped = 16,
  kFlagNoSemicolon = 32,
  kFlagCall = 64,
  kFlagRest = 128,
  kFlagArrow = 256,
  kFlagNative = 512,
  kFlagExported = 1024,
  kFlagConst = 2048,
  kFlagAuto = 4096,
  kFlagAll = 8192,
  kFlagBroken = 16384,
};

using tenure::List;

// Mostly names and numbers: what only few kinds have lies elsewhere, see More in nodes.def.
struct Node : SyntaxNode<NodeKind, NodeId> {
  List list2;

  bool has(Flag flag) const { return (flags & flag) != 0; }
};

struct Tree : Rows<Node, NodeId> {
  FileId file;
  NodeId root;             // Module
  bool has_later = false;  // blocks of its functions were passed over

  // Of a declaration; empty of a node that has More.
  List list3(const Node& node) const { return node.c ? (*this)[node.c].list : List{}; }
  List list4(const Node& node) const { return node.c ? (*this)[node.c].list2 : List{}; }
};

std::string_view node_kind_text(NodeKind kind);

}  // namespace tenure::ng::ast
