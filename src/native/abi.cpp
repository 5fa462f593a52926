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
  return "program." + function.name;
}

}  // namespace

namespace {

Signature signature_of(const ModuleLowering& module, oir::TypeId result_type,
                       const std::vector<oir::TypeId>& params, llvm::CallingConv::ID convention) {
  Signature signature;
  std::vector<llvm::Type*> types;
  llvm::Type* result = llvm::Type::getVoidTy(module.context);
  if (llvm::Type* scalar = module.value_type(result_type)) {
    result = scalar;
  } else if (!module.is_unit(result_type)) {
    signature.result_in_memory = true;
    types.push_back(module.ptr);
  }
  for (oir::TypeId type : params) {
    if (module.is_unit(type)) {
      signature.parameters.push_back(kNoParameter);
      continue;
    }
    signature.parameters.push_back(static_cast<uint32_t>(types.size()));
    llvm::Type* scalar = module.value_type(type);
    types.push_back(scalar ? scalar : module.ptr);
  }
  signature.type = llvm::FunctionType::get(result, types, false);
  signature.convention = convention;
  return signature;
}

// A function of the module that does nothing but call `target` with its own arguments.
void call_on(ModuleLowering& module, llvm::Function* caller, llvm::Function* target) {
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.context, "entry", caller));
  std::vector<llvm::Value*> args;
  for (llvm::Argument& arg : caller->args()) args.push_back(&arg);
  llvm::CallInst* call = builder.CreateCall(target, args);
  call->setCallingConv(target->getCallingConv());
  call->setAttributes(target->getAttributes());
  if (call->getType()->isVoidTy()) {
    builder.CreateRetVoid();
  } else {
    builder.CreateRet(call);
  }
}

}  // namespace

Signature signature_of(const ModuleLowering& module, oir::FuncId id) {
  const Function& function = module.program[id];
  std::vector<oir::TypeId> params;
  for (uint32_t i = 1; i <= function.params; ++i) params.push_back(function.locals[i].type);
  bool c = called_by_runtime(module.program, id);
  return signature_of(module, function.result_type(), params,
                      c ? llvm::CallingConv::C : llvm::CallingConv::Fast);
}

Signature signature_of_value(const ModuleLowering& module, const oir::Type& type) {
  return signature_of(module, type.result, type.params, llvm::CallingConv::Fast);
}

llvm::Function* declare_function(ModuleLowering& module, oir::FuncId id, bool may_fail) {
  Signature signature = signature_of(module, id);
  const Function& source = module.program[id];
  auto* function = llvm::Function::Create(signature.type, module.linkage_of(id), symbol_of(source),
                                          module.module());
  if (!function->hasLocalLinkage()) function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setCallingConv(signature.convention);
  function->setUWTableKind(llvm::UWTableKind::Default);
  if (!may_fail) function->setDoesNotThrow();
  // A frame that a tail call replaces would be missing in the call trace.
  function->addFnAttr("disable-tail-calls", "true");
  // Call stacks of allocations are walked along frame pointers.
  if (module.checks_memory()) function->addFnAttr("frame-pointer", "all");
  // A frame larger than the guard page must not step over it.
  function->addFnAttr("probe-stack", "inline-asm");
  if (signature.result_in_memory) {
    function->addParamAttr(0, llvm::Attribute::NoAlias);
    function->addParamAttr(0, llvm::Attribute::NoUndef);
  }
  return function;
}

// ---- foreign functions

llvm::FunctionType* ModuleLowering::foreign_type(oir::FuncId id) {
  return signature_of(*this, id).type;
}

// What C's convention asks of narrow integers: they are extended by who passes and who returns
// them.
llvm::AttributeList ModuleLowering::foreign_attributes(oir::FuncId id) {
  const Function& source = program[id];
  auto extension = [&](oir::TypeId type) {
    llvm::AttrBuilder builder(context);
    llvm::Type* value = value_type(type);
    if (value != nullptr && value->isIntegerTy() && value->getIntegerBitWidth() < 32) {
      builder.addAttribute(program.types.is_signed(type) ? llvm::Attribute::SExt
                                                         : llvm::Attribute::ZExt);
    }
    return llvm::AttributeSet::get(context, builder);
  };
  std::vector<llvm::AttributeSet> params;
  for (uint32_t i = 1; i <= source.params; ++i) params.push_back(extension(source.locals[i].type));
  llvm::AttrBuilder function(context);
  if (source.is_foreign()) function.addAttribute(llvm::Attribute::NoUnwind);
  return llvm::AttributeList::get(context, llvm::AttributeSet::get(context, function),
                                  extension(source.result_type()), params);
}

llvm::Function* declare_foreign(ModuleLowering& module, oir::FuncId id) {
  const Function& source = module.program[id];
  llvm::Module& out = module.module();
  // Declared twice, or known to the runtime too: one function, called as each declares it.
  if (llvm::Function* known = out.getFunction(source.symbol)) return known;
  auto* function = llvm::Function::Create(module.foreign_type(id),
                                          llvm::GlobalValue::ExternalLinkage, source.symbol, out);
  function->setAttributes(module.foreign_attributes(id));
  return function;
}

llvm::Constant* ModuleLowering::function_value(oir::FuncId id) {
  if (!program[id].is_foreign()) return function(id);
  llvm::Constant*& known = function_values_[id.v];
  if (known != nullptr) return known;
  // Whichever parts make one, they compare equal: the linker keeps one of them.
  auto* stub = llvm::Function::Create(
      foreign_type(id),
      part.is_whole() ? llvm::GlobalValue::InternalLinkage : llvm::GlobalValue::LinkOnceODRLinkage,
      symbol_of(program[id]), *module_);
  if (!part.is_whole()) stub->setVisibility(llvm::GlobalValue::HiddenVisibility);
  stub->setCallingConv(llvm::CallingConv::Fast);
  stub->setUWTableKind(llvm::UWTableKind::Default);
  call_on(*this, stub, function(id));
  return known = stub;
}

void declare_export(ModuleLowering& module, oir::FuncId id) {
  llvm::Function* target = module.function(id);
  auto* function =
      llvm::Function::Create(target->getFunctionType(), llvm::GlobalValue::ExternalLinkage,
                             module.program[id].exported, module.module());
  function->setAttributes(module.foreign_attributes(id));
  function->setUWTableKind(llvm::UWTableKind::Default);
}

void fill_export(ModuleLowering& module, oir::FuncId id) {
  call_on(module, module.module().getFunction(module.program[id].exported), module.function(id));
}

}  // namespace tenure::native
