// Source files and spans. A span is a half-open range of bytes in one file; lines and columns are
// computed when they are asked for, from a table of line starts that is built when the first of a
// file is.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace tenure {

struct FileTag;
using FileId = Id<FileTag>;

// Offsets are 32 bits; who reads a file refuses a larger one before it becomes a SourceFile.
constexpr uint64_t kMaxSourceBytes = 0xFFFFFFFFu - 1;

struct Span {
  FileId file;
  uint32_t begin = 0;  // byte offset
  uint32_t end = 0;    // byte offset, exclusive

  bool valid() const { return file.valid(); }
  // The smallest span that holds both; both are of one file.
  static Span join(Span a, Span b) {
    if (!a.valid()) return b;
    if (!b.valid()) return a;
    return {a.file, a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
  }
};

// Both count from 1; a column counts bytes.
struct LineColumn {
  uint32_t line = 0;
  uint32_t column = 0;
};

class SourceFile {
 public:
  SourceFile(std::string path, std::string text);
  const std::string& path() const { return path_; }
  std::string_view text() const { return text_; }
  LineColumn locate(uint32_t offset) const;
  // The text of a line without its end of line; `line` counts from 1.
  std::string_view line(uint32_t line) const;
  uint32_t line_count() const { return static_cast<uint32_t>(line_starts().size()); }

 private:
  std::string path_;
  std::string text_;
  const std::vector<uint32_t>& line_starts() const;

  mutable std::once_flag lines_found_;
  mutable std::vector<uint32_t> line_starts_;
};

// Owns every source file of one compilation.
class SourceMap {
 public:
  // Takes the text as it is. `path` is shown in messages as given.
  FileId add(std::string path, std::string text);
  const SourceFile& file(FileId id) const { return *files_[id.index()]; }
  size_t size() const { return files_.size(); }
  LineColumn locate(Span span) const { return file(span.file).locate(span.begin); }
  std::string_view text(Span span) const {
    return file(span.file).text().substr(span.begin, span.end - span.begin);
  }
  // `FILE:LINE:COL`, or `?` for a span of nothing.
  std::string position(Span span) const;

 private:
  std::vector<std::unique_ptr<SourceFile>> files_;
};

}  // namespace tenure
