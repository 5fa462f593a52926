#include "base/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace tenure {

SourceFile::SourceFile(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)) {
  TN_CHECK(text_.size() <= kMaxSourceBytes, "a source file is larger than a span can say");
}

const std::vector<uint32_t>& SourceFile::line_starts() const {
  std::call_once(lines_found_, [&] {
    line_starts_.push_back(0);
    const char* begin = text_.data();
    const char* end = begin + text_.size();
    for (const char* at = begin; at != end;) {
      const void* newline = std::memchr(at, '\n', static_cast<size_t>(end - at));
      if (newline == nullptr) break;
      at = static_cast<const char*>(newline) + 1;
      line_starts_.push_back(static_cast<uint32_t>(at - begin));
    }
  });
  return line_starts_;
}

LineColumn SourceFile::locate(uint32_t offset) const {
  offset = std::min(offset, static_cast<uint32_t>(text_.size()));
  const std::vector<uint32_t>& starts = line_starts();
  auto after = std::upper_bound(starts.begin(), starts.end(), offset);
  auto line = static_cast<uint32_t>(after - starts.begin());
  return {line, offset - starts[line - 1] + 1};
}

std::string_view SourceFile::line(uint32_t line) const {
  const std::vector<uint32_t>& starts = line_starts();
  TN_CHECK(line >= 1 && line <= starts.size(), "line out of range");
  uint32_t begin = starts[line - 1];
  size_t end = line < starts.size() ? starts[line] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

FileId SourceMap::add(std::string path, std::string text) {
  FileId id(files_.size());
  files_.push_back(std::make_unique<SourceFile>(std::move(path), std::move(text)));
  return id;
}

std::string SourceMap::position(Span span) const {
  if (!span.valid()) return "?";
  LineColumn at = locate(span);
  return fmt::format("{}:{}:{}", file(span.file).path(), at.line, at.column);
}

}  // namespace tenure
