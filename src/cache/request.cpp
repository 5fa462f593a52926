#include "cache/request.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string_view>

#include "cache/files.h"

namespace tenure::cache {
namespace {

// Changes with the form of lists and entries.
constexpr std::string_view kForm = "tenure cache 1";
constexpr size_t kMaxNotes = 64 << 10;
constexpr size_t kMaxHeaders = 64;

// The note named GNU of the type in which linkers leave a build id.
std::string_view build_id_in(std::string_view notes) {
  auto padded = [](uint32_t size) { return (size_t{size} + 3) & ~size_t{3}; };
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr note;
    std::memcpy(&note, notes.data(), sizeof note);
    size_t whole = sizeof note + padded(note.n_namesz) + padded(note.n_descsz);
    if (whole > notes.size()) return {};
    if (note.n_type == NT_GNU_BUILD_ID &&
        notes.substr(sizeof note, 4) == std::string_view("GNU", 4)) {
      return notes.substr(sizeof note + padded(note.n_namesz), note.n_descsz);
    }
    notes.remove_prefix(whole);
  }
  return {};
}

std::string build_id_of(const std::string& path) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  Elf64_Ehdr header;
  if (!file.is_open() || pread(file.get(), &header, sizeof header, 0) != sizeof header) return {};
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phnum > kMaxHeaders) return {};
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  auto size = static_cast<ssize_t>(segments.size() * sizeof(Elf64_Phdr));
  if (pread(file.get(), segments.data(), static_cast<size_t>(size),
            static_cast<off_t>(header.e_phoff)) != size) {
    return {};
  }
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type != PT_NOTE || segment.p_filesz > kMaxNotes) continue;
    std::string notes(segment.p_filesz, '\0');
    if (pread(file.get(), notes.data(), notes.size(), static_cast<off_t>(segment.p_offset)) !=
        static_cast<ssize_t>(notes.size())) {
      continue;
    }
    if (std::string_view id = build_id_in(notes); !id.empty()) return std::string(id);
  }
  return {};
}

}  // namespace

std::string runtime_library(const std::string& compiler) {
  std::string folder = compiler.substr(0, compiler.rfind('/') + 1);
  return folder + "../lib/libtenure_rt.a";
}

std::optional<Digest> compiler_identity(const std::string& compiler) {
  std::string id = build_id_of(compiler);
  struct stat runtime{};
  if (id.empty() || stat(runtime_library(compiler).c_str(), &runtime) != 0) return std::nullopt;
  Hasher hasher;
  hasher.text(kForm);
  hasher.text(id);
  hasher.number(static_cast<uint64_t>(runtime.st_size));
  hasher.number(static_cast<uint64_t>(runtime.st_mtim.tv_sec));
  hasher.number(static_cast<uint64_t>(runtime.st_mtim.tv_nsec));
  return hasher.finish();
}

Digest list_name(const Request& request, const Digest& compiler, const Digest& main_file) {
  Hasher hasher;
  hasher.digest(compiler);
  hasher.text(request.file);
  hasher.number(request.import_paths.size());
  for (const std::string& path : request.import_paths) hasher.text(path);
  hasher.number(static_cast<uint64_t>(request.opt_level));
  hasher.number(request.check_memory);
  hasher.number(request.is_tape ? 1 : 0);
  hasher.digest(main_file);
  return hasher.finish();
}

void Lookups::add(const std::string& path, const std::optional<Digest>& content) {
  hasher_.text(path);
  hasher_.number(content ? 1 : 0);
  if (content) hasher_.digest(*content);
}

}  // namespace tenure::cache
