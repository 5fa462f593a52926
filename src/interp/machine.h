// The machine: frames on an explicit stack, one handler for each instruction.
//
// The files: machine.cpp the loop and unwinding, places.cpp addresses and every check on places,
// values.cpp, arithmetic.cpp, lives.cpp, checks.cpp, calls.cpp the instructions by group,
// pointers.cpp addresses and manual memory, runtime_calls.cpp what else OIR asks of the runtime by
// name, run.cpp the program as a whole and what the runtime calls back.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "interp/decode.h"
#include "interp/foreign.h"
#include "interp/memory.h"
#include "oir/oir.h"
#include "tenure_rt.h"

namespace tenure::interp {

// What the loop does after an instruction.
enum class Next : uint8_t {
  Go,    // the instruction after it
  Jump,  // the handler has set where to go on, in this or another frame
  Fail,  // reported; unwinding starts at this instruction
  Done,  // the frame that the loop was started for has returned
};

struct Frame {
  const FunctionCode* code = nullptr;
  uint8_t* base = nullptr;
  uint32_t pc = 0;
};

// The addresses of the state bytes of a place and of what encloses it.
class StateList {
 public:
  void clear() { bytes_.clear(); }
  void add(uint8_t* byte) { bytes_.push_back(byte); }
  void fill() const {
    for (uint8_t* byte : bytes_) *byte = 0;
  }
  // All but the byte of the value of that size at `at` itself.
  void fill_around(const uint8_t* at, uint32_t size) const {
    for (uint8_t* byte : bytes_) {
      if (byte < at || byte >= at + size) *byte = 0;
    }
  }
  // Whether a plain part is empty: the innermost aggregate around it knows. An outer one's byte may
  // be older than what was filled by somebody who was lent a part of it.
  bool says_empty() const { return !bytes_.empty() && *bytes_.back() != 0; }

 private:
  std::vector<uint8_t*> bytes_;
};

// A line of a call trace, to standard error.
void print_frame(const std::string& name, const TnSite* site);

class Machine {
 public:
  Machine(const oir::Program& program, const SourceMap& sources);
  ~Machine();

  int run(const TnOptions& options);

 private:
  // ---- the loop (machine.cpp)
  // Runs `func` to its end in a loop of its own; `self` is its one parameter, if it has any.
  TnStatus call_function(oir::FuncId func, void* self);
  TnStatus loop(size_t base);
  // Goes to where the unwinding from the innermost frame's instruction leads; false if it leads out
  // of the frame with index `base`.
  bool unwind(size_t base);
  // A new frame, its memory empty. Reports a stack overflow if there is no room.
  Frame& push_frame(oir::FuncId func, const TnSite* site);
  // Nothing is owned in the frame any more; only then it may go.
  void pop_frame(bool returning);
  // Stops: OIR says something that must not be.
  [[noreturn]] void violation(const char* what, const PlaceCode* place = nullptr);
  void print_trace() const;

  // ---- places (places.cpp)
  uint8_t* address(const Frame& frame, const PlaceCode& place, StateList* states = nullptr);
  uint8_t* follow(const uint8_t* at, const PlaceCode& place);
  uint8_t* follow_raw(const uint8_t* at, const PlaceCode& place);
  uint8_t* slice_element(const Frame& frame, const Step& step, const uint8_t* at,
                         const PlaceCode& place);
  uint8_t* element(const Frame& frame, const Step& step, uint8_t* at, const PlaceCode& place);
  uint64_t index_value(const Frame& frame, const Step& step);
  void expose(const Step& step, uint8_t* at);
  // The address may be used: it lies in an object, a frame, or a global that lives.
  void require_alive(const void* address, const PlaceCode& place);
  void note_lent(const uint8_t* at, const PlaceCode& place);
  // The place is full, every part of it.
  uint8_t* full_address(const Frame& frame, const PlaceCode& place);
  // Only the word, tag or string there is full; what it leads to by value may have holes.
  uint8_t* head_address(const Frame& frame, const PlaceCode& place);
  bool is_head_hole(const uint8_t* at, const TypeInfo& type) const;
  bool find_hole(const uint8_t* at, const InstCode& inst, char* path, size_t room);
  void require_full(const uint8_t* at, const PlaceCode& place, const StateList& states);
  void require_vacant(const uint8_t* at, const PlaceCode& place);
  // Each part that has to die is full, or a hole.
  void require_droppable(const uint8_t* at, const PlaceCode& place);
  uint8_t global_state(const PlaceCode& place) const { return global_states_[place.root]; }

