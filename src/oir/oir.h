// OIR: the whole program as monomorphic functions of basic blocks over places.
//
// An instruction that may fail has `unwind`, the block where cleanup starts if it does (none:
// nothing of this function needs cleaning, or it was proved that it cannot fail). So a block may
// have several ways out: the side exits of its instructions, in order, and its terminator. What an
// instruction has consumed when it fails: a call consumes its by-value operands also when it fails
// [O-LIFE-7]; every other instruction that fails has consumed nothing, except `assign` and `drop`,
// which have done their work (the new value is in place, the old one is gone) when what died fails.
//
// This header is the manual; instructions.def and runtime.def list what there is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/source.h"
#include "oir/place.h"
#include "oir/types.h"

namespace tenure::oir {

struct BlockTag;
struct FactTag;
using BlockId = Id<BlockTag>;
using FactId = Id<FactTag>;

enum class Op : uint8_t {
#define INST(name, text, flags) name,
#include "oir/instructions.def"
#undef INST
};
std::string_view op_name(Op op);
bool op_has_dst(Op op);
bool op_may_fail(Op op);  // by its kind; a particular instruction may have been proved not to
bool op_is_terminator(Op op);
inline bool op_is_call(Op op) {
  return op == Op::Call || op == Op::CallValue;
}

enum class RtFn : uint8_t {
#define RUNTIME(name, text, params, result, flags) name,
#include "oir/runtime.def"
#undef RUNTIME
};
struct RtInfo {
  std::string_view name;
  std::string_view params;
  char result;
  bool may_fail;
  bool runs_user_code;
  bool collection_point;
};
const RtInfo& rt_info(RtFn fn);
// Whether it reads what references refer to, as a print does.
inline bool rt_prints(RtFn fn) {
  return fn == RtFn::PrintValue || fn == RtFn::ShowValue;
}

enum class UnOp : uint8_t {
#define UNOP(name, text, of) name,
#include "oir/operators.def"
};
enum class BinOp : uint8_t {
#define BINOP(name, text, of) name,
#include "oir/operators.def"
};
constexpr size_t kUnOps = 0
#define UNOP(name, text, of) +1
#include "oir/operators.def"
    ;
constexpr size_t kBinOps = 0
#define BINOP(name, text, of) +1
#include "oir/operators.def"
    ;
// What an operator is of: a letter of operators.def.
char unop_of(UnOp op);
char binop_of(BinOp op);
std::string_view unop_name(UnOp op);
std::string_view binop_name(BinOp op);
// Eq .. Ge: the result is a bool.
inline bool binop_compares(BinOp op) {
  return op >= BinOp::Eq && op <= BinOp::Ge;
}
// The operator that does the same and never overflows, of one that checks; else itself.
BinOp wrapping(BinOp op);
// sqrt .. log10 and pow, atan2: named as in the C library.
inline bool unop_is_math(UnOp op) {
  return op >= UnOp::Sqrt;
}
inline bool binop_is_math(BinOp op) {
  return op >= BinOp::Pow;
}

// Why a value dies, as the drop trace says it [O-SEE-2]. Of a heap object it is always
// LastReference (or Cycle), whoever let go of it last; RunTimeError and EndOfProgram are said of
// by-value owners.
enum class DropReason : uint8_t {
  EndOfBlock,
  EndOfStatement,
  Overwritten,
  LastReference,
  Cycle,
  EndOfProgram,
  RunTimeError,
  Defer,
};
std::string_view drop_reason_text(DropReason reason);

enum class PanicKind : uint8_t {
  AssertionFailed,  // operand: none, or the message
  UnwrapOfNull,
  ValueOutOfRange,
  Message,  // operand: the message
};

// How far a FullCheck looks: at the parts and elements of the place, at the place itself, or at all
// that a print of it shows, behind references too. Or, of a plain place behind a reference,
// outwards: at what encloses its address in a heap object.
enum class CheckDepth : uint8_t { Parts, Itself, Printed, Enclosing };

// What a MemCheck is made for. WriteLiteral: a write, where nothing but literals is looked at.
enum class MemAccess : uint8_t { Read, Write, WriteLiteral };

enum class OperandKind : uint8_t { Copy, Move, Borrow, Addr, Const };

enum class ConstKind : uint8_t { Unit, Bool, Int, Float, Null, String, Func };
struct Const {
  ConstKind kind = ConstKind::Unit;
  TypeId type;  // Null: Ref, Box, ..., Pointer or Function. String: String, Text, or ptr<u8>: the
                // address of its bytes, which end with a 0 and cannot be written
  uint64_t bits = 0;  // Bool, Int (two's complement, extended to 64), Float (bits of the double);
                      // String: index into Program::strings. Func: a FuncId
};

struct Operand {
  OperandKind kind = OperandKind::Const;
  Place place;
  Const constant;
  Span span;  // where the place was written; none: where the instruction was. Messages use it, no
              // more

