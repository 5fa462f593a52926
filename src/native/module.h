// One program, or a part of it, becoming one LLVM module: what all of its functions share. Types,
// declarations of the program's functions and of the runtime's, and the constant data that compiled
// code points to (descriptors, source positions, strings, globals).
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "layout/describe.h"
#include "layout/holes.h"
#include "layout/layout.h"
#include "native/division.h"
#include "native/llvm_headers.h"
#include "native/native.h"

namespace tenure::native {

class DebugInfo;
class Deaths;

// The runtime's functions that compiled code calls; runtime_functions.def.
enum class Rt : uint8_t {
#define RT(name, result, params, flags) name,
#include "native/runtime_functions.def"
#undef RT
};

// Offsets in structures of the runtime (tenure_rt.h).
constexpr uint64_t kStringLength = 8;     // TnString::length
constexpr uint64_t kStringCapacity = 16;  // TnString::capacity

class ModuleLowering {
 public:
  ModuleLowering(const oir::Program& program, const SourceMap& sources, const Options& options,
                 Part part, llvm::LLVMContext& context);
  ~ModuleLowering();
  // Lowers everything of the part; `with_main` adds the C function main. Called once.
  std::unique_ptr<llvm::Module> run(bool with_main);

  const oir::Program& program;
  const SourceMap& sources;
  const Options& options;
  const Part part;
  llvm::LLVMContext& context;
  layout::Layouts layouts;

  llvm::Type* i1;
  llvm::Type* i8;
  llvm::Type* i32;
  llvm::Type* i64;
  llvm::Type* ptr;
  llvm::Type* exception;  // { ptr, i32 }: what a landing pad gives

  // ---- types
  // The type of a value in a register, null for what lives in memory only (and for unit).
  llvm::Type* value_type(oir::TypeId id) const;
  bool is_scalar(oir::TypeId id) const { return value_type(id) != nullptr; }
  bool is_unit(oir::TypeId id) const { return program.types[id].kind == oir::TypeKind::Unit; }
  // The type that memory of it is given: a scalar's (a bool's is i8), else bytes.
  llvm::Type* memory_type(oir::TypeId id) const;
  // Where storage for one is made.
  llvm::Align align_of(oir::TypeId id) const { return llvm::Align(layouts[id].align); }
  // What may be taken for granted where one is read or written. An address may come from anywhere
  // (a pointer into manual memory), so nothing above the alignment of words is; and where a packed
  // struct is about, nothing at all.
  llvm::Align aligned(uint32_t bytes) const {
    return llvm::Align(has_packed_ ? 1 : std::min<uint32_t>(bytes, 8));
  }
  llvm::Align access_align(oir::TypeId id) const { return aligned(layouts[id].align); }
  // Whether the end of a value may fail: it may run a user's drop.
  bool drop_fails(oir::TypeId id) const { return drop_fails_[id.index()]; }
  // Whether a value, or what it holds, can be a hole (layout/holes.h).
  bool holds_holes(oir::TypeId id) const { return holds_holes_[id.index()]; }

  // Whether the program has manual memory, and it can be checked.
  bool checks_memory() const { return checks_memory_; }

  // ---- declarations
  llvm::Function* function(oir::FuncId id) const { return functions_[id.index()]; }
  bool may_fail(oir::FuncId id) const { return may_fail_[id.index()]; }
  // Whether it, or what it calls, may overwrite a watched value behind a reference.
  bool may_overwrite(oir::FuncId id) const { return may_overwrite_[id.index()]; }
  llvm::FunctionCallee runtime(Rt fn);
  llvm::Constant* runtime_variable(const char* name, llvm::Type* type);
  // How what several parts know by the same name is linked.
  llvm::GlobalValue::LinkageTypes linkage_of(oir::FuncId id) const {
    return part.division.is_local(id) ? llvm::GlobalValue::InternalLinkage
                                      : llvm::GlobalValue::ExternalLinkage;
  }
  llvm::GlobalValue::LinkageTypes shared_linkage() const {
    return part.is_whole() ? llvm::GlobalValue::InternalLinkage
                           : llvm::GlobalValue::ExternalLinkage;
  }
  // A function as a value: called by the convention of function values (abi.h).
  llvm::Constant* function_value(oir::FuncId id);
  llvm::FunctionType* foreign_type(oir::FuncId id);
  llvm::AttributeList foreign_attributes(oir::FuncId id);

