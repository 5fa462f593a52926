// Which borrowed parameters a function only reads: neither it, nor what it passes them on to,
// writes what they refer to, keeps a reference to it, or makes a pointer through which it could be
// written.
#pragma once

#include <cstddef>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

class OnlyRead {
 public:
  // Linear in the program: a parameter is looked at again once, when one that it is passed on to
  // turns out to be written.
  explicit OnlyRead(const oir::Program& program);

  bool of(oir::FuncId func, uint32_t param) const { return only_read_[func.index()][param]; }
  // Of what the call gets as operand `arg`. Nothing is known of function values.
  bool by_call(const oir::Inst& inst, size_t arg) const {
    return inst.op == oir::Op::Call && of(inst.callee, static_cast<uint32_t>(arg));
  }

 private:
  std::vector<std::vector<bool>> only_read_;  // by function and parameter, from 0
};

// The instruction does nothing but look at what operand `arg` is the address of: the bytes stay as
// they are, and no address of them is kept but a view's, which the front end keeps inside of their
// life. Calls are not asked about.
bool only_looks_at(const oir::Program& program, const oir::Function& function,
                   const oir::Inst& inst, size_t arg);

}  // namespace tenure::own