  static Operand copy(Place p) { return {OperandKind::Copy, p, {}, {}}; }
  static Operand move(Place p) { return {OperandKind::Move, p, {}, {}}; }
  static Operand borrow(Place p) { return {OperandKind::Borrow, p, {}, {}}; }
  static Operand addr(Place p) { return {OperandKind::Addr, p, {}, {}}; }
  static Operand of(Const c) { return {OperandKind::Const, {}, c, {}}; }
  Operand at(Span s) const {
    Operand operand = *this;
    operand.span = s;
    return operand;
  }
  bool has_place() const { return kind != OperandKind::Const; }
};

struct Inst {
  Op op = Op::Unreachable;
  uint8_t imm =
      0;  // UnOp, BinOp, DropReason, PanicKind, RtFn; New: 1 a user's `new`, 0 a lifted local
          // FullCheck: CheckDepth
          // Cast: 1 converts. MemCheck: MemAccess. RangeCheck: 1 with the last element
          // Init: 1 an implicit move (`return x`): a copy will do where x cannot be moved
  bool checked =
      false;  // Copy/Move/Addr operands of this instruction were checked by a FullCheck before
  uint32_t args_begin = 0;
  uint32_t args_count = 0;
  Place dst;
  TypeId type;    // Runtime: T. New: the object's type. MakeArray: the array's
  FuncId callee;  // Call
  uint32_t extra =
      0;  // MakeVariant: the variant. SetFlag: the value. FullCheck: 1 + index of Program::strings
          // to show, 0: spell the place Switch: index into Function::cases. New: 1 a drop at its
          // collection point may call exit, so that it may fail
  BlockId unwind;
  LocalId flag;  // elaborated Drop, Assign, FullCheck: the drop flag that decides; none: static
  std::vector<BlockId> targets;  // terminators
  Span span;
  Span origin;  // Drop, New, Assign: where the value came to be owned (the drop trace)
  FactId fact;  // the decision that made this instruction what it is
};

enum class LocalKind : uint8_t {
  Result,  // local 0, always; of type unit if the function has no result
  Param,   // locals 1 .. params
  User,    // a declared name
  Temp,    // owns the value of an expression until the end of its statement
  Hold,    // a counted copy or a view that keeps alive what a call borrows [O-LIFE-3]
  Cursor,  // a reference that it does not own and that somebody else keeps [O-KIND-2]; nothing to
           // drop
  Alias,   // of type Borrow: a name bound to a part [O-LIFE-12]; nothing to drop
  Flag,    // u32 drop flag; 0: full, else 1 + index into Program::move_sites
};

// How a parameter gets its argument.
enum class ParamMode : uint8_t {
  Own,     // by value; the callee drops it
  Borrow,  // the argument's word (Ref, ...) uncounted, or the address of a place; the caller's. Of
           // type Borrow: a place that nobody writes while the function runs
};

struct Local {
  std::string name;  // the user's; empty for temporaries
  TypeId type;
  LocalKind kind = LocalKind::Temp;
  ParamMode mode = ParamMode::Own;  // Param
  Span span;                        // the declaration, or the expression
  bool boxed = false;  // set by escape: lives in a heap box; its type is then Ref of what it was
};

enum class BlockKind : uint8_t { Normal, Cleanup, LoopHead };

struct Block {
  BlockKind kind = BlockKind::Normal;  // Cleanup: reached by unwinding only
  std::vector<Inst> insts;             // the last one is a terminator
};

struct SwitchCases {
  std::vector<uint64_t> values;  // as many as targets, less the default
};

// Where a value is written that is not plain: into field `field` of a `container`, or, without one,
// as an element or all of what a pointer leads to.
struct Written {
  TypeId type;
  TypeId container;
  uint32_t field = 0;
  bool by_name = false;  // through no pointer
  friend bool operator==(const Written& a, const Written& b) = default;
};

struct Function {
  std::string name;        // unique in the program; `Point.norm`, `id<i32>`
  std::string shown_name;  // in call traces; empty: it is in none
  uint32_t params = 0;
  std::vector<Local> locals;
  std::vector<Block> blocks;  // 0 is the entry
  std::vector<Operand> operands;
  std::vector<SwitchCases> cases;
  PathTable paths;
  Span span;             // the declaration
  bool is_drop = false;  // a user's drop body: `self` (parameter 1) is dying [O-MOVE-12]
  TypeId drop_of;        // is_drop: the type
  // Stands for a call of a function value: its first parameter is the value, the others and the
  // result are those of its type, and its body calls what the value may be. No engine runs it:
  // own/value_calls.h makes its calls CallValue.
  bool dispatches = false;
  // A foreign function: what it is called outside. It has no blocks, its parameters and its result
  // are plain scalars and pointers, by value; it may do anything to memory, and never fails.
  std::string symbol;
  std::string exported;  // an executable offers it under this name, with C's convention; empty: not
  // Where only mistakes are wanted it need not have blocks: there are none in it (outline.h).
  bool spared = false;
  bool gentle = false;    // nothing that it is lent can be found empty for what it does (outline.h)
  bool collects = false;  // of a gentle one: it reaches a collection point
  // Of a gentle one: what it calls, and what it writes elsewhere than in its locals.
  std::vector<FuncId> calls;
  std::vector<Written> writes;

