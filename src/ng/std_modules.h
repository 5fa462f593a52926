// The standard modules, whose text is part of the binary (lib/ng/std, embedded by CMake).
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

namespace tenure::ng {

struct StdModule {
  std::string_view path;  // `std.memory`
  std::string_view text;
};

// One for each file of lib/ng/std, by name.
std::span<const StdModule> std_modules();

// The one of this path, or null.
inline const StdModule* std_module(std::string_view path) {
  auto all = std_modules();
  auto it = std::find_if(all.begin(), all.end(),
                         [&](const StdModule& module) { return module.path == path; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace tenure::ng
