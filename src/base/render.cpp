// How diagnostics look: as text with source lines and marks, and as JSON.
//
// Nothing here may depend on the length of a source line: what is shown of one is a window of at
// most kWindow columns around the mark.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/diag.h"
#include "base/utf8.h"

namespace tenure {
namespace {

constexpr size_t kWindow = 160;     // columns of a source line that are shown
constexpr size_t kBeforeMark = 60;  // of these at most so many before the mark
constexpr size_t kMarkedLines = 8;  // lines shown besides the primary one

constexpr std::string_view kReset = "\033[0m";
constexpr std::string_view kBold = "\033[1m";
constexpr std::string_view kRed = "\033[1;31m";
constexpr std::string_view kYellow = "\033[1;33m";
constexpr std::string_view kCyan = "\033[1;36m";
constexpr std::string_view kDim = "\033[2m";

// One character of a text as it is shown: a control or invalid byte becomes `\xNN`, a tab four
// blanks.
struct Cell {
  size_t bytes;    // of the text
  size_t columns;  // on the screen
};

Cell append_shown(std::string& out, std::string_view text, size_t at) {
  size_t bytes = utf8_sequence(text, at);
  auto byte = static_cast<uint8_t>(text[at]);
  if (bytes == 1 && byte == '\t') {
    out += "    ";
    return {1, 4};
  }
  bool control = bytes == 1 && (byte < 0x20 || byte == 0x7F);
  bool control_c1 = bytes == 2 && byte == 0xC2 && static_cast<uint8_t>(text[at + 1]) < 0xA0;
  if (bytes == 0 || control || control_c1) {
    size_t escaped = control_c1 ? 2 : 1;
    for (size_t i = 0; i < escaped; ++i) {
      out += fmt::format("\\x{:02X}", static_cast<uint8_t>(text[at + i]));
    }
    return {escaped, 4 * escaped};
  }
  out += text.substr(at, bytes);
  return {bytes, 1};
}

std::string shown(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) at += append_shown(out, text, at).bytes;
  return out;
}

// A range of bytes of one line, and the character that marks it.
struct Mark {
  size_t begin;
  size_t end;
  char with;
};

// A line of source and the line of marks under it.
struct MarkedLine {
  std::string source;
  std::string marks;
};

MarkedLine mark_line(std::string_view line, const std::vector<Mark>& marks) {
  MarkedLine out;
  size_t first = line.size();
  for (const Mark& mark : marks) first = std::min(first, mark.begin);
  size_t at = 0;
  size_t column = 0;
  if (first > kBeforeMark && line.size() > kWindow) {
    at = first - kBeforeMark;
    while (at < first && (static_cast<uint8_t>(line[at]) & 0xC0) == 0x80) ++at;
    out.source += "…";
    out.marks += ' ';
    column = 1;
  }
  auto put_marks = [&](size_t begin, size_t end, size_t from, size_t columns) {
    for (const Mark& mark : marks) {
      bool inside = mark.begin < end && begin < std::max(mark.end, mark.begin + 1);
      if (!inside) continue;
      if (out.marks.size() < from + columns) out.marks.resize(from + columns, ' ');
      for (size_t i = from; i < from + columns; ++i) {
        if (out.marks[i] != '^') out.marks[i] = mark.with;
      }
    }
  };
  while (at < line.size() && column < kWindow) {
    Cell cell = append_shown(out.source, line, at);
    put_marks(at, at + cell.bytes, column, cell.columns);
    at += cell.bytes;
    column += cell.columns;
  }
  if (at < line.size()) out.source += "…";
  // A span at the end of the line (a missing token) has nothing to stand under.
  else
    put_marks(line.size(), line.size() + 1, column, 1);
  return out;
}

class TextRenderer {
 public:
  TextRenderer(const SourceMap& sources, RenderOptions options)
      : sources_(sources), options_(options) {}

  void diagnostic(const Diagnostic& diag) {
    bool error = diag.severity == Severity::Error;
    head(diag.span, error ? "error" : "warning", error ? kRed : kYellow, diag.message);
    excerpt(diag.span, diag.secondary);
    for (const DiagNote& note : diag.notes) {
      head(note.span.valid() ? note.span : Span{}, "note", kCyan, note.message);
      excerpt(note.span, {});
    }
    if (!diag.suggestion.empty()) {
      bool sentence = diag.suggestion.find('`') != std::string::npos;
      head(diag.span, "note", kCyan,
           sentence ? diag.suggestion : fmt::format("write `{}`", diag.suggestion));
    }
  }

