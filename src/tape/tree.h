// Tape's typed tree: what the checker makes of a program, and what lowering reads.
//
// Every name is resolved, every expression has its oir::TypeId (rows of the `types` of the OIR
// program that is being made), default arguments are filled in, literals have their final type,
// constants are values. A program that had errors has no tree.
//
// A *place* names where a value lies. A *value* makes one: a fresh temporary, owned by whoever
// takes it. An *operand* is either, and is only looked at: a place stays as it is, a value is a
// temporary that dies with the statement. Where a slot says `value` and the user wrote a place, a
// Copy stands in between.
//
// How Tape's types are OIR types:
//
// | Tape                | OIR                                                             |
// |---------------------|-----------------------------------------------------------------|
// | numbers, bool, byte | the scalar                                                      |
// | color               | u32                                                             |
// | enum                | its underlying integer                                          |
// | void                | unit                                                            |
// | string              | Text: a dynamic buffer has one owner                            |
// | *T *const T *!T     | Pointer                                                         |
// | []T []const T       | Slice                                                           |
// | [N]T                | FixedArray                                                      |
// | ?T                  | Union `?T` of variants null, some(value)                        |
// | T or E              | Union of ok(value), error(error); void has no field             |
// | struct, tagged      | Struct, Union                                                   |
// | union               | Struct of one fixed array of integers, as large and as aligned  |
// |                     | as its largest field                                            |
// | fn(T) -> R          | Function                                                        |
//
// A parameter whose type needs dropping is borrowed: its local has mode Borrow here, and the type
// of the value; in OIR it is a Ref to that, never counted.
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

namespace tenure::tape::tree {

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
#include "tape/tree.def"
#undef TREE
};

enum class Category : uint8_t { P, V, S };
std::string_view node_kind_name(NodeKind kind);
Category node_category(NodeKind kind);

// The variants of optionals and results.
constexpr uint32_t kNull = 0;
constexpr uint32_t kSome = 1;
constexpr uint32_t kOk = 0;
constexpr uint32_t kFailed = 1;

// How two operands are compared.
enum class CompareKind : uint8_t {
  Scalar,  // numbers, bool, enums, pointers, functions: BinOp on values
  Text,    // strings with < <= > >=: StrCompare, then against 0
  Value,   // Eq, Ne by value: RtFn::Equal, T the operands' type (strings too)
};

enum NodeFlag : uint8_t {
  kInclusive = 1,
  kNoNull = 2,  // the pointer is known not to be null
  kOwnBytes = 4,
  kAny = 8,
  kOwner = 16,
  kFails = 32,
  kSucceeds = 64,
  kOnError = 128,
};

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
    FuncId func;  // Call, FuncRef
  };
  TypeId targ;

  Node() : global() {}
  // Const, Pattern, Part of what lists values: kept where these have nothing else.
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
  bool assigned = false;  // assigned somewhere after its declaration
  bool pointed = false;   // `&x`, or of a part, somewhere; or the receiver of a `*self` method
};

// What a body tells of what its function changes: effects.h.
struct OwnEffects {
  bool impure = false;  // it changes what its caller can see
  std::vector<FuncId> calls;
};

struct Function {
  uint32_t part = 0;       // of the program, where its nodes are
  std::string name;        // unique: `Point.norm`, `geo.area`
  std::string shown_name;  // in call traces
  uint32_t params = 0;     // locals[0 .. params) are the parameters
  std::vector<oir::ParamMode> modes;
  std::vector<Local> locals;
  TypeId result;
  bool foreign = false;  // of another language: declared only
  NodeId body;           // Block; none: an extern function, or a foreign one
  Span span;             // the declaration
  Span end;              // the closing brace
  std::string symbol;    // extern: what it is called outside
  std::string exported;  // `@export`: under this name in an executable; empty: not
  // If they were found when the function was checked.
  std::optional<oir::Outline> outline;
  std::optional<OwnEffects> effects;
  bool is_forgotten = false;  // it is spared, and has no body any more

  bool borrows() const {
    return std::find(modes.begin(), modes.end(), oir::ParamMode::Borrow) != modes.end();
  }
};

struct Global {
  std::string name;
  TypeId type;
  Span span;
};

// One test, or one row of a table test.
struct Test {
  std::string name;  // as it is reported
  FuncId func;       // no parameters; gives an i32: 0 passed, 1 skipped; fails by a run-time error
  Span span;
};

// The top levels of modules that no module of another language stands between.
struct Segment {
  uint32_t place = 0;  // of the first of them, in the order of all modules
  FuncId func;
};

// A function of another language that the program may call.
struct Foreign {
  FuncId func;
  uint32_t place = 0;  // of its module
  std::string name;
};

struct Nodes : Rows<Node, NodeId> {
  std::vector<std::string> switch_texts;
  std::vector<uint32_t> own_texts;  // by row of the thread's texts: its index among those of OIR

  bool is_place(NodeId id) const { return node_category((*this)[id].kind) == Category::P; }
  oir::Const constant(const Node& n) const {
    return oir::BodyTexts::numbered(n.constant(), own_texts);
  }
};

struct Program {
  std::vector<Nodes> parts;  // as many as threads made them, and one for what is not in functions
  std::deque<Function> functions;
  std::vector<Global> globals;  // in the order of their initialisation
  // Those before come from another language and are nothing but their numbers here.
  uint32_t first_function = 0;
  uint32_t first_global = 0;
  std::vector<Segment> segments;
  std::vector<Foreign> foreign;
  std::vector<Foreign> offered;  // what other languages may call
  FuncId start;  // the last segment: initialises the globals, and runs the statements of a file
                 // without `main`; no parameters, type unit
  FuncId main;   // called after it, if valid; no parameters; an integer result is the exit code
  bool has_mistakes = false;
  std::optional<oir::Sparing> sparing;  // if it was found when the program was checked
  std::vector<Test> tests;              // only where tests were asked for
  FuncId setup, teardown;               // if valid: around each test
  std::vector<oir::Library> libraries;  // `@link`
  bool literals_exposed = false;        // a pointer that may be written through may be a literal's

  bool is_segment(FuncId func) const {
    return std::any_of(segments.begin(), segments.end(),
                       [&](const Segment& segment) { return segment.func == func; });
  }
  const Nodes& nodes_of(const Function& function) const { return parts[function.part]; }
};

}  // namespace tenure::tape::tree
