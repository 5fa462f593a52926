// The builder: how a front end writes OIR. It owns the scope stack, and with it the one place where
// cleanup is laid down: for falling off the end of a block, for every way out, and for unwinding.
//
// A front end opens and closes scopes, declares locals and temporaries in them, and emits
// instructions. What has to happen at the end of a scope is an *obligation* of it. The builder
// schedules `drop` for every local and temporary whose type needs one, whether or not it has been
// moved by then: drop elaboration (own/) later finds out which of these are dead.
//
// Cleanup blocks are shared: for each obligation there is at most one block per way out (unwinding
// is one way out, `return` is one, each loop's `break` and `next` are one each), and blocks chain
// to the next outer obligation, so that all ways out form trees that share their tails.
//
// Schedule a value when it is there, not before: `x = <call>` first, then `schedule(x)`. The chain
// of a failing initialiser then does not see x, and no flag is needed.
#pragma once

#include <functional>
#include <initializer_list>
#include <iterator>
#include <string>
#include <vector>

#include "oir/oir.h"

namespace tenure::oir {

struct ScopeTag;
using ScopeId = Id<ScopeTag>;

enum class ScopeKind : uint8_t {
  Function,    // the outermost of a function
  Parameters,  // by-value parameters die when it is left
  Block,
  Turn,       // one turn of a loop: left by `next` and at the end of the body
  Statement,  // temporaries die when it is left
  Arm,        // what the arms of a switch bind into
};

// The class of a way out; cleanup blocks are shared within (class, target).
enum class ExitKind : uint8_t { Fall, Return, ErrorReturn, Break, Next, Unwind };

// The last byte of a span: the brace that closes a block.
Span last_byte(Span span);

// The operands of an instruction, as whoever makes it has them. Valid until that call returns.
class Args {
 public:
  Args() = default;
  Args(std::initializer_list<Operand> operands)
      : begin_(std::data(operands)), end_(std::data(operands) + operands.size()) {}
  Args(const std::vector<Operand>& operands)
      : begin_(operands.data()), end_(operands.data() + operands.size()) {}
  const Operand* begin() const { return begin_; }
  const Operand* end() const { return end_; }
  uint32_t size() const { return uint32_t(end_ - begin_); }

 private:
  const Operand* begin_ = nullptr;
  const Operand* end_ = nullptr;
};

class Builder {
 public:
  // Starts function `func` of `program`, whose name, locals[0] and parameters the caller has set up
  // (declare_function does). Opens scopes Function and Parameters; schedules by-value parameters.
  Builder(Program& program, FuncId func);

  // Makes a row for a function so that it may be called before it is built. `params`: its
  // parameters as locals of kind Param.
  static FuncId declare_function(Program& program, std::string name, std::string shown_name,
                                 TypeId result, std::vector<Local> params, Span span);
  // The same of a row that is there. Several threads may do that, each with rows of its own.
  static void declare(Function& function, std::string name, std::string shown_name, TypeId result,
                      std::vector<Local> params, Span span);

  Program& program() { return program_; }
  Function& function() { return program_[func_]; }
  FuncId func() const { return func_; }

  // ---- blocks
  BlockId new_block(BlockKind kind = BlockKind::Normal);
  void set_block(BlockId block);
  BlockId current() const { return current_; }
  // False after a terminator; instructions emitted then are dropped silently.
  bool reachable() const { return reachable_; }

  // ---- scopes
  ScopeId open(ScopeKind kind, Span span);
  // Emits the cleanup of falling off the end (if reachable) and forgets the scope, which must be
  // the innermost.
  void close(ScopeId scope, Span end);
  ScopeId innermost() const;
  // The innermost open scope of this kind; none if there is none.
  ScopeId innermost(ScopeKind kind) const;

  // ---- locals. None of these schedules anything.
  LocalId add_local(std::string name, TypeId type, LocalKind kind, Span span);
  LocalId param(uint32_t index) const { return LocalId{size_t{index} + 1}; }
  LocalId result() const { return LocalId{size_t{0}}; }

