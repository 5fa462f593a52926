// `tenure run` by way of the cache: the program becomes an executable there, and this process
// becomes the program. The launcher then finds it without any of this.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/source.h"
#include "cache/request.h"
#include "cache/store.h"
#include "driver/options.h"
#include "oir/oir.h"

namespace tenure::driver {

// Follows a compilation from its start: what it reads and what it prints belong to the entry.
// Without a cache, and for every other command, nothing here does anything.
class CachedRun {
 public:
  explicit CachedRun(const CommandLine& line);

  void looked_for(const std::string& path, bool found);
  void was_read(const std::string& path, std::string_view content);
  // `render` gives the diagnostics, in colours or without.
  void was_printed(const std::function<std::string(bool)>& render);

  // Makes the entry and becomes the program. Comes back if that cannot be done; nothing is said of
  // it.
  void run(const oir::Program& program, const SourceMap& sources);

 private:
  // Its name, once all is known that makes it.
  std::optional<cache::Digest> list_name() const;
  std::optional<std::string> make_entry(const oir::Program& program, const SourceMap& sources);

  const CommandLine& line_;
  std::optional<cache::Store> store_;
  std::vector<std::string> paths_;  // the main file first
  std::unordered_map<std::string, std::optional<cache::Digest>> contents_;
  bool is_complete_ = true;  // all that was read can be read again
  cache::Printed printed_;
};

// The command `cache`. Gives the exit code.
int show_cache(const CommandLine& line);

}  // namespace tenure::driver
