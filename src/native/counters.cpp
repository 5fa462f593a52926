// `tenure build --counters`: what only the code of the program knows is counted here, before each
// instruction. Allocations, counts and deaths are counted by the runtime (runtime/counters.cpp).
#include <cstddef>

#include "native/function.h"

namespace tenure::native {

llvm::GlobalVariable* ModuleLowering::counters() {
  constexpr const char* kName = "tn_counters";
  if (llvm::GlobalVariable* known = module_->getGlobalVariable(kName)) return known;
  auto* type = llvm::ArrayType::get(i64, sizeof(TnCounters) / sizeof(uint64_t));
  return new llvm::GlobalVariable(*module_, type, false, llvm::GlobalValue::ExternalLinkage,
                                  nullptr, kName);
}

using oir::Operand;
using oir::OperandKind;
using oir::TypeKind;

void FunctionLowering::add_to_counter(size_t field, Value* times) {
  if (!module_.options.counters) return;
  Value* place = offset(module_.counters(), field);
  Value* sum = b_.CreateAdd(b_.CreateAlignedLoad(module_.i64, place, llvm::Align(8)), times);
  b_.CreateAlignedStore(sum, place, llvm::Align(8));
}

void FunctionLowering::count_operations() {
  if (!module_.options.counters) return;
  uint64_t copies = 0;
  uint64_t moves = 0;
  for (size_t i = 0; i < args().size(); ++i) {
    const Operand& operand = arg(i);
    if (operand.kind != OperandKind::Copy && operand.kind != OperandKind::Move) continue;
    oir::TypeId type = type_of(operand);
    if (types().is_plain(type)) continue;
    if (operand.kind == OperandKind::Move) ++moves;
    if (operand.kind == OperandKind::Copy && types()[type].kind != TypeKind::Ref) ++copies;
  }
  if (copies != 0) add_to_counter(offsetof(TnCounters, copies), number64(copies));
  if (moves != 0) add_to_counter(offsetof(TnCounters, moves), number64(moves));
}

}  // namespace tenure::native
