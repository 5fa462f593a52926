#include "native/module.h"

#include <cstring>

#include "base/check.h"
#include "native/abi.h"
#include "native/death.h"
#include "native/debug_info.h"

namespace tenure::native {

using oir::FuncId;
using oir::Inst;
using oir::Op;
using oir::TypeId;
using oir::TypeKind;

namespace {

struct RtRow {
  const char* name;
  char result;
  const char* params;
  const char* flags;
};
constexpr char v = 'v', p = 'p', i = 'i', l = 'l', b = 'b', t = 't', d = 'd', f = 'f';
constexpr RtRow kRuntime[] = {
#define RT(name, result, params, flags) {#name, result, params, flags},
#include "native/runtime_functions.def"
#undef RT
};

}  // namespace

ModuleLowering::ModuleLowering(const oir::Program& program_in, const SourceMap& sources_in,
                               const Options& options_in, Part part_in,
                               llvm::LLVMContext& context_in)
    : program(program_in),
      sources(sources_in),
      options(options_in),
      part(part_in),
      context(context_in),
      layouts(layout::Layouts::compute(program_in)),
      i1(llvm::Type::getInt1Ty(context_in)),
      i8(llvm::Type::getInt8Ty(context_in)),
      i32(llvm::Type::getInt32Ty(context_in)),
      i64(llvm::Type::getInt64Ty(context_in)),
      ptr(llvm::PointerType::get(context_in, 0)),
      exception(llvm::StructType::get(context_in, {ptr, i32})),
      module_(std::make_unique<llvm::Module>("tenure", context_in)),
      descriptions_(layout::describe(program_in, layouts)) {
  runtime_.resize(std::size(kRuntime));
  string_values_.resize(program.strings.size());
  for (size_t type = 0; type < program.types.size(); ++type) {
    has_packed_ |= program.types[TypeId{type}].packed;
  }
  holds_holes_ = layout::types_that_hold_holes(program.types);
  drop_fails_.assign(program.types.size(), false);
  for (const layout::TypeDescription& row : descriptions_) {
    drop_fails_[row.type.index()] = (row.flags & TN_DROP_FAILS) != 0;
  }
}

ModuleLowering::~ModuleLowering() = default;

std::unique_ptr<llvm::Module> ModuleLowering::run(bool with_main) {
  debug_ = std::make_unique<DebugInfo>(*this);
  deaths_ = std::make_unique<Deaths>(*this);
  is_executable_ = with_main;
  find_failing_functions();
  declare_functions();
  gather_literals();
  declare_descriptors();
  fill_descriptors();
  make_globals();
  for (size_t index = 0; index < program.functions.size(); ++index) {
    if (program.functions[index].is_foreign()) continue;
    if (part.division.part_of(FuncId{index}) != part.index) continue;
    lower_function(*this, FuncId{index});
    if (!program.functions[index].exported.empty()) fill_export(*this, FuncId{index});
  }
  for (FuncId id : part.division.copies_in(program, part.index)) {
    lower_function(*this, id);
    function(id)->setLinkage(llvm::GlobalValue::AvailableExternallyLinkage);
  }
  deaths_->finish();
  if (part.is_first()) {
    make_program();
    if (with_main) make_main();
    if (!part.is_whole()) move_sites();
  }
  debug_->finish();
  return std::move(module_);
}

llvm::Type* ModuleLowering::value_type(TypeId id) const {
  switch (program.types[id].kind) {
    case TypeKind::Bool:
      return i1;
    case TypeKind::I8:
    case TypeKind::U8:
      return i8;
    case TypeKind::I16:
    case TypeKind::U16:
      return llvm::Type::getInt16Ty(context);
    case TypeKind::I32:
    case TypeKind::U32:
      return i32;
    case TypeKind::I64:
    case TypeKind::U64:
      return i64;
    case TypeKind::F32:
      return llvm::Type::getFloatTy(context);
    case TypeKind::F64:
      return llvm::Type::getDoubleTy(context);
    case TypeKind::Ref:
    case TypeKind::Weak:
    case TypeKind::Box:
    case TypeKind::Native:
    case TypeKind::Array:
    case TypeKind::View:
    case TypeKind::Borrow:
    case TypeKind::Pointer:
    case TypeKind::Function:
      return ptr;
    case TypeKind::Unit:
    case TypeKind::String:
    case TypeKind::Text:
    case TypeKind::Slice:
    case TypeKind::FixedArray:
    case TypeKind::Tuple:
    case TypeKind::Struct:
    case TypeKind::Union:
      return nullptr;
  }
  TN_UNREACHABLE("a kind of type without a native form");
}

llvm::Type* ModuleLowering::memory_type(TypeId id) const {
  llvm::Type* scalar = value_type(id);
  if (scalar == i1) return i8;
  if (scalar != nullptr) return scalar;
  return llvm::ArrayType::get(i8, layouts[id].size);
}

llvm::FunctionCallee ModuleLowering::runtime(Rt fn) {
  llvm::FunctionCallee& callee = runtime_[static_cast<size_t>(fn)];
  if (callee.getCallee() != nullptr) return callee;
  const RtRow& row = kRuntime[static_cast<size_t>(fn)];
  auto type_of = [&](char letter) -> llvm::Type* {
    switch (letter) {
      case 'v':
        return llvm::Type::getVoidTy(context);
      case 'p':
        return ptr;
      case 'l':
        return i64;
      case 'b':
        return i1;
      case 'y':
        return i8;
      case 'f':
        return llvm::Type::getDoubleTy(context);
      case 'd':
        return llvm::StructType::get(context, {ptr, i64});
      default:
        return i32;
    }
  };
  std::vector<llvm::Type*> params;
  for (const char* letter = row.params; *letter; ++letter) params.push_back(type_of(*letter));
  auto* type = llvm::FunctionType::get(type_of(row.result), params, false);
  callee = module_->getOrInsertFunction(row.name, type);
  auto* function = llvm::cast<llvm::Function>(callee.getCallee());
  for (unsigned k = 0; k < params.size(); ++k) {
    if (row.params[k] == 'b' || row.params[k] == 'y')
      function->addParamAttr(k, llvm::Attribute::ZExt);
  }
  bool keeps_none = std::strchr(row.flags, 'k') != nullptr;
  for (unsigned k = 0; keeps_none && k < params.size(); ++k) {
    if (row.params[k] == 'p') function->addParamAttr(k, llvm::Attribute::NoCapture);
  }
  if (row.result == 'b') function->addRetAttr(llvm::Attribute::ZExt);
  if (std::strchr(row.flags, 'c')) {
    function->addFnAttr(llvm::Attribute::Cold);
    // What reports a failure runs once. LLVM weighs each call of it like any other when it decides
    // whether a function is worth inlining, so that a few checks would be the end of that.
    function->addFnAttr("call-inline-cost", "0");
  }
  if (std::strchr(row.flags, 'n')) function->setDoesNotReturn();
  if (!std::strchr(row.flags, 'u')) function->setDoesNotThrow();
  return callee;
}

llvm::Constant* ModuleLowering::runtime_variable(const char* name, llvm::Type* type) {
  if (llvm::GlobalVariable* known = module_->getNamedGlobal(name)) return known;
  auto* variable = new llvm::GlobalVariable(*module_, type, false,
                                            llvm::GlobalValue::ExternalLinkage, nullptr, name);
  variable->setDSOLocal(is_executable_);
  return variable;
}

// Foreign functions last: what the program exports itself may be what they mean.
void ModuleLowering::declare_functions() {
  functions_.resize(program.functions.size());
  for (bool foreign : {false, true}) {
    for (size_t index = 0; index < program.functions.size(); ++index) {
      if (program.functions[index].is_foreign() != foreign) continue;
      functions_[index] = foreign ? declare_foreign(*this, FuncId{index})
                                  : declare_function(*this, FuncId{index}, may_fail_[index]);
      if (!program.functions[index].exported.empty()) declare_export(*this, FuncId{index});
    }
  }
}

// Whether an instruction may unwind, calls aside.
bool ModuleLowering::inst_fails(const oir::Function& function, const Inst& inst) const {
  switch (inst.op) {
    case Op::Drop:
    case Op::Assign:
      return drop_fails(oir::place_type(program, function, inst.dst));
    case Op::Runtime: {
      const oir::RtInfo& info = oir::rt_info(oir::RtFn(inst.imm));
      return info.may_fail || info.runs_user_code || info.collection_point;
    }
    case Op::Call:
      return false;
    default:
      return oir::inst_may_fail(program, function, inst);
  }
}

// Backwards over the call graph from the functions that fail by themselves.
namespace {

// The functions in which `has` holds for an instruction, and all that call them.
template <class Has>
std::vector<bool> functions_with(const oir::Program& program, Has&& has) {
  std::vector<std::vector<FuncId>> callers(program.functions.size());
  std::vector<FuncId> work;
  std::vector<bool> found(program.functions.size());
  for (size_t index = 0; index < program.functions.size(); ++index) {
    const oir::Function& function = program.functions[index];
    for (const oir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op == Op::Call) callers[inst.callee.index()].push_back(FuncId{index});
        found[index] = found[index] || has(function, inst);
      }
    }
    if (found[index]) work.push_back(FuncId{index});
  }
  while (!work.empty()) {
    FuncId id = work.back();
    work.pop_back();
    for (FuncId caller : callers[id.index()]) {
      if (found[caller.index()]) continue;
      found[caller.index()] = true;
      work.push_back(caller);
    }
  }
  return found;
}

}  // namespace

bool ModuleLowering::inst_overwrites(const oir::Function& function, const Inst& inst) const {
  if (inst.op != Op::Assign || inst.origin.valid()) return false;
  return program.types[oir::place_type(program, function, inst.dst)].watched;
}

void ModuleLowering::find_failing_functions() {
  for (const oir::Function& function : program.functions) {
    for (const oir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        bool allocates = inst.op == Op::Runtime && oir::RtFn(inst.imm) == oir::RtFn::MemAlloc;
        checks_memory_ |= allocates && options.check_memory != TN_MEMORY_OFF;
      }
    }
  }
  may_fail_ = functions_with(program, [&](const oir::Function& function, const Inst& inst) {
    return inst_fails(function, inst);
  });
  may_overwrite_ = functions_with(program, [&](const oir::Function& function, const Inst& inst) {
    return inst_overwrites(function, inst);
  });
}

}  // namespace tenure::native
