// The verifier, inside: what its parts share. verify.cpp checks types, verify_shape.cpp and
// verify_operands.cpp shape, verify_ownership.cpp that every owned value is consumed exactly once
// on every path.
#pragma once

#include <string>
#include <vector>

#include "oir/oir.h"
#include "oir/verify.h"

namespace tenure::oir {

class VerifyReport {
 public:
  static constexpr size_t kMost = 50;
  bool full() const { return messages_.size() >= kMost; }
  bool clean() const { return messages_.empty(); }
  size_t count() const { return messages_.size(); }
  // `in @f bb3: <instruction>: <what>`; `inst` may be null.
  void add(const Program& program, const Function& function, BlockId block, const Inst* inst,
           const std::string& what);
  void add(std::string what) {
    if (!full()) messages_.push_back(std::move(what));
  }
  std::vector<std::string> take() { return std::move(messages_); }

 private:
  std::vector<std::string> messages_;
};

void verify_types(const Program& program, VerifyReport& report);
void verify_shape(const Program& program, const Function& function, Phase phase,
                  VerifyReport& report);
// Of a function whose shape is right.
void verify_ownership(const Program& program, const Function& function, VerifyReport& report);

}  // namespace tenure::oir
