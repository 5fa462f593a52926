#include "cache/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace tenure::cache {

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

std::optional<std::string> read_regular(const std::string& path) {
  struct stat status{};
  // Opening a pipe waits for its writer, and says so to it: a look first.
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open() || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  std::string text;
  text.resize(static_cast<size_t>(status.st_size) + 1);  // one more shows whether it has grown
  size_t used = 0;
  while (true) {
    if (used == text.size()) text.resize(2 * text.size());
    ssize_t got = read(file.get(), text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    used += static_cast<size_t>(got);
  }
  text.resize(used);
  return text;
}

bool is_absent(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode);
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t done = write(fd, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    text.remove_prefix(static_cast<size_t>(done));
  }
  return true;
}

bool replace_file(const std::string& path, const std::string& temporary, std::string_view content) {
  bool written = false;
  {
    Descriptor file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    written = file.is_open() && write_all(file.get(), content);
  }
  if (written && rename(temporary.c_str(), path.c_str()) == 0) return true;
  unlink(temporary.c_str());
  return false;
}

}  // namespace tenure::cache