  // ---- constants
  llvm::Constant* descriptor(oir::TypeId id) const;
  llvm::Constant* site(Span span);  // null for a span of nothing
  llvm::Constant* move_sites();     // an array of TnSite, a row for each Program::move_sites
  llvm::Constant* c_string(std::string_view text);
  llvm::Constant* string_value(uint32_t string);  // a TnString of the literal
  // What a pointer to the literal is: an offset from what lies in literals_place.
  uint64_t literal_offset(uint32_t string) const { return literal_offsets_[string]; }
  llvm::GlobalVariable* literals_place() const { return literals_place_; }
  llvm::GlobalVariable* counters();  // TnCounters of the runtime that counts
  // Where those literals lie; null: there are none.
  llvm::GlobalVariable* literals() const { return literals_; }
  uint64_t literals_size() const { return literals_size_; }
  llvm::GlobalVariable* global_place(oir::GlobalId id) const { return globals_[id.index()].place; }
  llvm::GlobalVariable* global_state(oir::GlobalId id) const { return globals_[id.index()].state; }
  llvm::GlobalVariable* global_record(oir::GlobalId id) const {
    return globals_[id.index()].record;
  }

  llvm::Module& module() { return *module_; }
  DebugInfo& debug() { return *debug_; }
  Deaths& deaths() { return *deaths_; }

 private:
  struct GlobalData {
    llvm::GlobalVariable* place;
    llvm::GlobalVariable* state;
    llvm::GlobalVariable* record;
  };

  void find_failing_functions();
  bool inst_fails(const oir::Function& function, const oir::Inst& inst) const;
  bool inst_overwrites(const oir::Function& function, const oir::Inst& inst) const;
  void declare_functions();
  // constants.cpp
  void declare_descriptors();
  void fill_descriptors();
  void gather_literals();
  void make_globals();
  void make_program();
  void make_main();
  llvm::Constant* parts(const std::vector<layout::PartDescription>& parts);
  llvm::Constant* site_value(Span span);
  llvm::Constant* pointer_to(llvm::Constant* initializer, const char* name);
  // A variable that the first part defines and all may use. `name` is unique.
  llvm::GlobalVariable* shared(llvm::Constant* initializer, bool is_constant,
                               const std::string& name);

  std::unique_ptr<llvm::Module> module_;
  std::unique_ptr<DebugInfo> debug_;
  std::unique_ptr<Deaths> deaths_;
  bool is_executable_ = false;  // linked with the runtime, which is near then
  std::vector<layout::TypeDescription> descriptions_;
  std::vector<llvm::GlobalVariable*> descriptors_;
  std::vector<llvm::Function*> functions_;
  std::vector<bool> may_fail_;
  std::vector<bool> may_overwrite_;
  bool checks_memory_ = false;
  std::vector<bool> drop_fails_;
  std::vector<bool> holds_holes_;
  std::vector<GlobalData> globals_;
  std::vector<llvm::FunctionCallee> runtime_;
  std::unordered_map<std::string, llvm::Constant*> c_strings_;
  std::vector<llvm::Constant*> string_values_;
  std::vector<uint64_t> literal_offsets_;  // by string, of those that pointers point to
  llvm::GlobalVariable* literals_ = nullptr;
  llvm::GlobalVariable* literals_place_ = nullptr;
  uint64_t literals_size_ = 0;
  bool has_packed_ = false;
  std::unordered_map<uint32_t, llvm::Constant*> function_values_;
  std::map<std::tuple<uint32_t, uint32_t, uint32_t>, llvm::Constant*> sites_;
  llvm::Constant* move_sites_ = nullptr;
};

// Lowers the body of one function (function.cpp).
void lower_function(ModuleLowering& module, oir::FuncId id);

}  // namespace tenure::native
