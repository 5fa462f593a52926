// Foreign functions, called through libffi.
#include <ffi.h>

#include <cstring>
#include <unordered_map>

#include "base/check.h"
#include "interp/foreign.h"
#include "tenure_rt.h"

namespace tenure::interp {

using oir::TypeKind;

struct ForeignFunction {
  void (*address)() = nullptr;
  ffi_cif interface;
  bool may_print = true;
  std::vector<ffi_type*> params;  // the interface points to them
};

namespace {

ffi_type* ffi_type_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::Unit:
      return &ffi_type_void;
    case TypeKind::I8:
      return &ffi_type_sint8;
    case TypeKind::I16:
      return &ffi_type_sint16;
    case TypeKind::I32:
      return &ffi_type_sint32;
    case TypeKind::I64:
      return &ffi_type_sint64;
    case TypeKind::Bool:
    case TypeKind::U8:
      return &ffi_type_uint8;
    case TypeKind::U16:
      return &ffi_type_uint16;
    case TypeKind::U32:
      return &ffi_type_uint32;
    case TypeKind::U64:
      return &ffi_type_uint64;
    case TypeKind::F32:
      return &ffi_type_float;
    case TypeKind::F64:
      return &ffi_type_double;
    case TypeKind::Pointer:
      return &ffi_type_pointer;
    default:
      TN_UNREACHABLE("what no foreign function takes");
  }
}

}  // namespace

ForeignFunctions::ForeignFunctions() = default;
ForeignFunctions::~ForeignFunctions() = default;

void ForeignFunctions::find(const oir::Program& program) {
  std::vector<const char*> libraries;
  for (const oir::Library& library : program.libraries) libraries.push_back(library.name.c_str());
  rows_.resize(program.functions.size());
  std::unordered_map<std::string, oir::FuncId> exported;
  for (size_t i = 0; i < program.functions.size(); ++i) {
    meant_.push_back(oir::FuncId{i});
    const std::string& name = program.functions[i].exported;
    if (!name.empty()) exported[name] = oir::FuncId{i};
  }
  for (size_t i = 0; i < program.functions.size(); ++i) {
    const oir::Function& function = program.functions[i];
    if (!function.is_foreign()) continue;
    if (auto own = exported.find(function.symbol); own != exported.end()) {
      meant_[i] = own->second;
      continue;
    }
    auto row = std::make_unique<ForeignFunction>();
    void* address = tn_foreign_function(function.symbol.c_str(), libraries.data(),
                                        static_cast<uint32_t>(libraries.size()));
    TN_CHECK(address != nullptr, "a foreign function that cannot be found");
    std::memcpy(&row->address, &address, sizeof address);
    row->may_print = !oir::is_numeric_function(program, function);
    for (uint32_t p = 1; p <= function.params; ++p) {
      row->params.push_back(ffi_type_of(program.types[function.locals[p].type].kind));
    }
    ffi_status status =
        ffi_prep_cif(&row->interface, FFI_DEFAULT_ABI, function.params,
                     ffi_type_of(program.types[function.result_type()].kind), row->params.data());
    TN_CHECK(status == FFI_OK, "libffi refuses a foreign function");
    rows_[i] = std::move(row);
  }
}

uint64_t ForeignFunctions::call(oir::FuncId func, std::vector<uint64_t>& args) {
  ForeignFunction& row = *rows_[func.index()];
  if (row.may_print) tn_before_foreign();
  std::vector<void*> places;
  for (uint64_t& arg : args) places.push_back(&arg);  // little endian: the low bytes come first
  ffi_arg result = 0;  // at least as wide as a register: narrow results are widened into it
  ffi_call(&row.interface, row.address, &result, places.data());
  return result;
}

}  // namespace tenure::interp
