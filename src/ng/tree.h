// The typed tree: what the checker makes of a program, and what lowering reads.
//
// Every name is resolved, every expression has its oir::TypeId (rows of the `types` of the OIR
// program that is being made), generics are instantiated, and what the user left unwritten is
// there: receivers are referenced and dereferenced, default arguments are filled in, literals have
// their final type. A program that had errors has no tree.
//
// A *place* names where a value lies. A *value* makes one: a fresh temporary, owned by whoever
// takes it. An *operand* is either, and is only looked at: a place stays as it is, a value is a
// temporary that dies with the statement. Where a slot says `value` and the user wrote a place, a
// Copy, Move or Const stands in between: nothing is copied that does not say Copy.
//
// A *borrowed argument* is what goes to a parameter of mode Borrow (every reference). It is of a
// type ref<T> and one of: Copy of a place that holds a reference (hold or borrow it,
// docs/internals.md: reference arguments), RefOf of an operand (its address), any other value (a
// temporary to borrow from).
//
// Depth is bounded by ast::kMaxNesting times a small number; long chains are flat.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/rows.h"
#include "base/source.h"
#include "oir/body_texts.h"
#include "oir/oir.h"
#include "oir/outline.h"

namespace tenure::ng::tree {

struct NodeTag;
using NodeId = Id<NodeTag>;
struct LocalTag;
using LocalId = Id<LocalTag>;  // index into Function::locals
using oir::FuncId;    // index into Program::functions; lowering declares them in this order, so OIR
                      // has the same ids
using oir::GlobalId;  // index into Program::globals; the same in OIR
using oir::TypeId;

enum class NodeKind : uint8_t {
#define TREE(name, category) name,
#include "ng/tree.def"
#undef TREE
};

enum class Category : uint8_t { P, V, S };
std::string_view node_kind_name(NodeKind kind);
Category node_category(NodeKind kind);

// How two operands are compared.
enum class CompareKind : uint8_t {
  Scalar,    // numbers, bool: BinOp on values
  Text,      // strings with < <= > >=: StrCompare, then against 0
  Value,     // Eq, Ne by value: RtFn::Equal, T the operands' type (strings too)
  Identity,  // Eq, Ne of references (Box and Weak never): SameRef
  Null,      // Eq, Ne: b is the constant null: IsNull of a
};

enum NodeFlag : uint8_t {
  kImplicit = 1,
  kInclusive = 2,
  kDescending = 4,
  kAny = 8,
  kRest = 16,
  kMistake = 32,   // what is wrong with it was reported, though it has a type
  kHarmless = 64,  // a statement with a mistake that no other place could have been changed by
};

// Node::index of Index and SliceOf: what counts from the end of the elements.
constexpr uint32_t kFromEnd = 1, kToFromEnd = 2;

using tenure::List;

struct Node {
  NodeKind kind = NodeKind::Const;
  uint8_t flags = 0;  // NodeFlag
  oir::BinOp op = oir::BinOp::Add;
  oir::RtFn rt = oir::RtFn(0);
  TypeId type;  // of the value or the place; unit for statements
  Span span;
  NodeId a, b, c;
  List list;
  uint32_t index = 0;
  LocalId local;
  union {
    GlobalId global;
    FuncId func;  // Call
  };
  TypeId targ;

  Node() : global() {}
  // Const, Pattern: kept where these have nothing else.
  oir::Const constant() const {
    return {oir::ConstKind(rt), targ, uint64_t{bits_high_} << 32 | bits_low_};
  }
  void set_constant(const oir::Const& constant) {
    rt = oir::RtFn(constant.kind);
    targ = constant.type;
    bits_low_ = static_cast<uint32_t>(constant.bits);
    bits_high_ = static_cast<uint32_t>(constant.bits >> 32);
  }

 private:
  uint32_t bits_low_ = 0, bits_high_ = 0;
};
static_assert(sizeof(Node) == 64, "a node is a line of the cache");

struct Local {
  std::string name;  // empty: made by the checker
  TypeId type;
  Span span;              // the name in its declaration
  bool assigned = false;  // assigned (or given by `next`) somewhere after its declaration
};

// What a function does that has no body of the user's.
enum class Made : uint8_t {
  Body,
  Dispatch,  // a method of a trait object (`self`): calls `callees`, by variant, with what it
             // refers to
  Upcast,    // gives a trait object (its parameter) another type: `variants` by variant
};

// One instance of a function. A parameter of mode Borrow whose type is no reference (a trait
// object) is lent as it lies: what the callee gets is its address.
struct Function {
  uint32_t part = 0;       // of the program, where its nodes are
  std::string name;        // unique: `Point.norm`, `id<i32>`
  std::string shown_name;  // in call traces
  uint32_t params = 0;     // locals[0 .. params) are the parameters
  std::vector<oir::ParamMode> modes;
  std::vector<Local> locals;
  TypeId result;
  NodeId body;  // Block. If its type is the result's its value is returned, else the end is reached
                // only by unit functions
  Span span;    // the declaration
  Span end;     // the closing brace
  bool foreign = false;  // a function of another language: declared only
  Made made = Made::Body;
  std::vector<FuncId> callees;
  std::vector<uint32_t> variants;
  bool is_drop = false;  // a user's `drop`; `self` is local 0
  TypeId drop_of;
  std::optional<oir::Outline> outline;  // if it was found when the function was checked
  bool is_forgotten = false;            // it is spared, and has no body any more

  bool borrows() const {
    return std::find(modes.begin(), modes.end(), oir::ParamMode::Borrow) != modes.end();
  }
};

struct Global {
  std::string name;
  TypeId type;
  Span span;
};

// The top levels of modules that no module of another language stands between.
struct Segment {
  uint32_t place = 0;  // of the first of them, in the order of all modules
  FuncId func;
};

// A function of another language that the program calls.
struct Foreign {
  FuncId func;
  uint32_t place = 0;  // of its module
  std::string name;
};

struct Nodes : Rows<Node, NodeId> {
  std::vector<uint32_t> own_texts;  // by row of the thread's texts: its index among those of OIR

  bool is_place(NodeId id) const { return node_category((*this)[id].kind) == Category::P; }
  oir::Const constant(const Node& n) const {
    return oir::BodyTexts::numbered(n.constant(), own_texts);
  }
};

struct Program {
  std::vector<Nodes> parts;  // as many as threads made them
  std::deque<Function> functions;
  std::vector<Global> globals;  // in the order of declaration
  std::vector<Segment> segments;
  std::vector<Foreign> foreign;
  FuncId start;  // the last segment: the top level of the program, of no parameters and type unit;
                 // globals are made by its LetGlobal
  bool has_mistakes = false;            // which were reported: nodes of them have no type
  std::optional<oir::Sparing> sparing;  // if it was found when the program was checked
  bool is_test = false;                 // it runs its tests, and not `main`
  std::vector<FuncId> tests;  // functions of no parameters and type unit, in the order of the file
  FuncId main;                // called after it, if valid; no parameters; its result dies
  // Types of values that are called, in the order in which their first calls were found.
  std::vector<TypeId> called;

  const Nodes& nodes_of(const Function& function) const { return parts[function.part]; }
};

}  // namespace tenure::ng::tree
