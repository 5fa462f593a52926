// From an object file to an executable: lld in this process, `cc` where that does not work.
#pragma once

#include <string>

namespace tenure::native {

// False, with a message in `error`, if it cannot be linked.
bool link_executable(const std::string& object, const std::string& out_path, std::string& error);

}  // namespace tenure::native
