// From object files to an executable: lld in this process, `cc` where that does not work.
#pragma once

#include <string>
#include <vector>

namespace tenure::native {

struct LinkInput {
  std::vector<std::string> objects;
  std::vector<std::string> libraries;  // as `-l` has them
  std::vector<std::string> exported;   // symbols that the executable offers
  bool strip = false;                  // without DWARF
  // Nothing is referred to but the runtime, and what compiled code wants of C's library.
  bool wants_only_runtime = false;
  bool counters = false;  // with the runtime that counts
};

// Links the object files with the runtime. False, with a message in `error`, if that cannot be
// done.
bool link_executable(const LinkInput& input, const std::string& out_path, std::string& error);

}  // namespace tenure::native