  // ---- operands (places.cpp)
  // Writes the value of a consuming operand (copy, move, const), or the word of borrow and addr.
  void evaluate(const Frame& frame, const OperandCode& operand, uint8_t* to);
  void take(uint8_t* at, const PlaceCode& place);
  // A plain value as 64 bits, sign- or zero-extended by its type.
  uint64_t evaluate_bits(const Frame& frame, const OperandCode& operand);
  // The address of a value that is looked at only; a constant is put into `scratch`.
  uint8_t* look_at(const Frame& frame, const OperandCode& operand, Scratch& scratch);
  void* evaluate_word(const Frame& frame, const OperandCode& operand);
  // d takes the value, which lies in memory of ours.
  void store(const Frame& frame, const PlaceCode& dst, const uint8_t* value);
  void store_bits(const Frame& frame, const PlaceCode& dst, uint64_t bits);
  TnStatus write_global(const Frame& frame, const PlaceCode& dst, const uint8_t* value);
  void make_global_box(const PlaceCode& dst);
  void global_full(uint32_t global);
  void now_full(uint8_t* at, const PlaceCode& place, const StateList& states);
  void lend(const Frame& frame, const OperandCode& operand);
  TnStatus replace_old(uint8_t* at, const PlaceCode& place, const StateList& states, uint8_t* value,
                       const TnSite* origin);

  // ---- instructions: Next do_Init(Frame&, const InstCode&), ...
#define INST(name, text, flags) Next do_##name(Frame& frame, const InstCode& inst);
#include "oir/instructions.def"
#undef INST
#define RUNTIME(name, text, params, result, flags) \
  Next rt_##name(Frame& frame, const InstCode& inst);
#include "oir/runtime.def"
#undef RUNTIME
  using Handler = Next (Machine::*)(Frame&, const InstCode&);
  static const Handler kHandlers[];
  static const Handler kRuntimeHandlers[];
  Next fail_or_go(TnStatus status) { return status == TN_OK ? Next::Go : Next::Fail; }
  Next fail_with(TnError error, const InstCode& inst);
  void store_word(const Frame& frame, const InstCode& inst, void* word);
  TnSlice elements(const Frame& frame, const OperandCode& operand);
  uint64_t length_of(const Frame& frame, const OperandCode& array);
  Next make_span(Frame& frame, const InstCode& inst);
  Next call_program(Frame& frame, const InstCode& inst, oir::FuncId func, uint32_t first);
  Next call_foreign(Frame& frame, const InstCode& inst, oir::FuncId func, uint32_t first);
  bool flag_is_set(const Frame& frame, const InstCode& inst, uint32_t* value);

  // ---- what the runtime calls (run.cpp)
  void set_up_globals();
  TnStatus run_drop(const TnType* type, void* self);
  TnHooks hooks();
  uint32_t capture(uintptr_t* words, uint32_t most) const;

  // A user's `drop` that the runtime is calling: self may lie in memory of the runtime.
  struct Dying {
    const uint8_t* begin;
    const uint8_t* end;
  };

  const oir::Program& program_;
  layout::Layouts layouts_;
  layout::DescriptorTable descriptors_;
  TypeInfos types_;
  Sites sites_;
  Decoder decoder_;
  ForeignFunctions foreign_;
  Region region_;
  Book book_;
  std::vector<uint8_t> global_states_;
  std::vector<TnGlobal> globals_;
  std::vector<bool> global_born_;
  Frame* frames_ = nullptr;  // reserved for kMaxFrames, so that frames never move
  size_t frame_count_ = 0;
  size_t loop_base_ = 0;  // the innermost loop ends when this many frames are left
  std::vector<Dying> dying_;
  std::unordered_set<const void*> lent_;  // addresses in memory of which nothing else is known
};

}  // namespace tenure::interp
