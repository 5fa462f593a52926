// Functions as the interpreter runs them: one array of instructions, with places resolved to
// offsets as far as they are known, constants as bytes, and positions as the runtime wants them.
// Decoded when a function is first called.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "interp/types.h"
#include "oir/oir.h"

namespace tenure::interp {

constexpr uint32_t kNone = 0xFFFFFFFFu;

enum class StepKind : uint8_t {
  Offset,   // value: bytes
  Deref,    // follow the word
  Buffer,   // element of an Array or View: local (index), value: stride
  Pointer,  // follow the word of a raw pointer
  Slice,    // element of a Slice: as Buffer
  Fixed,    // element of a FixedArray: local (index), value: stride, count
  Variant,  // value: the variant that must be there. The address stays
  State,    // value: offset of the state byte of the aggregate that starts here
};

// What a `ref` or `view` does to a growable array on its path.
enum class Expose : uint8_t { No, Inner, Outer };

struct Step {
  StepKind kind;
  Expose expose = Expose::No;  // Buffer
  uint32_t value = 0;
  uint32_t index_offset = 0;  // Buffer, Fixed: where in the frame the index is
  const TypeInfo* index_type = nullptr;
  uint64_t count = 0;              // Fixed
  const TypeInfo* base = nullptr;  // Buffer: the type of the array or view
};

struct PlaceCode {
  const TypeInfo* type = nullptr;  // null: no place
  uint32_t root = 0;               // index of the local or global
  uint32_t offset = 0;             // from the frame or the globals, up to the first step
  uint32_t steps = 0;              // in FunctionCode::steps
  uint32_t step_count = 0;
  bool global = false;
  bool whole = false;         // the root itself
  bool whole_global = false;  // a global, or the content of the box of a boxed one
  bool marked = false;        // whole local: a hole has to be marked, since its address is taken
  bool through = false;       // behind a Deref, or in a growable array or a slice
  bool raw = false;  // behind a Pointer or in a Slice, or a cursor: what is there owns nothing
  bool has_states = false;
};

struct OperandCode {
  oir::OperandKind kind = oir::OperandKind::Const;
  PlaceCode place;
  const TypeInfo* type = nullptr;
  uint64_t image[3] = {0, 0, 0};  // Const: the bytes
};

struct InstCode {
  oir::Op op = oir::Op::Unreachable;
  uint8_t imm = 0;
  uint32_t extra = 0;
  uint32_t flag = kNone;  // offset of the drop flag in the frame
  PlaceCode dst;
  const OperandCode* args = nullptr;
  uint32_t arg_count = 0;
  uint32_t unwind = kNone;            // index of an instruction
  const uint32_t* targets = nullptr;  // the same
  uint32_t target_count = 0;
  const TypeInfo* type = nullptr;  // Inst::type
  const TnSite* site = nullptr;
  const TnSite* origin = nullptr;
  const oir::Inst* source = nullptr;
};

struct LocalCode {
  uint32_t offset = 0;
  const TypeInfo* type = nullptr;
};

struct FunctionCode {
  const oir::Function* function = nullptr;
  uint32_t frame_bytes = 0;
  uint32_t frame_align = 1;
  std::vector<LocalCode> locals;
  std::vector<uint32_t>
      owners;  // locals that must be empty when the function is left, but the result
  std::vector<InstCode> code;
  std::vector<OperandCode> args;
  std::vector<uint32_t> targets;
  std::vector<Step> steps;
};

// Positions as static data: made once for each span.
class Sites {
 public:
  explicit Sites(const SourceMap& sources) : sources_(sources) {}
  const TnSite* site(Span span);

 private:
  const SourceMap& sources_;
  std::deque<TnSite> sites_;
  std::unordered_map<uint64_t, const TnSite*> known_;
};

// The bytes that pointers to literals point to: each with a 0 behind it, in memory that cannot be
// written.
class Literals {
 public:
  explicit Literals(const oir::Program& program);
  ~Literals();
  Literals(const Literals&) = delete;
  Literals& operator=(const Literals&) = delete;
  const uint8_t* bytes(uint64_t string) const { return base_ + offsets_[string]; }
  const uint8_t* begin() const { return base_; }
  uint64_t size() const { return size_; }

 private:
  uint8_t* base_ = nullptr;
  uint64_t size_ = 0;
  std::vector<uint64_t> offsets_;
};

class Decoder {
 public:
  Decoder(const oir::Program& program, const layout::Layouts& layouts, const TypeInfos& types,
          Sites& sites);
  const Literals& literals() const { return literals_; }
  const FunctionCode& function(oir::FuncId id) {
    const auto& row = functions_[id.index()];
    return row ? *row : decode(id);
  }
  uint32_t global_offset(oir::GlobalId id) const { return global_offsets_[id.index()]; }
  uint32_t global_bytes() const { return global_bytes_; }

 private:
  const FunctionCode& decode(oir::FuncId id);
  void lay_out_frame(FunctionCode& out);
  void decode_inst(FunctionCode& out, const oir::Inst& inst, const std::vector<uint32_t>& starts);
  OperandCode decode_operand(FunctionCode& out, const oir::Operand& operand, Expose expose);
  PlaceCode decode_place(FunctionCode& out, oir::Place place, Expose expose);
  void find_addressed(const oir::Function& function);
  void decode_steps(FunctionCode& out, PlaceCode& code, oir::Place place);
  void mark_exposed(FunctionCode& out, const PlaceCode& code, Expose last);

  const oir::Program& program_;
  const layout::Layouts& layouts_;
  const TypeInfos& types_;
  Sites& sites_;
  Literals literals_;
  std::vector<std::unique_ptr<FunctionCode>> functions_;
  std::vector<uint32_t> global_offsets_;
  uint32_t global_bytes_ = 0;
  std::vector<bool>
      addressed_;  // of the function at hand: locals whose address, or that of a part, is taken
};

}  // namespace tenure::interp
