// DWARF for the program: a subprogram per function under its shown name, a position per
// instruction, and without optimisation a variable per declared local or global. Debuggers read it,
// and so do call traces.
#pragma once

#include <vector>

#include "native/module.h"

namespace tenure::native {

class DebugInfo {
 public:
  explicit DebugInfo(ModuleLowering& module);

  // Optimised code keeps most variables nowhere that could be told, and telling of the others costs
  // LLVM a record for each, in each copy of what is inlined.
  bool shows_variables() const { return module_.options.opt_level == 0; }

  // Attaches a subprogram to the LLVM function. Gives the scope of its instructions.
  llvm::DISubprogram* begin_function(oir::FuncId id, llvm::Function* function);
  // The position of an instruction; that of the scope's declaration for a span of nothing.
  llvm::DILocation* location(llvm::DISubprogram* scope, Span span);
  // The local lives at `storage` from its declaration on.
  void declare_local(llvm::DISubprogram* scope, const oir::Local& local, uint32_t parameter,
                     llvm::Value* storage, llvm::BasicBlock* block);
  void declare_global(const oir::Global& global, llvm::GlobalVariable* storage);
  void finish() { builder_.finalize(); }

 private:
  llvm::DIFile* file(FileId id);
  llvm::DIType* type(oir::TypeId id) { return types_[id.index()]; }
  void make_types();
  llvm::DIType* make_scalar(const oir::Type& type);
  llvm::DIType* make_string();
  llvm::DIType* make_slice(oir::TypeId elem, const std::string& name);
  llvm::DIType* make_buffer(oir::TypeId elem, const std::string& name);
  llvm::DIType* shown_type(oir::TypeId id, bool boxed);
  llvm::DIExpression* whereabouts(bool boxed);
  llvm::DINodeArray members(const std::vector<oir::Field>& fields,
                            const std::vector<layout::PartLayout>& parts);
  llvm::DIType* make_structural(oir::TypeId id);
  void complete_nominal(oir::TypeId id);
  llvm::DINodeArray union_members(oir::TypeId id);

  ModuleLowering& module_;
  llvm::DIBuilder builder_;
  llvm::DICompileUnit* unit_ = nullptr;
  std::vector<llvm::DIFile*> files_;
  std::vector<llvm::DIType*> types_;
};

}  // namespace tenure::native
