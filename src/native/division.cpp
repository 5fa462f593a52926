#include "native/division.h"

#include <algorithm>
#include <cstdlib>

namespace tenure::native {

using oir::FuncId;

namespace {

// What is compiled in about half a second; more, if it is optimised, so that calls stay within a
// part. Each part costs the declarations of the whole program again.
constexpr size_t kPartSize = 60'000;
constexpr size_t kOptimisedPartSize = 4 * kPartSize;
constexpr size_t kMostParts = 32;
// What LLVM may inline, in instructions of OIR: of what a part calls itself, and of what its copies
// call.
constexpr size_t kCopied[] = {40, 20, 10};

// TENURE_PART_SIZE=N says another one, so that small programs can show what parts do.
size_t wanted_part_size(bool optimises) {
  const char* text = std::getenv("TENURE_PART_SIZE");
  size_t size = text == nullptr ? 0 : std::strtoul(text, nullptr, 10);
  if (size != 0) return size;
  return optimises ? kOptimisedPartSize : kPartSize;
}

size_t size_of(const oir::Function& function) {
  size_t size = 1;
  for (const oir::Block& block : function.blocks) size += block.insts.size();
  return size;
}

size_t size_of_code(const oir::Program& program) {
  size_t total = 0;
  for (const oir::Function& function : program.functions) total += size_of(function);
  return total;
}

bool is_small(const oir::Function& function, size_t depth) {
  return !function.is_foreign() && size_of(function) <= kCopied[depth];
}

template <class See>
void for_each_call(const oir::Function& function, See&& see) {
  for (const oir::Block& block : function.blocks) {
    for (const oir::Inst& inst : block.insts) {
      if (inst.op == oir::Op::Call) see(inst.callee);
    }
  }
}

}  // namespace

size_t size_of(const oir::Program& program) {
  return size_of_code(program) + program.types.size();
}

Division::Division(const oir::Program& program, const Options& options)
    : optimises_(options.opt_level > 0) {
  const size_t part_size = wanted_part_size(optimises_);
  const size_t total = size_of_code(program);
  parts_ = static_cast<uint32_t>(std::clamp<size_t>(total / part_size, 1, kMostParts));
  if (parts_ == 1) return;
  // Neighbours stay together: they call each other most.
  size_t before = 0;
  for (const oir::Function& function : program.functions) {
    part_of_.push_back(static_cast<uint32_t>(before * parts_ / total));
    before += size_of(function);
  }
  if (optimises_) find_local(program);
}

// Calls are the only way to refer to a local function, and none of them may be copied to another
// part. The runtime and C know their functions by other ways.
void Division::find_local(const oir::Program& program) {
  is_local_.assign(program.functions.size(), true);
  is_local_[program.start.index()] = false;
  for (size_t index = 0; index < program.functions.size(); ++index) {
    const oir::Function& function = program.functions[index];
    if (function.is_drop || function.is_foreign() || !function.exported.empty()) {
      is_local_[index] = false;
    }
    bool may_be_copied = is_small(function, 0);
    for_each_call(function, [&](FuncId callee) {
      if (may_be_copied || part_of(callee) != part_of_[index]) is_local_[callee.index()] = false;
    });
    for (const oir::Operand& operand : function.operands) {
      bool is_value =
          operand.kind == oir::OperandKind::Const && operand.constant.kind == oir::ConstKind::Func;
      if (is_value) is_local_[operand.constant.bits] = false;
    }
  }
}

std::vector<FuncId> Division::copies_in(const oir::Program& program, uint32_t part) const {
  std::vector<FuncId> copies;
  if (parts_ == 1 || !optimises_) return copies;
  std::vector<bool> found(program.functions.size());
  auto look_at = [&](const oir::Function& function, size_t depth) {
    for_each_call(function, [&](FuncId callee) {
      if (part_of(callee) == part || found[callee.index()]) return;
      if (!is_small(program[callee], depth)) return;
      found[callee.index()] = true;
      copies.push_back(callee);
    });
  };
  for (size_t index = 0; index < program.functions.size(); ++index) {
    if (part_of_[index] == part) look_at(program.functions[index], 0);
  }
  size_t begin = 0;
  for (size_t depth = 1; depth < std::size(kCopied); ++depth) {
    size_t end = copies.size();
    for (; begin < end; ++begin) look_at(program[copies[begin]], depth);
  }
  return copies;
}

}  // namespace tenure::native
