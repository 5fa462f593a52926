// A run whose executable can be kept, and what names it.
//
// Two steps lead from a request to an entry, since only a compiler knows which files a program
// wants. The *list* of a request, named by everything that is known before (who compiles, the
// options, the main file), has the paths that were looked for as it was compiled. The *entry* is
// named by the name of the list and by what lies at each of these paths now, nothing included: so a
// file that appears where an import was looked for in vain makes another entry, like one that
// changed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cache/hash.h"

namespace tenure::cache {

struct Request {
  std::string file;  // as it was written: messages name it
  std::vector<std::string> import_paths;
  int opt_level = 2;
  uint32_t check_memory = 1;
  bool is_tape = false;  // called by the name `tape`
};

// Who compiles: the build id that the linker gave to the executable at this path, and the
// runtime library that it links. Nothing: it has none.
std::optional<Digest> compiler_identity(const std::string& compiler);

// libtenure_rt.a as the compiler at this path finds it.
std::string runtime_library(const std::string& compiler);

Digest list_name(const Request& request, const Digest& compiler, const Digest& main_file);

// What lies at the paths of a list.
class Lookups {
 public:
  explicit Lookups(const Digest& list) { hasher_.digest(list); }
  // `content`: nothing is there.
  void add(const std::string& path, const std::optional<Digest>& content);
  Digest entry_name() { return hasher_.finish(); }

 private:
  Hasher hasher_;
};

}  // namespace tenure::cache
