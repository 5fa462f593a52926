// The few things that the cache does with files. Nothing here says why it failed: a cache that
// cannot be used is not used.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>

namespace tenure::cache {

// Closes on every way out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

// The content of a regular file. What else may be read there (a pipe, a terminal) can be read once
// only, and is left alone.
std::optional<std::string> read_regular(const std::string& path);

// Whether a path leads to nothing that a program could import: nothing at all, or a folder.
bool is_absent(const std::string& path);

bool write_all(int fd, std::string_view text);

// Puts a file of this content at `path`, all at once: who looks finds the old one or the new one.
bool replace_file(const std::string& path, const std::string& temporary, std::string_view content);

}  // namespace tenure::cache
