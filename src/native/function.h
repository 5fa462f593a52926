// One OIR function becoming one LLVM function.
//
// A local is a value (native/words.h) or an alloca of the entry block (owned aggregate parameters
// and results are the caller's memory), of which LLVM's SROA makes registers. Aggregates are bytes,
// their parts are reached by offset. An instruction becomes straight-line code with cold blocks to
// the side; the exceptional edge of whatever may fail in it goes to the landing pad of the
// instruction's `unwind` block, which keeps the exception in a slot for the `resume` at the end of
// the cleanup chain.
//
// Scalars and words are llvm::Values in registers; the functions that speak of memory take and give
// addresses. "Raw" memory holds nothing that needs dropping.
#pragma once

#include <functional>
#include <vector>

#include "native/debug_info.h"
#include "native/module.h"

namespace tenure::native {

// How many managed parts of an aggregate are copied or dropped one by one in place.
constexpr int kInlineParts = 6;

class FunctionLowering {
 public:
  FunctionLowering(ModuleLowering& module, oir::FuncId id);
  void run();

 private:
  using Value = llvm::Value;

  // Where a place lies, and what is on the way to it since the last pointer: the state bytes of the
  // aggregates around it, and the growable arrays that hold it.
  struct Address {
    Value* ptr = nullptr;
    oir::TypeId type;
    std::vector<Value*> states;
    struct Array {
      Value* word;
      oir::TypeId type;
    };
    std::vector<Array> arrays;
  };

  // ---- function.cpp: frame, blocks, failing
  void make_frame();
  void make_local(size_t index, uint32_t llvm_parameter);
  Value* slot(size_t local);
  void lower(const oir::Inst& inst);
  llvm::AllocaInst* temporary(oir::TypeId type);
  llvm::BasicBlock* new_block(const char* name);
  llvm::BasicBlock* landing_pad(oir::BlockId cleanup);
  void use_personality();
  // Calls what may unwind, with the exceptional edge of the instruction at hand.
  Value* call_unwinding(llvm::FunctionType* type, Value* callee, llvm::ArrayRef<Value*> args,
                        llvm::CallingConv::ID convention);
  Value* rt(Rt fn, llvm::ArrayRef<Value*> args);
  // Leaves the block by unwinding. What follows is unreachable code in a block of its own.
  void raise();
  llvm::BasicBlock* raise_block();
  // In a cold block, if `failed`: `report`, then unwinding.
  void fail_if(Value* failed, const std::function<void()>& report);
  void check_status(Value* status);
  // `body` runs if `condition`; `likely` says which way it mostly goes.
  void when(Value* condition, const std::function<void()>& body, bool likely = true);
  void either(Value* condition, const std::function<void()>& yes, const std::function<void()>& no);
  Value* site() { return module_.site(inst_->span); }
  // Where what the instruction makes or ends came to be owned, as the drop trace says it [O-SEE-2].
  Span owner() const { return inst_->origin.valid() ? inst_->origin : inst_->span; }

  // ---- places.cpp
  Address resolve(oir::Place place);
  Value* local_value(size_t local);  // of a scalar
  Value* index_value(oir::LocalId local);
  Value* offset(Value* ptr, uint64_t bytes);
  Value* load(Value* ptr, oir::TypeId type);
  void store(Value* value, Value* ptr, oir::TypeId type);
  void copy_bytes(Value* dst, Value* src, oir::TypeId type);
  Value* array_length(Value* word);
  // Raw memory at `place` gets the value: a scalar in `value`, else the bytes at `memory`.
  void init_place(oir::Place place, Value* value, Value* memory);
  void clear_states(const Address& address);
  // Where to build an aggregate for `place`: its own memory or a temporary; `built` puts it there.
  Value* result_memory(oir::Place place);
  void built(oir::Place place, Value* memory);
  void mark_moved(oir::Place place, const Address& address);
  Value* is_hole(Value* ptr, oir::TypeId type, bool parts_too);
  // globals.cpp
  bool is_whole_global(oir::Place place) const;
  // What a write of a whole global does, by what the global is.
  struct GlobalWrite {
    std::function<void(Value*)> put;      // into raw memory
    std::function<void(Value*)> replace;  // the old value dies
    std::function<void()> die;            // the global has died: the new value does, too
    bool is_zero = false;                 // `put` only writes zeros
  };
  void write_global(oir::Place place, Value* value, Value* memory);
  void write_global(oir::Place place, const GlobalWrite& write);
  void put_fresh(Value* ptr, oir::TypeId type, const GlobalWrite& write);
  void prepare_boxed_global(oir::GlobalId id);

