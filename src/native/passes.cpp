// What LLVM does at -O2 (PassBuilder::buildPerModuleDefaultPipeline of LLVM 19), pass by pass, with
// the pass of our own between its two halves. PassBuilder itself is not used: it refers to every
// pass that LLVM has, which are ten megabytes of code, and a thousand options that each start of
// the compiler, were it only to check a program, would register.
//
// Left out is what can find nothing to do in what this room makes: coroutines, OpenMP, profiles,
// annotations and hints of source code, libraries of vector functions, targets whose threads
// diverge.
//
// Analyses are made when a pass asks for them, and have to be registered before: one that is not
// registered is not refused, it is a wrong access to memory.
#include "native/passes.h"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BasicAliasAnalysis.h>
#include <llvm/Analysis/BlockFrequencyInfo.h>
#include <llvm/Analysis/BranchProbabilityInfo.h>
#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/CallGraph.h>
#include <llvm/Analysis/DemandedBits.h>
#include <llvm/Analysis/DependenceAnalysis.h>
#include <llvm/Analysis/GlobalsModRef.h>
#include <llvm/Analysis/InlineAdvisor.h>
#include <llvm/Analysis/InlineCost.h>
#include <llvm/Analysis/LazyCallGraph.h>
#include <llvm/Analysis/LazyValueInfo.h>
#include <llvm/Analysis/LoopAccessAnalysis.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/MemoryDependenceAnalysis.h>
#include <llvm/Analysis/MemorySSA.h>
#include <llvm/Analysis/OptimizationRemarkEmitter.h>
#include <llvm/Analysis/PhiValues.h>
#include <llvm/Analysis/PostDominators.h>
#include <llvm/Analysis/ProfileSummaryInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScopedNoAliasAA.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/Analysis/TypeBasedAliasAnalysis.h>
#include <llvm/Analysis/UniformityAnalysis.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/PassManager.h>
#include <llvm/Transforms/AggressiveInstCombine/AggressiveInstCombine.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/CalledValuePropagation.h>
#include <llvm/Transforms/IPO/ConstantMerge.h>
#include <llvm/Transforms/IPO/DeadArgumentElimination.h>
#include <llvm/Transforms/IPO/ElimAvailExtern.h>
#include <llvm/Transforms/IPO/FunctionAttrs.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/GlobalOpt.h>
#include <llvm/Transforms/IPO/InferFunctionAttrs.h>
#include <llvm/Transforms/IPO/Inliner.h>
#include <llvm/Transforms/IPO/SCCP.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/BDCE.h>
#include <llvm/Transforms/Scalar/ConstraintElimination.h>
#include <llvm/Transforms/Scalar/CorrelatedValuePropagation.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/DivRemPairs.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/Float2Int.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/IndVarSimplify.h>
#include <llvm/Transforms/Scalar/InferAlignment.h>
#include <llvm/Transforms/Scalar/InstSimplifyPass.h>
#include <llvm/Transforms/Scalar/JumpThreading.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopDeletion.h>
#include <llvm/Transforms/Scalar/LoopIdiomRecognize.h>
#include <llvm/Transforms/Scalar/LoopInstSimplify.h>
#include <llvm/Transforms/Scalar/LoopLoadElimination.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopSimplifyCFG.h>
#include <llvm/Transforms/Scalar/LoopSink.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/LowerConstantIntrinsics.h>
#include <llvm/Transforms/Scalar/LowerExpectIntrinsic.h>
#include <llvm/Transforms/Scalar/MemCpyOptimizer.h>
#include <llvm/Transforms/Scalar/MergedLoadStoreMotion.h>
#include <llvm/Transforms/Scalar/Reassociate.h>
#include <llvm/Transforms/Scalar/SCCP.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimpleLoopUnswitch.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Scalar/TailRecursionElimination.h>
#include <llvm/Transforms/Utils/LibCallsShrinkWrap.h>
#include <llvm/Transforms/Utils/Mem2Reg.h>
#include <llvm/Transforms/Utils/RelLookupTableConverter.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>
#include <llvm/Transforms/Vectorize/SLPVectorizer.h>
#include <llvm/Transforms/Vectorize/VectorCombine.h>

#include "native/llvm_headers.h"
#include "native/recursion.h"