  bool is_foreign() const { return !symbol.empty(); }
  bool is_left_out() const { return spared && blocks.empty(); }
  TypeId result_type() const { return locals[0].type; }
  std::span<Operand> args(const Inst& inst) {
    return {operands.data() + inst.args_begin, inst.args_count};
  }
  std::span<const Operand> args(const Inst& inst) const {
    return {operands.data() + inst.args_begin, inst.args_count};
  }
};

struct Global {
  std::string name;
  TypeId type;
  Span span;
  bool boxed = false;        // set by escape
  bool always_full = false;  // set by own: never seen empty; no check is needed
};

// A decision that the compiler made about a value [O-SEE-1].
enum class FactKind : uint8_t {
#define FACT(name, text) name,
#include "oir/facts.def"
#undef FACT
};
struct Fact {
  FactKind kind;
  FuncId func;
  Span span;
  std::string place;  // as the user would write it
  std::string why;
};

// Where foreign functions are looked for besides in C's library.
struct Library {
  std::string name;  // as `-l` has it, or a path
  Span span;         // where the program names it
};

struct Program {
  TypeTable types;
  std::vector<Function> functions;
  std::vector<Global> globals;
  std::vector<std::string> strings;  // literals and texts, deduplicated by add_string
  std::vector<Span> move_sites;      // drop flag values index these, less one
  std::vector<Fact> facts;
  FuncId start;  // `fn() -> unit`: the top level of the program; the runtime ends the globals
  std::vector<Library> libraries;

  uint32_t add_string(std::string_view text);
  FactId add_fact(Fact fact);
  Function& operator[](FuncId id) { return functions[id.index()]; }
  const Function& operator[](FuncId id) const { return functions[id.index()]; }

 private:
  std::unordered_map<std::string, uint32_t> string_ids_;
};

// The type of a place. Box, Ref, Borrow and Pointer are looked through by Deref.
TypeId place_type(const Program& program, const Function& function, Place place);
// As the user would write it: `p.name`, `*r`, `r.next` (a dereference before a field is not
// written), `xs[i]`, `g`; temporaries as `<expression>`, an index that has no name as `xs[..]`. The
// box of a boxed local or global is not shown.
std::string place_text(const Program& program, const Function& function, Place place);
// What a function is as a value: a type of kind Function with its parameters and its result.
TypeId function_type(Program& program, FuncId func);
// A foreign function of floats to a float, like those of mathematics: it has no effect that could
// be seen.
bool is_numeric_function(const Program& program, const Function& function);
// The parameter gets its argument as the parameters of function values do: Ref is lent, any other
// given.
inline ParamMode mode_of_value_parameter(const TypeTable& types, TypeId param) {
  return types[param].kind == TypeKind::Ref ? ParamMode::Borrow : ParamMode::Own;
}
// The type of the value that an operand gives: for Addr the type of the place itself.
TypeId operand_type(const Program& program, const Function& function, const Operand& operand);
// The place `place` with one more projection.
Place project(Function& function, Place place, Proj proj);
// Whether an instruction can fail, judged by its kind and the types of its operands alone: an `==`
// or an addition of floats cannot, though `binary` may. Passes that know more remove `unwind`.
bool inst_may_fail(const Program& program, const Function& function, const Inst& inst);

// Whether pass `moves` may have to put a `full_check` before the instruction: it reads a place that
// a `move` can empty. The builder gives such instructions the unwinding chain too, for the check to
// take; `moves` removes `unwind` from everything that cannot fail in the end.
bool inst_may_need_check(const Function& function, const Inst& inst);

}  // namespace tenure::oir