  // ---- operands.cpp
  oir::TypeId type_of(const oir::Operand& operand);
  oir::TypeId type_of(oir::Place place) {
    return oir::place_type(module_.program, function_, place);
  }
  Value* constant(const oir::Const& constant);
  Value* literal_pointer(uint32_t string);
  Value* value(const oir::Operand& operand);  // of a scalar
  void store_operand(const oir::Operand& operand, oir::TypeId type, Value* raw);
  Value* looked_at(const oir::Operand& operand);  // an address that is read only
  Value* wide(const oir::Operand& operand);
  Value* is_signed(const oir::Operand& operand);  // an i1
  Value* argument(const oir::Operand& operand, oir::ParamMode mode, oir::TypeId type);
  Value* owned_memory(const oir::Operand& operand, oir::TypeId type);  // consumed by who gets it
  std::span<const oir::Operand> args() const { return function_.args(*inst_); }
  const oir::Operand& arg(size_t index) const { return args()[index]; }

  // ---- counts.cpp: copies and ends of values
  Value* copy_scalar(Value* word, oir::TypeId type);
  void copy_into(Value* raw, Value* src, oir::TypeId type);
  void drop_at(Value* ptr, oir::TypeId type, uint32_t reason, Value* origin);
  void drop_word(Value* word, oir::TypeId type, uint32_t reason, Value* origin);
  void retain(Value* word, oir::TypeId pointee);
  void release(Value* word, oir::TypeId pointee);
  void count_down(Value* word, Value* place, Value* header, oir::TypeId pointee, bool fails);
  Value* new_object(oir::TypeId type);
  bool in_parts(oir::TypeId type, int budget) const;
  void each_part(Value* ptr, oir::TypeId type,
                 const std::function<void(Value*, oir::TypeId)>& visit);

  // elements.cpp
  void each_element(oir::TypeId array, const std::function<void(Value*)>& body);
  bool by_elements(oir::TypeId type) const;
  bool is_simple(oir::TypeId type) const;
  bool are_apart(oir::Place a, oir::Place b) const;
  void assign_copy(Value* dst, Value* src, oir::TypeId type);
  bool is_zero(const oir::Operand& operand) const;
  bool copied_in_place();