namespace tenure::native {

namespace {

using llvm::FunctionPassManager;
using llvm::LoopPassManager;
using llvm::ModulePassManager;
using llvm::SimplifyCFGOptions;

// What is known of the module while passes run over it.
class Analyses {
 public:
  explicit Analyses(llvm::TargetMachine& machine) {
    register_for_functions(machine);
    register_for_modules();
    add<llvm::PassInstrumentationAnalysis, llvm::FunctionAnalysisManagerCGSCCProxy>(components_);
    components_.registerPass([&] { return llvm::ModuleAnalysisManagerCGSCCProxy(modules_); });
    add<llvm::PassInstrumentationAnalysis, llvm::ShouldRunExtraSimpleLoopUnswitch>(loops_);
    loops_.registerPass([&] { return llvm::FunctionAnalysisManagerLoopProxy(functions_); });
  }

  llvm::ModuleAnalysisManager& of_modules() { return modules_; }

 private:
  template <class... Analysis, class Manager>
  static void add(Manager& manager) {
    (manager.registerPass([] { return Analysis(); }), ...);
  }

  void register_for_functions(llvm::TargetMachine& machine) {
    add<llvm::AssumptionAnalysis, llvm::BasicAA, llvm::BlockFrequencyAnalysis,
        llvm::BranchProbabilityAnalysis, llvm::CycleAnalysis, llvm::DemandedBitsAnalysis,
        llvm::DependenceAnalysis, llvm::DominatorTreeAnalysis, llvm::LazyValueAnalysis,
        llvm::LoopAccessAnalysis, llvm::LoopAnalysis, llvm::MemoryDependenceAnalysis,
        llvm::MemorySSAAnalysis, llvm::OptimizationRemarkEmitterAnalysis,
        llvm::PassInstrumentationAnalysis, llvm::PhiValuesAnalysis, llvm::PostDominatorTreeAnalysis,
        llvm::ScalarEvolutionAnalysis, llvm::ScopedNoAliasAA,
        llvm::ShouldNotRunFunctionPassesAnalysis, llvm::ShouldRunExtraVectorPasses,
        llvm::TargetLibraryAnalysis, llvm::TypeBasedAA, llvm::UniformityInfoAnalysis>(functions_);
    functions_.registerPass([&] { return machine.getTargetIRAnalysis(); });
    functions_.registerPass([] { return aliases(); });
    functions_.registerPass([&] { return llvm::LoopAnalysisManagerFunctionProxy(loops_); });
    functions_.registerPass([&] { return llvm::CGSCCAnalysisManagerFunctionProxy(components_); });
    functions_.registerPass([&] { return llvm::ModuleAnalysisManagerFunctionProxy(modules_); });
  }

  void register_for_modules() {
    add<llvm::CallGraphAnalysis, llvm::GlobalsAA, llvm::InlineAdvisorAnalysis,
        llvm::LazyCallGraphAnalysis, llvm::PassInstrumentationAnalysis,
        llvm::ProfileSummaryAnalysis>(modules_);
    modules_.registerPass([&] { return llvm::FunctionAnalysisManagerModuleProxy(functions_); });
    modules_.registerPass([&] { return llvm::CGSCCAnalysisManagerModuleProxy(components_); });
  }

  static llvm::AAManager aliases() {
    llvm::AAManager aliases;
    aliases.registerFunctionAnalysis<llvm::BasicAA>();
    aliases.registerFunctionAnalysis<llvm::ScopedNoAliasAA>();
    aliases.registerFunctionAnalysis<llvm::TypeBasedAA>();
    aliases.registerModuleAnalysis<llvm::GlobalsAA>();
    return aliases;
  }

