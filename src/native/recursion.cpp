#include "native/recursion.h"

#include <set>

#include <llvm/Analysis/CFG.h>
#include <llvm/IR/Dominators.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/JumpThreading.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "native/llvm_headers.h"

namespace tenure::native {

namespace {

using llvm::BasicBlock;
using llvm::CallBase;
using llvm::Function;
using llvm::Instruction;

constexpr unsigned kSmall = 48, kMostInstructions = 400, kMostHead = 60;
constexpr size_t kMostCalls = 4;

struct SelfCalls {
  std::vector<CallBase*> calls;
  unsigned size = 0;  // instructions of the function
};

SelfCalls self_calls(Function& function) {
  SelfCalls found;
  for (BasicBlock& block : function) {
    for (Instruction& inst : block) {
      if (inst.isDebugOrPseudoInst()) continue;
      ++found.size;
      auto* call = llvm::dyn_cast<CallBase>(&inst);
      if (call != nullptr && call->getCalledFunction() == &function) found.calls.push_back(call);
    }
  }
  return found;
}

// `copy` of the function takes the place of the calls, and is gone then.
void put_in(Function* copy, Function& function, const std::vector<CallBase*>& calls,
            bool calls_keep_their_place) {
  for (CallBase* call : calls) {
    llvm::DebugLoc place = call->getDebugLoc();
    call->setCalledFunction(copy);
    llvm::InlineFunctionInfo info;
    if (!llvm::InlineFunction(*call, info).isSuccess()) {
      call->setCalledFunction(&function);
      continue;
    }
    for (CallBase* inner : info.InlinedCallSites) {
      bool own = calls_keep_their_place && inner->getCalledFunction() == &function;
      if (own) inner->setDebugLoc(place);
    }
  }
  copy->eraseFromParent();
}

void unfold(Function& function, const std::vector<CallBase*>& calls) {
  llvm::ValueToValueMapTy map;
  put_in(llvm::CloneFunction(&function, map), function, calls, false);
}

// Where it is certain that the function will call itself: a block that all its calls are behind,
// and that is reached without an effect. Null: there is none.
BasicBlock* find_body(Function& function, const std::vector<CallBase*>& calls) {
  llvm::DominatorTree tree(function);
  BasicBlock* body = calls[0]->getParent();
  for (CallBase* call : calls) body = tree.findNearestCommonDominator(body, call->getParent());
  if (body == nullptr || body == &function.getEntryBlock() || body->isEHPad()) return nullptr;
  // Backwards from there: the way to it.
  std::set<BasicBlock*> seen;
  std::vector<BasicBlock*> work(llvm::pred_begin(body), llvm::pred_end(body));
  unsigned size = 0;
  while (!work.empty()) {
    BasicBlock* block = work.back();
    work.pop_back();
    if (block == body || tree.dominates(body, block)) return nullptr;  // a loop
    if (!seen.insert(block).second) continue;
    for (Instruction& inst : *block) {
      if (inst.mayHaveSideEffects() || llvm::isa<llvm::AllocaInst>(inst)) return nullptr;
      if (++size > kMostHead) return nullptr;
    }
    work.insert(work.end(), llvm::pred_begin(block), llvm::pred_end(block));
  }
  return body;
}

// In the copy, the function is called where its body would begin.
void call_at(BasicBlock* body, Function* copy, Function& function) {
  std::vector<BasicBlock*> before(llvm::pred_begin(body), llvm::pred_end(body));
  BasicBlock* block = BasicBlock::Create(function.getContext(), "again", copy);
  std::vector<llvm::Value*> args;
  for (llvm::Argument& arg : copy->args()) args.push_back(&arg);
  llvm::IRBuilder<> builder(block);
  llvm::CallInst* call = builder.CreateCall(function.getFunctionType(), &function, args);
  call->setCallingConv(function.getCallingConv());
  call->addFnAttr(llvm::Attribute::NoMerge);
  if (call->getType()->isVoidTy()) {
    builder.CreateRetVoid();
  } else {
    builder.CreateRet(call);
  }
  for (BasicBlock* one : before) one->getTerminator()->replaceSuccessorWith(body, block);
  llvm::EliminateUnreachableBlocks(*copy);
}

void put_beginnings(Function& function, const std::vector<CallBase*>& calls) {
  BasicBlock* body = find_body(function, calls);
  if (body == nullptr) return;
  llvm::ValueToValueMapTy map;
  Function* copy = llvm::CloneFunction(&function, map);
  call_at(llvm::cast<BasicBlock>(map[body]), copy, function);
  put_in(copy, function, calls, true);
}

bool unfold(Function& function) {
  // Where memory is checked each allocation keeps its call stack: a call that lies in several
  // places of a function would make many stacks of what is one.
  if (function.hasFnAttribute("frame-pointer")) return false;
  if (function.isDeclarationForLinker() || function.hasFnAttribute(llvm::Attribute::NoInline)) {
    return false;
  }
  SelfCalls own = self_calls(function);
  if (own.calls.empty() || own.calls.size() > kMostCalls || own.size > kMostInstructions)
    return false;
  if (own.size <= kSmall) {
    unfold(function, own.calls);
    own = self_calls(function);
  }
  put_beginnings(function, own.calls);
  return true;
}

}  // namespace

llvm::PreservedAnalyses UnfoldRecursion::run(llvm::Module& module,
                                             llvm::ModuleAnalysisManager& analyses) {
  auto& of_functions =
      analyses.getResult<llvm::FunctionAnalysisManagerModuleProxy>(module).getManager();
  // What is asked before a call and in the callee again is found here.
  llvm::FunctionPassManager tidy;
  tidy.addPass(llvm::EarlyCSEPass(true));
  tidy.addPass(llvm::JumpThreadingPass());
  tidy.addPass(llvm::InstCombinePass());
  tidy.addPass(llvm::SimplifyCFGPass());
  std::vector<Function*> functions;
  for (Function& function : module) functions.push_back(&function);
  bool changed = false;
  for (Function* function : functions) {
    if (!unfold(*function)) continue;
    changed = true;
    of_functions.invalidate(*function, llvm::PreservedAnalyses::none());
    of_functions.invalidate(*function, tidy.run(*function, of_functions));
  }
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace tenure::native