  // ---- instructions
  void lower_init();
  void lower_assign();
  void lower_aggregate();
  void lower_fill();
  void lower_variant();
  void lower_array();
  void lower_new();
  llvm::Value* recycled(Value* memory, oir::TypeId type);
  void lower_branch_sole();
  void lower_take();
  void lower_free();
  void lower_ref();
  void lower_span();
  void lower_view();
  void lower_drop();
  void lower_swap();
  void lower_replace();
  void lower_unique();
  void lower_unary();
  void lower_binary();
  void lower_cast();
  void lower_full_check();
  void check_printed(const Address& at, Value* shown, size_t length);
  void report_hole(Rt find, const Address& at, Value* shown, size_t length);
  Value* length_of(const oir::Operand& array);
  void lower_bounds_check();
  void lower_range_check();
  void lower_panic();
  void lower_call();
  void lower_runtime();
  // pointers.cpp
  struct Elements {
    Value* data;
    Value* length;
  };
  Elements elements(const oir::Operand& operand);  // of a fixed array, text or slice
  void lower_ptr_add();
  void lower_slice();
  void lower_mem_check();
  void lower_literal_check();
  void lower_call_value();
  void lower_foreign_call();
  // text.cpp
  struct Text {
    Value* data;
    Value* length;
    Value* capacity;
  };
  Text load_text(Value* place);
  Value* has_one_owner(Value* data);
  void copy_text(Value* raw, Value* src, oir::TypeId type);
  void set_bytes(Value* place, Value* bytes);
  void drop_text(Value* place);
  void append_text(Value* onto, Value* more, oir::TypeId type);
  void append_value(const oir::Operand& onto, const oir::Operand& more);
  void text_of_bytes(const oir::Operand& bytes);
  void string_into(const oir::Operand& from);
  void lower_text_runtime();
  void lower_memory_runtime();
  bool lower_unchecked_memory();
  void lower_terminator();
  // counters.cpp
  void count_operations();
  void add_to_counter(size_t field, Value* times);  // of TnCounters; nothing without --counters
  Address resolve_exposed(oir::Place place, bool innermost_outer);
  void assign_at(Value* ptr, oir::TypeId type, Value* value, Value* memory, Value* was_full,
                 Span owner);
  Value* flag_is_full();
  Value* checked(llvm::Intrinsic::ID intrinsic, Value* a, Value* b);
  Value* integer_division(oir::BinOp op, Value* a, Value* b, bool is_signed);
  Value* wrapping_division(oir::BinOp op, Value* a, Value* b, bool is_signed);
  Value* math(std::string_view name, llvm::ArrayRef<Value*> args);
  Value* count_bits(oir::UnOp op, Value* a);
  Value* wrapping(oir::BinOp op, Value* a, Value* b, oir::TypeId type);
  Value* convert(Value* a, oir::TypeId from, oir::TypeId to);
  Value* cast_integer(Value* a, oir::TypeId from, oir::TypeId to);
  Value* cast_to_integer(Value* a, oir::TypeId to);
  Value* compare(oir::BinOp op, Value* a, Value* b, oir::TypeId type);
  Value* equal_values(const oir::Operand& a, const oir::Operand& b, oir::TypeId type);
  void fail_with(Value* failed, TnError error);
  void check_global(oir::GlobalId id);
  void lend_arguments();
  void array_push(Value* word_place, const oir::Operand& element);

  Value* number32(uint32_t n) { return llvm::ConstantInt::get(module_.i32, n); }
  Value* number64(uint64_t n) { return llvm::ConstantInt::get(module_.i64, n); }
  Value* signed64(int64_t n) { return llvm::ConstantInt::getSigned(module_.i64, n); }
  Value* null_pointer() {
    return llvm::ConstantPointerNull::get(llvm::cast<llvm::PointerType>(module_.ptr));
  }
  // Whether counts, copies and ends of values are done in place. What counts its operations leaves
  // them to the runtime, which counts.
  bool optimising() const { return module_.options.opt_level > 0 && !module_.options.counters; }
  const oir::TypeTable& types() const { return module_.program.types; }

  ModuleLowering& module_;
  const oir::Function& function_;
  oir::FuncId id_;
  llvm::Function* llvm_;
  llvm::IRBuilder<> b_;
  llvm::IRBuilder<> entry_;  // where allocas are made
  llvm::DISubprogram* scope_ = nullptr;
  const oir::Inst* inst_ = nullptr;
  std::vector<Value*> slots_;  // of each local: its memory; null for unit, and for words without it
  std::vector<bool> is_word_;  // of each local: it needs no memory (native/words.h)
  std::vector<Value*> words_;  // of words: the value, once it is there
  std::vector<bool> address_taken_;  // of each local: the function hands out its address
  std::vector<llvm::BasicBlock*> blocks_;
  std::vector<llvm::BasicBlock*> landing_pads_;
  std::vector<llvm::BasicBlock*> raise_blocks_;  // by unwind block; the last one: none
  llvm::AllocaInst* exception_slot_ = nullptr;
  llvm::MDNode* unlikely_ = nullptr;
  llvm::MDNode* likely_ = nullptr;
};

}  // namespace tenure::native