  // What the outer ones know of the inner ones empties these when it goes: the inner ones go last.
  llvm::LoopAnalysisManager loops_;
  llvm::FunctionAnalysisManager functions_;
  llvm::CGSCCAnalysisManager components_;
  llvm::ModuleAnalysisManager modules_;
};

// What an adaptor does with the analyses of a function that it is through with: they are not kept
// until the end of the module.
constexpr bool kForget = true;

SimplifyCFGOptions simplify() {
  return SimplifyCFGOptions().convertSwitchRangeToICmp(true);
}
SimplifyCFGOptions simplify_and_move() {
  return simplify().hoistCommonInsts(true).sinkCommonInsts(true);
}

llvm::LICMPass move_out_of_loops(bool may_speculate = true) {
  llvm::LICMOptions options;
  options.AllowSpeculation = may_speculate;
  return llvm::LICMPass(options);
}

// With what is known of memory.
auto over_loops(llvm::LICMPass pass) {
  return llvm::createFunctionToLoopPassAdaptor(std::move(pass), /*UseMemorySSA=*/true);
}
auto over_loops(LoopPassManager loops, bool with_memory, bool with_frequencies = false) {
  return llvm::createFunctionToLoopPassAdaptor(std::move(loops), with_memory, with_frequencies);
}

// Of every function, before anything is known of its callers.
FunctionPassManager first_cleanup() {
  FunctionPassManager passes;
  passes.addPass(llvm::LowerExpectIntrinsicPass());
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass());
  return passes;
}

// After constants went from callers to callees.
FunctionPassManager second_cleanup() {
  FunctionPassManager passes;
  passes.addPass(llvm::PromotePass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass(simplify()));
  return passes;
}

LoopPassManager loops_made_simple() {
  LoopPassManager passes;
  passes.addPass(llvm::LoopInstSimplifyPass());
  passes.addPass(llvm::LoopSimplifyCFGPass());
  passes.addPass(move_out_of_loops(/*may_speculate=*/false));
  passes.addPass(llvm::LoopRotatePass());
  passes.addPass(move_out_of_loops());
  passes.addPass(llvm::SimpleLoopUnswitchPass());
  return passes;
}

LoopPassManager loops_counted() {
  LoopPassManager passes;
  passes.addPass(llvm::LoopIdiomRecognizePass());
  passes.addPass(llvm::IndVarSimplifyPass());
  llvm::ExtraSimpleLoopUnswitchPassManager where_it_pays;
  where_it_pays.addPass(llvm::SimpleLoopUnswitchPass());
  passes.addPass(std::move(where_it_pays));
  passes.addPass(llvm::LoopDeletionPass());
  passes.addPass(llvm::LoopFullUnrollPass());
  return passes;
}

void add_branches_and_calls(FunctionPassManager& passes) {
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  passes.addPass(llvm::JumpThreadingPass());
  passes.addPass(llvm::CorrelatedValuePropagationPass());
  passes.addPass(llvm::SimplifyCFGPass(simplify()));
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::AggressiveInstCombinePass());
  passes.addPass(llvm::LibCallsShrinkWrapPass());
  passes.addPass(llvm::TailCallElimPass());
  passes.addPass(llvm::SimplifyCFGPass(simplify()));
  passes.addPass(llvm::ReassociatePass());
  passes.addPass(llvm::ConstraintEliminationPass());
}

void add_what_is_known(FunctionPassManager& passes) {
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::VectorCombinePass(/*TryEarlyFoldsOnly=*/true));
  passes.addPass(llvm::MergedLoadStoreMotionPass());
  passes.addPass(llvm::GVNPass());
  passes.addPass(llvm::SCCPPass());
  passes.addPass(llvm::BDCEPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::JumpThreadingPass());
  passes.addPass(llvm::CorrelatedValuePropagationPass());
  passes.addPass(llvm::ADCEPass());
  passes.addPass(llvm::MemCpyOptPass());
  passes.addPass(llvm::DSEPass());
}

// Of a function whose callees are done, with what the inliner put into it.
FunctionPassManager simplification() {
  FunctionPassManager passes;
  add_branches_and_calls(passes);
  passes.addPass(over_loops(loops_made_simple(), /*with_memory=*/true, /*with_frequencies=*/true));
  passes.addPass(llvm::SimplifyCFGPass(simplify()));
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(over_loops(loops_counted(), /*with_memory=*/false));
  add_what_is_known(passes);
  passes.addPass(over_loops(move_out_of_loops()));
  passes.addPass(llvm::SimplifyCFGPass(simplify_and_move()));
  passes.addPass(llvm::InstCombinePass());
  return passes;
}

