#include "native/code_map.h"

#include <cstddef>

#include <unordered_map>
#include <utility>

#include <llvm/DebugInfo/DWARF/DWARFCompileUnit.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/DebugInfo/DWARF/DWARFDebugLine.h>
#include <llvm/Object/ELFObjectFile.h>

#include "base/check.h"
#include "native/data_object.h"
#include "native/symbolize.h"

namespace tenure::native {

namespace {

template <class T>
T must(llvm::Expected<T> value) {
  TN_CHECK(static_cast<bool>(value), "the object that was just made cannot be read");
  return *value;
}

// What the compiler makes on its own, and bridges between languages, have no name for call traces.
bool is_shown(const std::string& function) {
  return function != llvm::DILineInfo::BadString && !function.empty();
}

}  // namespace

uint32_t CodeMap::text(std::string_view text) {
  auto known = text_at_.find(text);
  if (known != text_at_.end()) return known->second;
  auto at = static_cast<uint32_t>(texts_.size());
  text_at_.emplace(text, at);
  texts_.append(text);
  texts_ += '\0';
  return at;
}

// 1 + the index.
uint32_t CodeMap::frame(const TnCodeFrame& frame) {
  auto [row, is_new] =
      frame_ids_.try_emplace({frame.name, frame.file, frame.line, frame.column, frame.caller},
                             static_cast<uint32_t>(frames_.size()));
  if (is_new) frames_.push_back(frame);
  return row->second + 1;
}

void CodeMap::begin_function(std::string symbol, uint64_t size) {
  functions_.push_back({std::move(symbol), size, static_cast<uint32_t>(rows_.size()), 0});
}

void CodeMap::row(uint32_t offset, uint32_t frame) {
  bool same = rows_.size() > functions_.back().first_row && rows_.back().frame == frame;
  if (!same) rows_.push_back({offset, frame});
}

void CodeMap::end_function() {
  Function& function = functions_.back();
  function.row_count = static_cast<uint32_t>(rows_.size()) - function.first_row;
  if (function.row_count == 0) functions_.pop_back();
}

// One object being read.
class CodeMap::Reader {
 public:
  Reader(CodeMap& map, const llvm::object::ObjectFile& object, bool inlined)
      : map_(map), dwarf_(llvm::DWARFContext::create(object)), inlined_(inlined) {}

  void add(const llvm::object::ELFSymbolRef& symbol) {
    uint64_t start = must(symbol.getAddress());
    uint64_t section = must(symbol.getSection())->getIndex();
    map_.begin_function(must(symbol.getName()).str(), symbol.getSize());
    if (inlined_) {
      add_inlined({start, section}, symbol.getSize());
    } else {
      add_lines({start, section}, symbol.getSize());
    }
    map_.end_function();
  }

 private:
  llvm::DIInliningInfo inlining(uint64_t address, uint64_t section) {
    return dwarf_->getInliningInfoForAddress({address, section}, kNamesAsWritten);
  }

  void add_inlined(llvm::object::SectionedAddress start, uint64_t size) {
    for (auto& [address, line] : dwarf_->getLineInfoForAddressRange(start, size, kNamesAsWritten)) {
      map_.row(static_cast<uint32_t>(address - start.Address),
               frames_of(inlining(address, start.SectionIndex)));
    }
  }

  // The innermost frame; each chain of callers is kept once.
  uint32_t frames_of(const llvm::DIInliningInfo& inlined) {
    uint32_t caller = 0;
    for (uint32_t depth = inlined.getNumberOfFrames(); depth-- > 0;) {
      const llvm::DILineInfo& line = inlined.getFrame(depth);
      if (!is_shown(line.FunctionName)) continue;
      caller = map_.frame(
          {map_.text(line.FunctionName), map_.text(line.FileName), line.Line, line.Column, caller});
    }
    return caller;
  }

