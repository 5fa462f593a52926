// LLVM's code generator, from a module to an object file.
#pragma once

#include <memory>

#include <llvm/IR/LegacyPassManager.h>

#include "native/llvm_headers.h"
#include "native/native.h"

namespace tenure::native {

// Code generation for executables. What it needs beside the module is made when it is made: a third
// of the time that the object of a small program takes, and another thread may spend it.
class Emitter {
 public:
  explicit Emitter(const Options& options);

  // The object file of the module, once; the module is of no use afterwards. The bytes are the
  // emitter's.
  llvm::ArrayRef<char> emit(llvm::Module& module);

 private:
  std::unique_ptr<llvm::TargetMachine> machine_;
  llvm::SmallVector<char, 0> object_;
  llvm::raw_svector_ostream out_{object_};
  llvm::legacy::PassManager passes_;
};

}  // namespace tenure::native