// From callees to callers.
llvm::ModuleInlinerWrapperPass inlining() {
  constexpr unsigned kMostDevirtualised = 4;
  llvm::InlineContext place{llvm::ThinOrFullLTOPhase::None, llvm::InlinePass::CGSCCInliner};
  llvm::ModuleInlinerWrapperPass passes(llvm::getInlineParams(/*OptLevel=*/2, /*SizeOptLevel=*/0),
                                        /*MandatoryFirst=*/false, place,
                                        llvm::InliningAdvisorMode::Default, kMostDevirtualised);
  passes.addModulePass(llvm::RequireAnalysisPass<llvm::GlobalsAA, llvm::Module>());
  passes.addModulePass(
      llvm::createModuleToFunctionPassAdaptor(llvm::InvalidateAnalysisPass<llvm::AAManager>()));
  passes.addModulePass(llvm::RequireAnalysisPass<llvm::ProfileSummaryAnalysis, llvm::Module>());
  llvm::CGSCCPassManager& component = passes.getPM();
  component.addPass(llvm::PostOrderFunctionAttrsPass(/*SkipNonRecursive=*/true));
  component.addPass(
      llvm::createCGSCCToFunctionPassAdaptor(simplification(), kForget, /*NoRerun=*/true));
  component.addPass(llvm::PostOrderFunctionAttrsPass());
  // Says of a function that it is done, should it be come to once more.
  component.addPass(llvm::createCGSCCToFunctionPassAdaptor(
      llvm::RequireAnalysisPass<llvm::ShouldNotRunFunctionPassesAnalysis, llvm::Function>()));
  passes.addLateModulePass(llvm::createModuleToFunctionPassAdaptor(
      llvm::InvalidateAnalysisPass<llvm::ShouldNotRunFunctionPassesAnalysis>()));
  return passes;
}

void add_vectors(FunctionPassManager& passes) {
  passes.addPass(llvm::LoopVectorizePass());
  passes.addPass(llvm::InferAlignmentPass());
  passes.addPass(llvm::LoopLoadEliminationPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass(simplify_and_move()
                                           .forwardSwitchCondToPhi(true)
                                           .convertSwitchToLookupTable(true)
                                           .needCanonicalLoops(false)));
  passes.addPass(llvm::SLPVectorizerPass());
  passes.addPass(llvm::VectorCombinePass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::LoopUnrollPass());
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::PreserveCFG));
  passes.addPass(llvm::InferAlignmentPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(over_loops(move_out_of_loops()));
}

// When nothing is put into functions any more.
FunctionPassManager optimisation() {
  FunctionPassManager passes;
  passes.addPass(llvm::Float2IntPass());
  passes.addPass(llvm::LowerConstantIntrinsicsPass());
  LoopPassManager loops;
  loops.addPass(llvm::LoopRotatePass());
  loops.addPass(llvm::LoopDeletionPass());
  passes.addPass(over_loops(std::move(loops), /*with_memory=*/false));
  add_vectors(passes);
  passes.addPass(llvm::LoopSinkPass());
  passes.addPass(llvm::InstSimplifyPass());
  passes.addPass(llvm::DivRemPairsPass());
  passes.addPass(llvm::TailCallElimPass());
  passes.addPass(llvm::SimplifyCFGPass(simplify().speculateUnpredictables(true)));
  return passes;
}

ModulePassManager all_passes() {
  ModulePassManager passes;
  passes.addPass(llvm::InferFunctionAttrsPass());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(first_cleanup(), kForget));
  passes.addPass(llvm::IPSCCPPass(llvm::IPSCCPOptions(/*AllowFuncSpec=*/true)));
  passes.addPass(llvm::CalledValuePropagationPass());
  passes.addPass(llvm::GlobalOptPass());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(second_cleanup(), kForget));
  passes.addPass(llvm::AlwaysInlinerPass());
  passes.addPass(inlining());
  passes.addPass(llvm::DeadArgumentEliminationPass());
  passes.addPass(llvm::GlobalOptPass());
  passes.addPass(llvm::GlobalDCEPass());

  // The copies that a part has of the functions of others were for the inliner.
  passes.addPass(llvm::EliminateAvailableExternallyPass());
  passes.addPass(llvm::ReversePostOrderFunctionAttrsPass());
  passes.addPass(llvm::RecomputeGlobalsAAPass());
  passes.addPass(UnfoldRecursion());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(optimisation(), kForget));
  passes.addPass(llvm::GlobalDCEPass());
  passes.addPass(llvm::ConstantMergePass());
  passes.addPass(llvm::RelLookupTableConverterPass());
  return passes;
}

}  // namespace

void run_passes(llvm::Module& module, llvm::TargetMachine& machine) {
  Analyses analyses(machine);
  all_passes().run(module, analyses.of_modules());
}

}  // namespace tenure::native