  std::string take() { return std::move(out_); }

 private:
  std::string_view color(std::string_view code) const {
    return options_.color ? code : std::string_view();
  }

  void head(Span span, std::string_view word, std::string_view code, const std::string& message) {
    out_ += color(kBold);
    if (span.valid()) out_ += shown(sources_.position(span)) + ": ";
    out_ += color(kReset);
    out_ += fmt::format("{}{}:{} {}\n", color(code), word, color(kReset), shown(message));
  }

  // The line of `primary` with the marks of all spans in it, then the other lines with theirs.
  void excerpt(Span primary, std::vector<Span> others) {
    if (options_.plain || !primary.valid()) return;
    std::erase_if(others, [&](const Span& span) { return span.file != primary.file; });
    const SourceFile& file = sources_.file(primary.file);
    uint32_t line = file.locate(primary.begin).line;
    std::vector<Mark> marks{mark_in(file, line, primary, '^')};
    std::vector<uint32_t> more;
    for (const Span& span : others) {
      uint32_t at = file.locate(span.begin).line;
      if (at == line) {
        marks.push_back(mark_in(file, line, span, '-'));
      } else if (more.size() < kMarkedLines) {
        more.push_back(at);
      }
    }
    print_line(file, line, marks);
    std::sort(more.begin(), more.end());
    more.erase(std::unique(more.begin(), more.end()), more.end());
    for (uint32_t other : more) {
      std::vector<Mark> here;
      for (const Span& span : others) {
        if (file.locate(span.begin).line == other) here.push_back(mark_in(file, other, span, '-'));
      }
      print_line(file, other, here);
    }
  }

  static Mark mark_in(const SourceFile& file, uint32_t line, Span span, char with) {
    size_t length = file.line(line).size();
    size_t begin = std::min<size_t>(file.locate(span.begin).column - 1, length);
    size_t end = begin + (span.end > span.begin ? span.end - span.begin : 1);
    return {begin, std::max(begin + 1, std::min(end, length)), with};
  }

  void print_line(const SourceFile& file, uint32_t line, const std::vector<Mark>& marks) {
    MarkedLine shown_line = mark_line(file.line(line), marks);
    std::string number = fmt::format("{:>5}", line);
    out_ += fmt::format("{}{} |{}{}{}\n", color(kDim), number, color(kReset),
                        shown_line.source.empty() ? "" : " ", shown_line.source);
    out_ += fmt::format("{}{:>5} |{} {}{}{}\n", color(kDim), "", color(kReset), color(kRed),
                        shown_line.marks, color(kReset));
  }

  const SourceMap& sources_;
  RenderOptions options_;
  std::string out_;
};

nlohmann::json json_span(const SourceMap& sources, Span span) {
  nlohmann::json out = nlohmann::json::object();
  if (!span.valid()) return out;
  const SourceFile& file = sources.file(span.file);
  LineColumn begin = file.locate(span.begin);
  LineColumn end = file.locate(span.end);
  out["file"] = file.path();
  out["line"] = begin.line;
  out["column"] = begin.column;
  out["end_line"] = end.line;
  out["end_column"] = end.column;
  return out;
}

}  // namespace

std::string render_text(const DiagnosticSink& sink, const SourceMap& sources,
                        RenderOptions options) {
  TextRenderer renderer(sources, options);
  for (const Diagnostic& diag : sink.all()) renderer.diagnostic(diag);
  return renderer.take();
}

std::string render_json(const DiagnosticSink& sink, const SourceMap& sources) {
  nlohmann::json all = nlohmann::json::array();
  for (const Diagnostic& diag : sink.all()) {
    nlohmann::json row = json_span(sources, diag.span);
    row["kind"] = diag_name(diag.kind);
    row["severity"] = diag.severity == Severity::Error ? "error" : "warning";
    row["message"] = diag.message;
    row["suggestion"] = diag.suggestion;
    row["secondary"] = nlohmann::json::array();
    for (const Span& span : diag.secondary) row["secondary"].push_back(json_span(sources, span));
    row["notes"] = nlohmann::json::array();
    for (const DiagNote& note : diag.notes) {
      nlohmann::json made = json_span(sources, note.span);
      made["message"] = note.message;
      row["notes"].push_back(std::move(made));
    }
    all.push_back(std::move(row));
  }
  // A path or a message may hold bytes that are not UTF-8.
  return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace tenure
