#include "native/abi.h"

namespace tenure::native {

using oir::Function;
using oir::LocalId;

namespace {

bool called_by_runtime(const oir::Program& program, oir::FuncId id) {
  return id == program.start || program[id].is_drop;
}

// Keeps out of the way of C's names, which LLVM knows the meaning of.
std::string symbol_of(const Function& function) {
  return "ng." + function.name;
}

}  // namespace

Signature signature_of(const ModuleLowering& module, oir::FuncId id) {
  const Function& function = module.program[id];
  Signature signature;
  std::vector<llvm::Type*> types;
  llvm::Type* result = llvm::Type::getVoidTy(module.context);
  oir::TypeId result_type = function.result_type();
  if (llvm::Type* scalar = module.value_type(result_type)) {
    result = scalar;
  } else if (!module.is_unit(result_type)) {
    signature.result_in_memory = true;
    types.push_back(module.ptr);
  }
  for (uint32_t i = 1; i <= function.params; ++i) {
    oir::TypeId type = function.locals[i].type;
    if (module.is_unit(type)) {
      signature.parameters.push_back(kNoParameter);
      continue;
    }
    signature.parameters.push_back(static_cast<uint32_t>(types.size()));
    llvm::Type* scalar = module.value_type(type);
    types.push_back(scalar ? scalar : module.ptr);
  }
  signature.type = llvm::FunctionType::get(result, types, false);
  signature.convention =
      called_by_runtime(module.program, id) ? llvm::CallingConv::C : llvm::CallingConv::Fast;
  return signature;
}

llvm::Function* declare_function(ModuleLowering& module, oir::FuncId id, bool may_fail) {
  Signature signature = signature_of(module, id);
  const Function& source = module.program[id];
  auto* function = llvm::Function::Create(signature.type, llvm::GlobalValue::InternalLinkage,
                                          symbol_of(source), module.module());
  function->setCallingConv(signature.convention);
  function->setUWTableKind(llvm::UWTableKind::Default);
  if (!may_fail) function->setDoesNotThrow();
  // A frame that a tail call replaces would be missing in the call trace.
  function->addFnAttr("disable-tail-calls", "true");
  // A frame larger than the guard page must not step over it.
  function->addFnAttr("probe-stack", "inline-asm");
  if (signature.result_in_memory) {
    function->addParamAttr(0, llvm::Attribute::NoAlias);
    function->addParamAttr(0, llvm::Attribute::NoUndef);
  }
  return function;
}

}  // namespace tenure::native