  // ---- obligations
  // The value in `local` dies when `scope` is left (nothing if its type is plain). `reason` is that
  // of the ordinary ways out (EndOfBlock, EndOfStatement); the unwinding chain says RunTimeError.
  // Obligations end last in, first out.
  void schedule(ScopeId scope, LocalId local, DropReason reason);
  // The same for any place without Deref or Index (a part of a local that was split off).
  void schedule_place(ScopeId scope, Place place, DropReason reason, Span origin);
  // Code that runs when `scope` is left: `body` emits it, once for each way out; only on
  // ErrorReturn if `on_error_only`.
  void schedule_deferred(ScopeId scope, std::function<void(Builder&)> body, bool on_error_only,
                         Span span);
  // Unwinding that reaches this obligation ends: control goes on at `target`, where everything
  // outside of it is still to be done. Nothing happens on any other way out.
  void schedule_catch(ScopeId scope, BlockId target, Span span);
  // The temp was moved from, unconditionally, in straight-line code: its obligation is withdrawn.
  // Cleanup laid down before keeps its drop, which elaboration finds dead.
  void unschedule(LocalId local);

  // ---- ways out. Each emits the cleanup of every scope inside `outer` (exclusive), then jumps to
  // `target`; afterwards the builder is unreachable.
  void exit_to(ScopeId outer, BlockId target, ExitKind kind, Span span);
  // Leaves all scopes and returns what is in the result local.
  void exit_return(Span span, bool is_error = false);
  // Ends the function: falling off its end returns. Every scope but the two outermost is closed.
  // Checks the function's shape.
  void finish(Span end);

  // ---- places
  Place extend(Place place, Proj proj) { return project(function(), place, proj); }
  Place field(Place place, uint32_t index) { return extend(place, {ProjKind::Field, index}); }
  Place deref(Place place) { return extend(place, {ProjKind::Deref, 0}); }
  Place index(Place place, LocalId local) { return extend(place, {ProjKind::Index, local.v}); }

  // ---- instructions. Those that may fail get the unwinding chain of the current scopes.
  void init(Place dst, Operand a, Span span);
  void assign(Place dst, Operand a, Span span, Span origin);
  void unary(Place dst, UnOp op, Operand a, Span span);
  void binary(Place dst, BinOp op, Operand a, Operand b, Span span);
  void cast(Place dst, Operand a, Span span);
  void convert(Place dst, Operand a, Span span);
  void aggregate(Place dst, Args parts, Span span);
  void fill_array(Place dst, Operand a, Span span);
  void make_variant(Place dst, uint32_t variant, Args payload, Span span);
  void make_array(Place dst, Args elements, Span span);
  void new_object(Place dst, Operand a, bool users_new, Span span, Span origin);
  void make_ref(Place dst, Place of, Span span);
  // `first`: an element. The length is an integer.
  void make_span(Place dst, Place first, Operand length, Span span);
  void make_view(Place dst, Place of_array, Span span);
  void alias(Place dst, Place of, Span span);
  void make_ptr(Place dst, Place of, Span span);
  void ptr_add(Place dst, Operand pointer, Operand elements, Span span);
  // `of`: `addr` of a fixed array, text or slice, or a constant text.
  void make_slice(Place dst, Operand of, Operand from, Operand to, Span span);
  void make_whole_slice(Place dst, Operand of, Span span);
  void tag(Place dst, Place of_union, Span span);
  void is_null(Place dst, Place word, Span span);
  void same_ref(Place dst, Operand a, Operand b, Span span);
  void drop(Place place, DropReason reason, Span span, Span origin);
  void forget(Place place, Span span);
  void swap(Place a, Place b, Span span);
  void replace(Place dst, Place of, Operand value, Span span);
  void unique_array(Place array, Span span);
  void null_check(Place word, Span span);
  void bounds_check(Place array, Operand index, Span span);
  void bounds_check(Operand length, Operand index, Span span);
  // `of`: what a bounds_check takes. `with_last`: `to` is behind the last element that is wanted.
  void range_check(Operand of, Operand from, Operand to, bool with_last, Span span);
  // `from`: the pointer from which `pointer` was had by counting elements; a place that is none:
  // nothing of that kind.
  void mem_check(Operand pointer, Place from, MemAccess access, Span span);
  void panic(PanicKind kind, Args message, Span span);  // terminates the block
  void call(Place dst, FuncId callee, Args args, Span span);
  void call_value(Place dst, Operand function, Args args, Span span);
  void runtime(Place dst, RtFn fn, TypeId type, Args args, Span span);
  void jump(BlockId target, Span span);
  void branch(Operand condition, BlockId if_true, BlockId if_false, Span span);
  void switch_on(Operand value, std::vector<uint64_t> values, std::vector<BlockId> targets,
                 Span span);
  void unreachable(Span span);

