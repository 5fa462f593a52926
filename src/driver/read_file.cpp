#include "driver/read_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/utf8.h"

namespace tenure::driver {
namespace {

// Closes on every way out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Reads all of `fd` and sets errno to 0, or to why not; EFBIG if it is too large.
std::string read_all(int fd, size_t expected) {
  std::string text;
  text.resize(expected + 1);
  size_t used = 0;
  while (true) {
    if (used == text.size()) text.resize(text.size() * 2);
    ssize_t got = read(fd, text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {};
    if (got == 0) break;
    used += static_cast<size_t>(got);
    if (used > kMaxSourceBytes) {
      errno = EFBIG;
      return {};
    }
  }
  text.resize(used);
  errno = 0;
  return text;
}

void report_unreadable(const std::string& path, const char* why, DiagnosticSink& sink) {
  sink.report(DiagKind::FileUnreadable, {}, fmt::format("cannot read `{}`: {}", path, why));
}

void report_too_large(const std::string& path, DiagnosticSink& sink) {
  sink.report(DiagKind::FileTooLarge, {},
              fmt::format("`{}` is too large: a source file has at most 4 GiB", path));
}

// Reports the first byte that cannot be in a source text.
bool check_text(FileId id, const SourceMap& sources, DiagnosticSink& sink) {
  std::string_view text = sources.file(id).text();
  size_t nul = text.find('\0');
  size_t invalid = find_invalid_utf8(text);
  size_t at = std::min(nul, invalid);
  if (at == std::string_view::npos) return true;
  auto offset = static_cast<uint32_t>(at);
  sink.report(DiagKind::InvalidUtf8, {id, offset, offset + 1},
              at == nul ? std::string("not a text file: it has a zero byte here")
                        : fmt::format("not UTF-8: byte 0x{:02X} cannot stand here",
                                      static_cast<uint8_t>(text[at])));
  return false;
}

}  // namespace

FileId read_source(const std::string& path, SourceMap& sources, DiagnosticSink& sink,
                   const std::function<void(std::string_view)>& raw) {
  Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (fd.get() < 0 || fstat(fd.get(), &status) != 0) {
    report_unreadable(path, std::strerror(errno), sink);
    return {};
  }
  if (S_ISDIR(status.st_mode)) {
    report_unreadable(path, "it is a directory", sink);
    return {};
  }
  auto size = static_cast<uint64_t>(std::max<off_t>(status.st_size, 0));
  if (size > kMaxSourceBytes) {
    report_too_large(path, sink);
    return {};
  }
  std::string text = read_all(fd.get(), size);
  if (errno != 0) {
    if (errno == EFBIG)
      report_too_large(path, sink);
    else
      report_unreadable(path, std::strerror(errno), sink);
    return {};
  }
  if (raw) raw(text);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  FileId id = sources.add(path, std::move(text));
  return check_text(id, sources, sink) ? id : FileId{};
}

bool is_file(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

std::vector<std::string> names_in_folder(const std::string& path) {
  std::vector<std::string> out;
  DIR* folder = opendir(path.empty() ? "." : path.c_str());
  if (folder == nullptr) return out;
  while (const dirent* entry = readdir(folder)) out.emplace_back(entry->d_name);
  closedir(folder);
  return out;
}

}  // namespace tenure::driver
