#include "native/symbolize.h"

#include <deque>
#include <memory>
#include <string>

#include <llvm/DebugInfo/DWARF/DWARFContext.h>

namespace tenure::native {

namespace {

struct Code {
  llvm::object::OwningBinary<llvm::object::ObjectFile> object;
  std::unique_ptr<llvm::DWARFContext> dwarf;
};
std::deque<Code>& all_code() {
  static std::deque<Code> code;
  return code;
}
// What was given out as `const char*`.
std::deque<std::string>& texts() {
  static std::deque<std::string> kept;
  return kept;
}
const char* keep(const std::string& text) {
  texts().push_back(text);
  return texts().back().c_str();
}

}  // namespace

void add_symbols(llvm::object::OwningBinary<llvm::object::ObjectFile> object) {
  if (object.getBinary() == nullptr) return;
  all_code().push_back({std::move(object), nullptr});
}

void forget_symbols() {
  all_code().clear();
  texts().clear();
}

bool symbolize(uintptr_t pc, const char** name, TnSite* site, void*) {
  for (Code& code : all_code()) {
    if (!code.dwarf) code.dwarf = llvm::DWARFContext::create(*code.object.getBinary());
    llvm::DILineInfoSpecifier wanted(llvm::DILineInfoSpecifier::FileLineInfoKind::RawValue,
                                     llvm::DINameKind::ShortName);
    llvm::DILineInfo line = code.dwarf->getLineInfoForAddress(
        {pc, llvm::object::SectionedAddress::UndefSection}, wanted);
    if (line.FunctionName == llvm::DILineInfo::BadString || line.Line == 0) continue;
    *name = keep(line.FunctionName);
    *site = {keep(line.FileName), line.Line, line.Column};
    return true;
  }
  return false;
}

}  // namespace tenure::native
