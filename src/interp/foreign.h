// The foreign functions of a program: found once, called by their ids.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "oir/oir.h"

namespace tenure::interp {

struct ForeignFunction;

class ForeignFunctions {
 public:
  ForeignFunctions();
  ~ForeignFunctions();
  void find(const oir::Program& program);
  // What is called: the function itself, or what the program exports under its symbol.
  oir::FuncId meant(oir::FuncId func) const { return meant_[func.index()]; }
  // The arguments as 64 bits each, of which the type's are looked at; so is the result.
  uint64_t call(oir::FuncId func, std::vector<uint64_t>& args);

 private:
  std::vector<std::unique_ptr<ForeignFunction>> rows_;
  std::vector<oir::FuncId> meant_;
};

}  // namespace tenure::interp
