// From object files to an executable: lld in this process, `cc` where that does not work.
#pragma once

#include <string>
#include <vector>

namespace tenure::native {

// Links the object files with the runtime. False, with a message in `error`, if that cannot be
// done.
bool link_executable(const std::vector<std::string>& objects, const std::string& out_path,
                     std::string& error);

}  // namespace tenure::native
