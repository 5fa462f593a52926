// The folder of the cache: lists and entries (request.h), each a file that appears all at once.
//
//   l-<name>  a list: the paths, and a checksum
//   e-<name>  an entry: an executable, behind it what its compilation printed, and a checksum
//   t-…       something that is being written
//   size      how many bytes lists and entries take, about; `lock` is held while it changes
//
// What is damaged, cannot be read or cannot be written is as if it were not there. The folder is
// its user's alone, since what lies in it is run. A file is as old as its last use; when all take
// more than the limit the oldest go, until they take three quarters of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/hash.h"

namespace tenure::cache {

// What a compilation printed to standard error, in both ways that a run may ask for.
struct Printed {
  std::string plain;
  std::string colored;
};

class Store {
 public:
  // $XDG_CACHE_HOME/tenure, or ~/.cache/tenure. Empty: neither variable names a place.
  static std::string place();
  // In bytes; 0: there shall be no cache. TENURE_CACHE_MIB says it, else it is 512 MiB.
  static uint64_t limit();

  // The one at place(). Nothing, if there is none, or it belongs to somebody else. With `create` it
  // is made, if it can be written; without it is only read.
  static std::optional<Store> open(bool create);

  std::optional<std::vector<std::string>> list(const Digest& name) const;
  void put_list(const Digest& name, const std::vector<std::string>& paths);

  // The path of an entry that is whole, marked as used now.
  std::optional<std::string> entry(const Digest& name, Printed& printed) const;
  // Where an executable can be written to become an entry.
  std::string new_file() const;
  // Makes the executable `file` (of new_file) an entry, or deletes it. Gives the entry's path.
  std::optional<std::string> put_entry(const Digest& name, const std::string& file,
                                       const Printed& printed);

  struct Contents {
    uint64_t entries = 0;
    uint64_t bytes = 0;
  };
  Contents contents() const;
  Contents clear();

 private:
  explicit Store(std::string folder) : folder_(std::move(folder)) {}
  std::string path(char kind, const Digest& name) const;
  void count(uint64_t bytes);
  uint64_t remove_oldest(uint64_t wanted) const;

  std::string folder_;
};

}  // namespace tenure::cache
