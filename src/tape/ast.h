// The syntax tree of one Tape file: rows in a vector, named by 32-bit ids, with a span on each.
//
// What the slots of a node hold is said once, per kind, in nodes.def. Nothing is resolved here.
//
// Depth. The parser promises that no node lies deeper than kMaxNesting below its declaration,
// counting every node on the way, so that later phases may recurse over it. Chains that a program
// can make long without nesting are flat: operators (Chain), else-if (If), parts of a string,
// statements; `|>` and postfix chains count towards the depth. Deeper input is NestedTooDeeply.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/names.h"
#include "base/rows.h"
#include "base/source.h"
#include "base/syntax.h"

namespace tenure::tape::ast {

// On this depend the stacks of the checker and of lowering: about 2 KiB a level.
constexpr uint32_t kMaxNesting = 500;

struct NodeTag;
using NodeId = Id<NodeTag>;

enum class NodeKind : uint8_t {
#define NODE(name, text) name,
#include "tape/nodes.def"
#undef NODE
};
// As messages show it: `match arm`.
std::string_view node_kind_text(NodeKind kind);

enum class UnaryOp : uint8_t { Neg, Not, BitNot, AddressOf, Deref };  // - ! ~ & *

// AssignOp has those of Add..Shr only.
enum class BinaryOp : uint8_t {
  Add,
  Sub,
  Mul,
  Div,
  Rem,
  BitAnd,
  BitOr,
  BitXor,
  Shl,
  Shr,
  Eq,
  Ne,
  Lt,
  Le,
  Gt,
  Ge,
  And,
  Or,
};
std::string_view binary_op_text(BinaryOp op);

enum Flag : uint16_t {
  kFlagTooLarge = 1,
  kFlagConst = 2,
  kFlagNonNull = 4,
  kFlagInclusive = 8,
  kFlagPiped = 16,
  kFlagNoSemicolon = 32,
  kFlagCall = 64,
  kFlagRest = 128,
  kFlagReturn = 256,
  kFlagVar = 512,
  kFlagPub = 1024,
  kFlagExtern = 2048,
  kFlagSelf = 4096,
  kFlagPointer = 8192,
  kFlagAll = 16384,
  kFlagError = 32768,
};
constexpr Flag kFlagFill = kFlagRest;  // of ArrayLit

using tenure::List;

// Mostly names and numbers: what only few kinds have lies elsewhere, see More in nodes.def.
struct Node : SyntaxNode<NodeKind, NodeId> {
  List list2;

  bool has(Flag flag) const { return (flags & flag) != 0; }
};

struct Tree : Rows<Node, NodeId> {
  FileId file;
  NodeId root;             // File
  bool has_later = false;  // blocks of its functions were passed over
};

}  // namespace tenure::tape::ast