  // Constants.
  Const const_unit();
  Const const_bool(bool value);
  Const const_int(TypeId type, uint64_t bits);
  Const const_float(TypeId type, double value);
  Const const_null(TypeId ref_type);
  Const const_string(std::string_view text);
  Const const_text(std::string_view text);
  // The address of the bytes and a 0, which cannot be written. `pointer_type`: ptr<u8>.
  Const const_bytes(TypeId pointer_type, std::string_view text);
  Const const_func(TypeId function_type, FuncId func);

 private:
  static constexpr uint32_t kNoObligation = 0xFFFFFFFFu;

  // What has to happen when a scope is left. Obligations form a tree: each knows the next outer
  // one, so a way out is a walk along `outer`, and what was laid down for an obligation goes for
  // all of its insides.
  struct Obligation {
    enum class Kind : uint8_t { Drop, Deferred, Catch } kind = Kind::Drop;
    Place place;
    DropReason reason = DropReason::EndOfBlock;
    bool on_error_only = false;
    bool on_unwind_only = false;  // the result, which leaves by every other way out; Catch
    bool withdrawn = false;
    std::function<void(Builder&)> deferred;
    BlockId catches;     // Catch: where control goes on
    Span origin;         // Drop: where the value came to be owned. Deferred: the statement
    Span end;            // where the scope ends
    uint32_t scope = 0;  // index into scopes_ when it was scheduled
    uint32_t outer = kNoObligation;  // the next outer obligation
    struct Laid {
      ExitKind kind;
      BlockId target;
      BlockId block;
    };
    std::vector<Laid>
        laid;  // cleanup blocks made so far for this obligation and everything outside of it
  };
  struct Scope {
    ScopeKind kind;
    Span span;
    std::vector<uint32_t> obligations;  // indexes into obligations_
    uint32_t head = kNoObligation;      // the innermost obligation seen from in here
  };

  // builder.cpp
  Inst& emit(Op op, Place dst, Args args, Span span, uint8_t imm = 0, FuncId callee = FuncId{});
  void terminate(Op op, Args args, std::vector<BlockId> targets, Span span);

  // scopes.cpp: the one place where cleanup is laid down.
  uint32_t add_obligation(ScopeId scope, Obligation obligation);
  uint32_t live(uint32_t obligation);
  bool applies(const Obligation& obligation, ExitKind kind) const;
  BlockId unwind_chain();
  BlockId unwind_from(uint32_t head);
  BlockId chain(uint32_t from, uint32_t outer_scope, BlockId target, ExitKind kind, Span span);
  void emit_obligation(uint32_t obligation, ExitKind kind, Span span);
  void prune_unreachable_blocks();
  bool blocks_are_terminated() const;

  Program& program_;
  FuncId func_;
  BlockId current_;
  bool reachable_ = true;
  bool in_cleanup_ = false;  // a deferred body is being emitted for an unwinding chain
  uint32_t barrier_ = 0;     // scopes below this index belong to the code around a deferred body
  std::vector<Scope> scopes_;
  std::vector<Obligation> obligations_;
  std::vector<uint32_t> obligation_of_;  // by local
  Inst nowhere_;                         // what is emitted where nothing is reached
};

}  // namespace tenure::oir
