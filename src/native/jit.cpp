// The JIT: one module, compiled before it runs. The runtime's functions are those linked into this
// process; unwinding finds the frames because the linker layer registers them.
#include <cstring>
#include <set>

#include <llvm/ExecutionEngine/JITEventListener.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/RTDyldObjectLinkingLayer.h>
#include <llvm/ExecutionEngine/SectionMemoryManager.h>
#include <llvm/Object/ObjectFile.h>

#include <cmath>

#include "base/check.h"
#include "native/llvm_headers.h"
#include "native/native.h"
#include "native/symbolize.h"
#include "native/target.h"
#include "native/threads.h"

extern "C" {
void __gcc_personality_v0();
void _Unwind_Resume(void*);
void __register_frame(void*);
}

namespace tenure::native {

using llvm::orc::ExecutorAddr;
using llvm::orc::ExecutorSymbolDef;

namespace {

template <class T>
T must(llvm::Expected<T> value) {
  if (!value) {
    llvm::logAllUnhandledErrors(value.takeError(), llvm::errs(), "tenure: ");
    TN_UNREACHABLE("the JIT failed");
  }
  return std::move(*value);
}

void must(llvm::Error error) {
  if (!error) return;
  llvm::logAllUnhandledErrors(std::move(error), llvm::errs(), "tenure: ");
  TN_UNREACHABLE("the JIT failed");
}

// Of C's library, what compiled code may call without the program's knowledge.
constexpr const char* kLibraryNames[] = {"memcpy", "memmove", "memset", "bcmp", "memcmp"};
struct LibraryFunction {
  const char* name;
  double (*of_double)(double);
};
// Where they are exact LLVM may ask for the one of float, whose name ends in `f`.
struct ExactFunction {
  const char *name, *float_name;
  double (*of_double)(double);
  float (*of_float)(float);
};
constexpr LibraryFunction kMath[] = {{"sin", std::sin},    {"cos", std::cos},   {"tan", std::tan},
                                     {"asin", std::asin},  {"acos", std::acos}, {"atan", std::atan},
                                     {"exp", std::exp},    {"log", std::log},   {"log2", std::log2},
                                     {"log10", std::log10}};
constexpr ExactFunction kExact[] = {{"trunc", "truncf", std::trunc, std::trunc},
                                    {"floor", "floorf", std::floor, std::floor},
                                    {"ceil", "ceilf", std::ceil, std::ceil},
                                    {"round", "roundf", std::round, std::round},
                                    {"sqrt", "sqrtf", std::sqrt, std::sqrt}};
struct TwoArguments {
  const char* name;
  double (*of_double)(double, double);
};
constexpr TwoArguments kMathOfTwo[] = {
    {"fmod", std::fmod}, {"pow", std::pow}, {"atan2", std::atan2}};

// What compiled code may refer to outside of itself.
void define_process_symbols(llvm::orc::LLJIT& jit) {
  llvm::orc::SymbolMap symbols;
  auto add = [&](const char* name, auto* address) {
    symbols[jit.mangleAndIntern(name)] =
        ExecutorSymbolDef(ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported);
  };
#define RT(name, result, params, flags) add(#name, &::name);
#include "native/runtime_functions.def"
#undef RT
  add("tn_free_blocks", &::tn_free_blocks);
  add("tn_watching", &::tn_watching);
  add("tn_cyclic_budget", &::tn_cyclic_budget);
  add("tn_cyclic_deaths", &::tn_cyclic_deaths);
  add("__gcc_personality_v0", &__gcc_personality_v0);
  add("_Unwind_Resume", &_Unwind_Resume);
  add("memcpy", &::memcpy);
  add("memmove", &::memmove);
  add("memset", &::memset);
  add("bcmp", &::memcmp);
  add("memcmp", &::memcmp);
  for (const LibraryFunction& function : kMath) add(function.name, function.of_double);
  for (const TwoArguments& function : kMathOfTwo) add(function.name, function.of_double);
  for (const ExactFunction& function : kExact) {
    add(function.name, function.of_double);
    add(function.float_name, function.of_float);
  }
  add("fmodf", static_cast<float (*)(float, float)>(&std::fmod));
  must(jit.getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(symbols))));
}