  // What is in the function is the function's: the table of lines says the rest.
  void add_lines(llvm::object::SectionedAddress start, uint64_t size) {
    llvm::DIInliningInfo here = inlining(start.Address, start.SectionIndex);
    if (here.getNumberOfFrames() == 0) return;
    const std::string& name = here.getFrame(here.getNumberOfFrames() - 1).FunctionName;
    if (!is_shown(name)) return map_.row(0, 0);
    llvm::DWARFCompileUnit* unit = dwarf_->getCompileUnitForCodeAddress(start.Address);
    const llvm::DWARFDebugLine::LineTable* table = dwarf_->getLineTableForUnit(unit);
    std::vector<uint32_t> lines;
    if (table == nullptr || !table->lookupAddressRange(start, size, lines)) return;
    uint32_t name_at = map_.text(name);
    for (uint32_t index : lines) {
      const llvm::DWARFDebugLine::Row& row = table->Rows[index];
      map_.row(static_cast<uint32_t>(row.Address.Address - start.Address),
               map_.frame({name_at, file(*table, *unit, row.File), row.Line, row.Column, 0}));
    }
  }

  uint32_t file(const llvm::DWARFDebugLine::LineTable& table, llvm::DWARFCompileUnit& unit,
                uint64_t index) {
    auto [known, is_new] = files_.try_emplace(index, 0);
    if (!is_new) return known->second;
    std::string name;
    table.getFileNameByIndex(index, unit.getCompilationDir(), kNamesAsWritten.FLIKind, name);
    return known->second = map_.text(name);
  }

  CodeMap& map_;
  std::unique_ptr<llvm::DWARFContext> dwarf_;
  bool inlined_;
  std::unordered_map<uint64_t, uint32_t> files_;  // an object has one unit
};

void CodeMap::add(const llvm::object::ObjectFile& object, bool inlined) {
  Reader reader(*this, object, inlined);
  for (const llvm::object::SymbolRef& symbol : object.symbols()) {
    if (must(symbol.getType()) == llvm::object::SymbolRef::ST_Function)
      reader.add(llvm::object::ELFSymbolRef(symbol));
  }
}

void CodeMap::add(const CodeMap& other) {
  std::vector<uint32_t> frame_of(other.frames_.size() + 1, 0);
  for (size_t i = 0; i < other.frames_.size(); ++i) {  // callers come first
    TnCodeFrame row = other.frames_[i];
    row.name = text(other.texts_.data() + row.name);
    row.file = text(other.texts_.data() + row.file);
    row.caller = frame_of[row.caller];
    frame_of[i + 1] = frame(row);
  }
  for (const Function& function : other.functions_) {
    begin_function(function.symbol, function.size);
    for (uint32_t i = 0; i < function.row_count; ++i) {
      const TnCodeRow& from = other.rows_[function.first_row + i];
      row(from.offset, frame_of[from.frame]);
    }
    end_function();
  }
}

std::string CodeMap::bytes() const {
  TnCodeMap header{};
  header.function_count = static_cast<uint32_t>(functions_.size());
  header.rows = static_cast<uint32_t>(row_at(functions_.size()));
  header.frames = static_cast<uint32_t>(header.rows + rows_.size() * sizeof(TnCodeRow));
  header.texts = static_cast<uint32_t>(header.frames + frames_.size() * sizeof(TnCodeFrame));
  std::string out;
  append(out, &header, 1);
  for (const Function& function : functions_) {
    TnCodeFunction row{0, static_cast<uint32_t>(function.size), function.first_row,
                       function.row_count};
    append(out, &row, 1);
  }
  append(out, rows_.data(), rows_.size());
  append(out, frames_.data(), frames_.size());
  return out + texts_;
}

std::string CodeMap::object() const {
  DataObject object("tn_code_map", bytes());
  for (size_t i = 0; i < functions_.size(); ++i) {
    object.refer(row_at(i) + offsetof(TnCodeFunction, start), functions_[i].symbol);
  }
  return object.finish();
}

}  // namespace tenure::native
