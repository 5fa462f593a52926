#include "native/code_map.h"

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Object/ELFObjectFile.h>

#include "base/check.h"
#include "native/symbolize.h"
#include "tenure_rt.h"

namespace tenure::native {

namespace {

using llvm::Constant;

class CodeMap {
 public:
  void add(llvm::DWARFContext& dwarf, const llvm::object::ELFSymbolRef& symbol);
  std::unique_ptr<llvm::Module> write(llvm::LLVMContext& context) const;

 private:
  struct Function {
    std::string symbol;
    uint64_t size;
    uint32_t first_row, row_count;
  };

  uint32_t text(const std::string& text);
  uint32_t frames_of(const llvm::DIInliningInfo& inlined);

  std::vector<Function> functions_;
  std::vector<TnCodeRow> rows_;
  std::vector<TnCodeFrame> frames_;
  std::string texts_;
  std::map<std::string, uint32_t> text_at_;
  std::map<std::tuple<uint32_t, uint32_t, uint32_t, uint32_t, uint32_t>, uint32_t> frame_ids_;
};

template <class T>
T must(llvm::Expected<T> value) {
  TN_CHECK(static_cast<bool>(value), "the object that was just made cannot be read");
  return *value;
}

uint32_t CodeMap::text(const std::string& text) {
  auto [row, is_new] = text_at_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
  if (is_new) texts_.append(text.c_str(), text.size() + 1);
  return row->second;
}

// The innermost frame, 1 + its index; each chain of callers is kept once.
uint32_t CodeMap::frames_of(const llvm::DIInliningInfo& inlined) {
  uint32_t caller = 0;
  for (uint32_t depth = inlined.getNumberOfFrames(); depth-- > 0;) {
    const llvm::DILineInfo& line = inlined.getFrame(depth);
    bool is_shown =
        line.FunctionName != llvm::DILineInfo::BadString && !line.FunctionName.empty();
    if (!is_shown) continue;
    TnCodeFrame frame = {text(line.FunctionName), text(line.FileName), line.Line, line.Column,
                         caller};
    auto [row, is_new] =
        frame_ids_.try_emplace({frame.name, frame.file, frame.line, frame.column, frame.caller},
                               static_cast<uint32_t>(frames_.size()));
    if (is_new) frames_.push_back(frame);
    caller = row->second + 1;
  }
  return caller;
}

void CodeMap::add(llvm::DWARFContext& dwarf, const llvm::object::ELFSymbolRef& symbol) {
  uint64_t start = must(symbol.getAddress());
  uint64_t section = must(symbol.getSection())->getIndex();
  Function function = {must(symbol.getName()).str(), symbol.getSize(),
                       static_cast<uint32_t>(rows_.size()), 0};
  for (auto& [address, line] :
       dwarf.getLineInfoForAddressRange({start, section}, function.size, kNamesAsWritten)) {
    uint32_t frame =
        frames_of(dwarf.getInliningInfoForAddress({address, section}, kNamesAsWritten));
    bool same = rows_.size() > function.first_row && rows_.back().frame == frame;
    if (!same) rows_.push_back({static_cast<uint32_t>(address - start), frame});
  }
  function.row_count = static_cast<uint32_t>(rows_.size()) - function.first_row;
  if (function.row_count > 0) functions_.push_back(std::move(function));
}

std::unique_ptr<llvm::Module> CodeMap::write(llvm::LLVMContext& context) const {
  auto module = std::make_unique<llvm::Module>("code map", context);
  llvm::Type* i8 = llvm::Type::getInt8Ty(context);
  llvm::Type* i32 = llvm::Type::getInt32Ty(context);
  llvm::Type* i64 = llvm::Type::getInt64Ty(context);
  auto number = [&](uint64_t value) { return llvm::ConstantInt::get(i32, value); };
  auto words = [&](const void* data, size_t bytes) {
    const auto* first = static_cast<const uint32_t*>(data);
    return llvm::ConstantDataArray::get(context, llvm::ArrayRef(first, bytes / sizeof *first));
  };
  size_t rows = sizeof(TnCodeMap) + functions_.size() * sizeof(TnCodeFunction);
  size_t frames = rows + rows_.size() * sizeof(TnCodeRow);
  size_t texts = frames + frames_.size() * sizeof(TnCodeFrame);
  auto* type = llvm::StructType::get(
      i32, i32, i32, i32, llvm::ArrayType::get(i32, functions_.size() * 4),
      llvm::ArrayType::get(i32, rows_.size() * 2), llvm::ArrayType::get(i32, frames_.size() * 5),
      llvm::ArrayType::get(i8, texts_.size()));
  auto* map = new llvm::GlobalVariable(*module, type, true, llvm::GlobalValue::ExternalLinkage,
                                       nullptr, "tn_code_map");
  map->setVisibility(llvm::GlobalValue::HiddenVisibility);
  std::vector<Constant*> table;
  for (const Function& function : functions_) {
    auto* code = llvm::cast<llvm::GlobalVariable>(module->getOrInsertGlobal(function.symbol, i8));
    code->setVisibility(llvm::GlobalValue::HiddenVisibility);
    Constant* here = llvm::ConstantExpr::getInBoundsGetElementPtr(
        type, map, llvm::ArrayRef<Constant*>{number(0), number(4), number(table.size())});
    Constant* distance = llvm::ConstantExpr::getSub(llvm::ConstantExpr::getPtrToInt(code, i64),
                                                    llvm::ConstantExpr::getPtrToInt(here, i64));
    table.push_back(llvm::ConstantExpr::getTrunc(distance, i32));
    for (uint64_t value :
         {function.size, uint64_t{function.first_row}, uint64_t{function.row_count}})
      table.push_back(number(value));
  }
  map->setInitializer(llvm::ConstantStruct::get(
      type, {number(functions_.size()), number(rows), number(frames), number(texts),
             llvm::ConstantArray::get(llvm::ArrayType::get(i32, table.size()), table),
             words(rows_.data(), rows_.size() * sizeof(TnCodeRow)),
             words(frames_.data(), frames_.size() * sizeof(TnCodeFrame)),
             llvm::ConstantDataArray::getString(context, texts_, false)}));
  return module;
}

}  // namespace

std::unique_ptr<llvm::Module> make_code_map(const llvm::object::ObjectFile& object,
                                            llvm::LLVMContext& context) {
  std::unique_ptr<llvm::DWARFContext> dwarf = llvm::DWARFContext::create(object);
  CodeMap map;
  for (const llvm::object::SymbolRef& symbol : object.symbols()) {
    if (must(symbol.getType()) == llvm::object::SymbolRef::ST_Function)
      map.add(*dwarf, llvm::object::ELFSymbolRef(symbol));
  }
  return map.write(context);
}

}  // namespace tenure::native
