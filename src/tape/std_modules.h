// The standard modules, whose text is part of the binary (lib/tape, embedded by CMake).
#pragma once

#include <span>
#include <string_view>

namespace tenure::tape {

struct StdModule {
  std::string_view name;  // `io`
  std::string_view text;
};

std::span<const StdModule> std_modules();

// The one of this name, or null.
inline const StdModule* std_module(std::string_view name) {
  for (const StdModule& module : std_modules()) {
    if (module.name == name) return &module;
  }
  return nullptr;
}

}  // namespace tenure::tape
