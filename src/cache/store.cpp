#include "cache/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "cache/files.h"

namespace tenure::cache {
namespace {

constexpr char kMagic[8] = {'t', 'e', 'n', 'u', 'r', 'e', ' ', '1'};
constexpr uint64_t kMib = 1 << 20;
constexpr uint64_t kDefaultMib = 512;
constexpr time_t kAbandoned = 3600;  // seconds after which nobody writes a `t-` file any more
constexpr int kLockTries = 50;       // of a millisecond each

// The end of an entry.
struct Trailer {
  uint64_t executable_size;
  uint64_t plain_size;
  uint64_t colored_size;
  uint64_t checksum;  // of everything before this word
  char magic[8];
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return true;
  if (errno != ENOENT) return false;
  size_t slash = path.rfind('/');
  if (slash == 0 || slash == std::string::npos) return false;
  return make_folder(path.substr(0, slash)) && (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST);
}

// A file of the cache, with what is to be known of it when room is made.
struct Row {
  std::string path;
  char kind;  // its first letter
  timespec used;
  uint64_t size;
};

std::vector<Row> rows_of(const std::string& folder) {
  std::vector<Row> out;
  DIR* directory = opendir(folder.c_str());
  if (directory == nullptr) return out;
  while (const dirent* found = readdir(directory)) {
    const char* name = found->d_name;
    if (name[0] == '\0' || std::strchr("elt", name[0]) == nullptr || name[1] != '-') continue;
    Row row{folder + "/" + name, name[0], {}, 0};
    struct stat status{};
    if (lstat(row.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    row.used = status.st_mtim;
    row.size = static_cast<uint64_t>(status.st_size);
    out.push_back(std::move(row));
  }
  closedir(directory);
  return out;
}

bool is_abandoned(const Row& row) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return row.kind == 't' && row.used.tv_sec + kAbandoned < now.tv_sec;
}

// What changes the count of all holds it; without, if another process does not let go.
class Lock {
 public:
  explicit Lock(const std::string& folder)
      : file_(::open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    for (int i = 0; i < kLockTries && file_.is_open() && !held_; ++i) {
      held_ = flock(file_.get(), LOCK_EX | LOCK_NB) == 0;
      const timespec millisecond{0, 1'000'000};
      if (!held_) nanosleep(&millisecond, nullptr);
    }
  }
  bool held() const { return held_; }

 private:
  Descriptor file_;
  bool held_ = false;
};

// A file's bytes, in memory while this lives.
class Mapping {
 public:
  Mapping(int fd, size_t size)
      : size_(size), bytes_(mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0)) {}
  ~Mapping() {
    if (is_there()) munmap(bytes_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  bool is_there() const { return bytes_ != MAP_FAILED; }
  std::string_view text() const { return {static_cast<const char*>(bytes_), size_}; }

 private:
  size_t size_;
  void* bytes_;
};

// What an entry printed, if all of it is as it was written.
bool read_trailer(std::string_view all, Printed& printed) {
  Trailer trailer;
  if (all.size() < sizeof trailer) return false;
  std::memcpy(&trailer, all.data() + all.size() - sizeof trailer, sizeof trailer);
  if (std::memcmp(trailer.magic, kMagic, sizeof kMagic) != 0) return false;
  size_t summed = all.size() - sizeof trailer + offsetof(Trailer, checksum);
  if (checksum(all.data(), summed) != trailer.checksum) return false;
  printed.plain = all.substr(trailer.executable_size, trailer.plain_size);
  printed.colored = all.substr(trailer.executable_size + trailer.plain_size, trailer.colored_size);
  return true;
}

// Makes the executable an entry. Gives the size of all; 0: it could not be written.
uint64_t add_trailer(int fd, const Printed& printed) {
  struct stat status{};
  if (fchmod(fd, 0700) != 0 || fstat(fd, &status) != 0) return 0;
  Trailer trailer{
      static_cast<uint64_t>(status.st_size), printed.plain.size(), printed.colored.size(), 0, {}};
  std::memcpy(trailer.magic, kMagic, sizeof kMagic);
  const std::string_view words(reinterpret_cast<const char*>(&trailer), sizeof trailer);
  constexpr size_t kSummed = offsetof(Trailer, checksum);
  if (lseek(fd, 0, SEEK_END) != status.st_size) return 0;
  std::string text = printed.plain + printed.colored;
  text += words.substr(0, kSummed);
  if (!write_all(fd, text)) return 0;
  size_t size = static_cast<size_t>(status.st_size) + text.size();
  Mapping mapping(fd, size);
  if (!mapping.is_there()) return 0;
  trailer.checksum = checksum(mapping.text().data(), size);
  return write_all(fd, words.substr(kSummed)) ? size + words.size() - kSummed : 0;
}

// In place: to replace a file by another makes some file systems write the new one to the disk at
// once. Always as many digits, so nothing of an older number is left.
void write_size(const std::string& path, uint64_t size) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  Descriptor file(::open(path.c_str(), kFlags, 0600));
  std::string digits = std::to_string(size);
  digits.insert(0, 20 - digits.size(), '0');
  if (file.is_open()) write_all(file.get(), digits + "\n");
}

}  // namespace

std::string Store::place() {
  std::string base = variable("XDG_CACHE_HOME");
  if (!base.starts_with('/')) {  // a relative one is to be ignored, says its specification
    base = variable("HOME");
    if (!base.starts_with('/')) return {};
    base += "/.cache";
  }
  return base + "/tenure";
}

uint64_t Store::limit() {
  std::string text = variable("TENURE_CACHE_MIB");
  char* end = nullptr;
  uint64_t number = std::strtoull(text.c_str(), &end, 10);
  bool is_number = !text.empty() && *end == '\0' && text[0] != '-' && number < (1 << 24);
  return (is_number ? number : kDefaultMib) * kMib;
}

std::optional<Store> Store::open(bool create) {
  std::string folder = place();
  if (folder.empty() || limit() == 0) return std::nullopt;
  if (create && !make_folder(folder)) return std::nullopt;
  struct stat status{};
  if (stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return std::nullopt;
  if (status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return std::nullopt;
  }
  if (create) {
    struct statvfs mounted{};
    if (access(folder.c_str(), W_OK | X_OK) != 0) return std::nullopt;
    if (statvfs(folder.c_str(), &mounted) != 0 || (mounted.f_flag & ST_NOEXEC) != 0) {
      return std::nullopt;
    }
  }
  return Store(std::move(folder));
}

std::string Store::path(char kind, const Digest& name) const {
  return folder_ + "/" + kind + "-" + name.hex();
}

std::string Store::new_file() const {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return folder_ + "/t-" + std::to_string(getpid()) + "-" + std::to_string(now.tv_sec) + "-" +
         std::to_string(now.tv_nsec);
}

// A list is its paths, each with a zero byte behind it, and their checksum.
std::optional<std::vector<std::string>> Store::list(const Digest& name) const {
  std::string file = path('l', name);
  std::optional<std::string> text = read_regular(file);
  uint64_t sum = 0;
  if (!text || text->size() < sizeof sum) return std::nullopt;
  size_t size = text->size() - sizeof sum;
  std::memcpy(&sum, text->data() + size, sizeof sum);
  if (checksum(text->data(), size) != sum) return std::nullopt;
  std::vector<std::string> paths;
  for (size_t at = 0; at < size;) {
    paths.emplace_back(text->c_str() + at);
    at += paths.back().size() + 1;
  }
  utimensat(AT_FDCWD, file.c_str(), nullptr, 0);
  return paths;
}

void Store::put_list(const Digest& name, const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text.append(path.c_str(), path.size() + 1);
  uint64_t sum = checksum(text.data(), text.size());
  text.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  if (replace_file(path('l', name), new_file(), text)) count(text.size());
}

std::optional<std::string> Store::entry(const Digest& name, Printed& printed) const {
  std::string file = path('e', name);
  Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status{};
  if (!opened.is_open() || fstat(opened.get(), &status) != 0 || status.st_size <= 0) {
    return std::nullopt;
  }
  Mapping mapping(opened.get(), static_cast<size_t>(status.st_size));
  if (!mapping.is_there() || !read_trailer(mapping.text(), printed)) return std::nullopt;
  futimens(opened.get(), nullptr);
  return file;
}

std::optional<std::string> Store::put_entry(const Digest& name, const std::string& file,
                                            const Printed& printed) {
  uint64_t whole = 0;
  {
    Descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!opened.is_open()) return std::nullopt;
    whole = add_trailer(opened.get(), printed);
  }
  if (whole == 0 || whole > limit()) {
    unlink(file.c_str());
    return std::nullopt;
  }
  std::string at = path('e', name);
  if (rename(file.c_str(), at.c_str()) != 0) {
    unlink(file.c_str());
    return std::nullopt;
  }
  count(whole);
  return at;
}

// Adds to the size that is known. If that is not known, or too much, all is counted anew.
void Store::count(uint64_t bytes) {
  Lock lock(folder_);
  if (!lock.held()) return;  // then it is too small, until it is counted anew
  std::string at = folder_ + "/size";
  std::optional<std::string> text = read_regular(at);
  char* end = nullptr;
  uint64_t size = text && !text->empty() ? std::strtoull(text->c_str(), &end, 10) : 0;
  bool is_known = end != nullptr && *end == '\n';
  size += bytes;
  if (!is_known || size > limit()) size = remove_oldest(limit());
  write_size(at, size);
}

// Removes what was not used for longest if there is more than `wanted`. Gives what is left.
uint64_t Store::remove_oldest(uint64_t wanted) const {
  std::vector<Row> rows = rows_of(folder_);
  uint64_t size = 0;
  for (const Row& row : rows) {
    if (row.kind != 't') size += row.size;
    if (is_abandoned(row)) unlink(row.path.c_str());
  }
  if (size <= wanted) return size;
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    if (a.used.tv_sec != b.used.tv_sec) return a.used.tv_sec < b.used.tv_sec;
    return a.used.tv_nsec < b.used.tv_nsec;
  });
  for (size_t i = 0; i + 1 < rows.size() && size > wanted / 4 * 3; ++i) {
    if (rows[i].kind == 't') continue;
    if (unlink(rows[i].path.c_str()) == 0) size -= rows[i].size;
  }
  return size;
}

Store::Contents Store::contents() const {
  Contents found;
  for (const Row& row : rows_of(folder_)) {
    if (row.kind == 'e') ++found.entries;
    found.bytes += row.size;
  }
  return found;
}

Store::Contents Store::clear() {
  Lock lock(folder_);
  Contents removed;
  for (const Row& row : rows_of(folder_)) {
    if (row.kind == 't' && !is_abandoned(row)) continue;
    if (unlink(row.path.c_str()) != 0) continue;
    if (row.kind == 'e') ++removed.entries;
    removed.bytes += row.size;
  }
  unlink((folder_ + "/size").c_str());
  return removed;
}

}  // namespace tenure::cache
