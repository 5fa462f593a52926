#include "native/division.h"

#include <algorithm>

namespace tenure::native {

namespace {

// What is compiled in about half a second. Each part costs the declarations of the whole program
// again.
constexpr size_t kPartSize = 60'000;
constexpr size_t kMostParts = 32;

size_t size_of(const oir::Function& function) {
  size_t size = 1;
  for (const oir::Block& block : function.blocks) size += block.insts.size();
  return size;
}

}  // namespace

Division::Division(const oir::Program& program, const Options& options) {
  // What is inlined, and where, needs all of it in one module.
  if (options.opt_level > 0) return;
  size_t total = 0;
  for (const oir::Function& function : program.functions) total += size_of(function);
  parts_ = static_cast<uint32_t>(std::clamp<size_t>(total / kPartSize, 1, kMostParts));
  if (parts_ == 1) return;
  // Neighbours stay together: they call each other most.
  size_t before = 0;
  for (const oir::Function& function : program.functions) {
    part_of_.push_back(static_cast<uint32_t>(before * parts_ / total));
    before += size_of(function);
  }
}

}  // namespace tenure::native
