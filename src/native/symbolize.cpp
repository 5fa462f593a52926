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

// The section of code that holds the address. DWARF of an unlinked object counts within sections.
uint64_t section_of(const llvm::object::ObjectFile& object, uint64_t address) {
  for (const llvm::object::SectionRef& section : object.sections()) {
    if (!section.isText() || address < section.getAddress()) continue;
    if (address - section.getAddress() < section.getSize()) return section.getIndex();
  }
  return llvm::object::SectionedAddress::UndefSection;
}

// A function without a name is in no call trace.
bool is_shown(const llvm::DILineInfo& line) {
  return line.FunctionName != llvm::DILineInfo::BadString && !line.FunctionName.empty();
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

bool symbolize(uintptr_t pc, uint32_t depth, const char** name, TnSite* site, void*) {
  for (Code& code : all_code()) {
    const llvm::object::ObjectFile& object = *code.object.getBinary();
    uint64_t section = section_of(object, pc);
    if (section == llvm::object::SectionedAddress::UndefSection) continue;
    if (!code.dwarf) code.dwarf = llvm::DWARFContext::create(object);
    llvm::DIInliningInfo frames =
        code.dwarf->getInliningInfoForAddress({pc, section}, kNamesAsWritten);
    uint32_t at = 0;
    while (at < frames.getNumberOfFrames() && (!is_shown(frames.getFrame(at)) || depth-- > 0)) ++at;
    if (at == frames.getNumberOfFrames()) return false;
    const llvm::DILineInfo& line = frames.getFrame(at);
    *name = keep(line.FunctionName);
    *site = {keep(line.FileName), line.Line, line.Column};
    return true;
  }
  return false;
}

}  // namespace tenure::native