// Those of the program's own choice.
void define_foreign_functions(llvm::orc::LLJIT& jit, const oir::Program& program) {
  std::vector<const char*> libraries;
  for (const oir::Library& library : program.libraries) libraries.push_back(library.name.c_str());
  std::set<std::string> known;
  for (const oir::Function& function : program.functions) known.insert(function.exported);
#define RT(name, result, params, flags) known.insert(#name);
#include "native/runtime_functions.def"
#undef RT
  for (const char* name : kLibraryNames) known.insert(name);
  known.insert("fmodf");
  for (const LibraryFunction& function : kMath) known.insert(function.name);
  for (const TwoArguments& function : kMathOfTwo) known.insert(function.name);
  for (const ExactFunction& function : kExact) known.insert({function.name, function.float_name});
  llvm::orc::SymbolMap symbols;
  for (const oir::Function& function : program.functions) {
    if (!function.is_foreign() || !known.insert(function.symbol).second) continue;
    void* address = tn_foreign_function(function.symbol.c_str(), libraries.data(),
                                        static_cast<uint32_t>(libraries.size()));
    TN_CHECK(address != nullptr, "a foreign function that cannot be found");
    symbols[jit.mangleAndIntern(function.symbol)] =
        ExecutorSymbolDef(ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported);
  }
  if (symbols.empty()) return;
  must(jit.getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(symbols))));
}

std::unique_ptr<llvm::orc::ObjectLayer> make_object_layer(llvm::orc::ExecutionSession& session) {
  auto layer = std::make_unique<llvm::orc::RTDyldObjectLinkingLayer>(
      session, [] { return std::make_unique<llvm::SectionMemoryManager>(); });
  // Objects define what the module does not name: the pointer to the personality function.
  layer->setAutoClaimResponsibilityForObjectSymbols(true);
  layer->setNotifyLoaded([](llvm::orc::MaterializationResponsibility&,
                            const llvm::object::ObjectFile& object,
                            const llvm::RuntimeDyld::LoadedObjectInfo& loaded) {
    add_symbols(loaded.getObjectForDebug(object));
  });
  // gdb learns of the code through its JIT interface.
  layer->registerJITEventListener(*llvm::JITEventListener::createGDBRegistrationListener());
  return layer;
}

std::unique_ptr<llvm::orc::LLJIT> make_jit(const Options& options) {
  initialise_target();
  auto machine = must(llvm::orc::JITTargetMachineBuilder::detectHost());
  machine.setCodeGenOptLevel(options.opt_level > 0 ? llvm::CodeGenOptLevel::Default
                                                   : llvm::CodeGenOptLevel::None);
  machine.setRelocationModel(llvm::Reloc::PIC_);
  machine.setCodeModel(llvm::CodeModel::Small);
  return must(
      llvm::orc::LLJITBuilder()
          .setJITTargetMachineBuilder(std::move(machine))
          .setObjectLinkingLayerCreator(
              [](llvm::orc::ExecutionSession& session,
                 const llvm::Triple&) -> llvm::Expected<std::unique_ptr<llvm::orc::ObjectLayer>> {
                return make_object_layer(session);
              })
          .create());
}

// Gives the program to the JIT, which compiles it when it is asked for.
const TnProgram* compile(llvm::orc::LLJIT& jit, const oir::Program& program,
                         const SourceMap& sources, const Options& options) {
  auto context = std::make_unique<llvm::LLVMContext>();
  auto builder = must(llvm::orc::JITTargetMachineBuilder::detectHost());
  builder.setRelocationModel(llvm::Reloc::PIC_);
  std::unique_ptr<llvm::TargetMachine> machine = must(builder.createTargetMachine());
  const Division whole;
  std::unique_ptr<llvm::Module> module =
      compile_module(program, sources, options, Part{whole, 0}, false, *machine, *context);
  module->setDataLayout(jit.getDataLayout());
  must(jit.addIRModule(llvm::orc::ThreadSafeModule(std::move(module), std::move(context))));
  return must(jit.lookup("tenure_program")).toPtr<const TnProgram*>();
}

}  // namespace

int run_jit(const oir::Program& program, const SourceMap& sources, const TnOptions& run_options,
            const Options& options) {
  std::unique_ptr<llvm::orc::LLJIT> jit = make_jit(options);
  define_process_symbols(*jit);
  define_foreign_functions(*jit, program);
  const TnProgram* compiled = nullptr;
  on_large_stack(size_of(program), [&] { compiled = compile(*jit, program, sources, options); });
  tn_set_symbolizer(&symbolize, nullptr);
  int code = tn_run(compiled, &run_options, nullptr);
  tn_set_symbolizer(nullptr, nullptr);
  forget_symbols();
  return code;
}

}  // namespace tenure::native
