// The standard modules, whose text is part of the binary (lib/ng/std, embedded by CMake).
#pragma once

#include <span>
#include <string_view>

namespace tenure::ng {

struct StdModule {
  std::string_view path;  // `std.memory`
  std::string_view text;
};

// The prelude first.
std::span<const StdModule> std_modules();

}  // namespace tenure::ng
