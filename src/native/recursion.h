// Calls that a function makes of itself and that end at once are not made.
//
// LLVM's inliner leaves recursion alone. In a function over a tree half of the calls or more are
// for leaves, and do little but be called. Where the beginning of the function finds out, without
// an effect, whether it will call itself, that beginning is put before each such call, with all
// that happens where it will not; the call itself finds it out again. A function that is small is
// also put into itself once. After the inliner, so what is small then is small. Positions and call
// traces stay as they were.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenure::native {

struct UnfoldRecursion : llvm::PassInfoMixin<UnfoldRecursion> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
};

}  // namespace tenure::native
