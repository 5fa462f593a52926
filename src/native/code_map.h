// The code map of an executable: where its code comes from, for call traces (`TnCodeMap`,
// tenure_rt.h).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <llvm/Object/ObjectFile.h>

#include "native/llvm_headers.h"
#include "tenure_rt.h"

namespace tenure::native {

class CodeMap {
 public:
  // The code of an unlinked object file with debug information. It is referred to by the names of
  // its functions, so these must not be local symbols. `inlined`: whether functions may lie in
  // others.
  void add(const llvm::object::ObjectFile& object, bool inlined);
  void add(const CodeMap& other);
  // An object file that defines `tn_code_map`.
  std::string object() const;

 private:
  struct Function {
    std::string symbol;
    uint64_t size;
    uint32_t first_row, row_count;
  };
  class Reader;

  // The map but for where functions start.
  std::string bytes() const;
  static size_t row_at(size_t function) {
    return sizeof(TnCodeMap) + function * sizeof(TnCodeFunction);
  }
  uint32_t text(std::string_view text);
  uint32_t frame(const TnCodeFrame& frame);
  void row(uint32_t offset, uint32_t frame);
  void begin_function(std::string symbol, uint64_t size);
  void end_function();

  std::vector<Function> functions_;
  std::vector<TnCodeRow> rows_;
  std::vector<TnCodeFrame> frames_;
  std::string texts_;
  std::map<std::string, uint32_t, std::less<>> text_at_;
  std::map<std::tuple<uint32_t, uint32_t, uint32_t, uint32_t, uint32_t>, uint32_t> frame_ids_;
};

}  // namespace tenure::native
