// The diagnostics sink: the one place where mistakes of the user are reported.
//
// A phase makes a diagnostic with its kind (diagnostics.def), a primary span and a message, hangs
// notes and a suggestion on it, and goes on; it leaves an error node behind so that one mistake
// makes one error. The driver renders what was collected, in source order, once.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/source.h"

namespace tenure {

enum class Severity : uint8_t { Error, Warning };

enum class DiagKind : uint16_t {
#define DIAG(name, severity) name,
#include "base/diagnostics.def"
#undef DIAG
};

std::string_view diag_name(DiagKind kind);
Severity diag_severity(DiagKind kind);

struct DiagNote {
  Span span;  // may be invalid: the note then stands without a position
  std::string message;
};

struct Diagnostic {
  DiagKind kind;
  Severity severity;
  Span span;
  std::string message;
  std::vector<Span> secondary;
  std::vector<DiagNote> notes;
  std::string suggestion;  // what to write instead; empty for none

  Diagnostic& note(Span at, std::string text) {
    notes.push_back({at, std::move(text)});
    return *this;
  }
  Diagnostic& mark(Span at) {
    secondary.push_back(at);
    return *this;
  }
  Diagnostic& suggest(std::string text) {
    suggestion = std::move(text);
    return *this;
  }
};

class DiagnosticSink {
 public:
  static constexpr size_t kMaxMessageBytes = 1000;

  // The reference is valid until the next report. A message is cut in the middle if it is longer
  // than kMaxMessageBytes (a name may be 100 MB long). A second report of the same kind at the same
  // span is dropped (the reference is then to a scratch diagnostic), which stops cascades.
  Diagnostic& report(DiagKind kind, Span span, std::string message);
  // Reports what the other one was told.
  void append(const DiagnosticSink& other);
  bool has_errors() const { return error_count_ != 0; }
  size_t error_count() const { return error_count_; }
  const std::vector<Diagnostic>& all() const { return diagnostics_; }
  // Forgets what stands behind the first `most` errors; 0: nothing. What was forgotten counts.
  void keep_errors(size_t most);
  // Sorts by position, keeping the order of reports at one position.
  void sort();

 private:
  std::vector<Diagnostic> diagnostics_;
  Diagnostic scratch_{};
  std::set<std::tuple<DiagKind, uint32_t, uint32_t, uint32_t>> seen_;  // kind, file, begin, end
  size_t error_count_ = 0;
};

struct RenderOptions {
  bool plain = false;  // one line per diagnostic and note, no source, no marks
  bool color = false;  // ANSI colours
};

// The text of [O-ERR-1]: `FILE:LINE:COL: error: MESSAGE`, the source line, a mark under the range.
std::string render_text(const DiagnosticSink& sink, const SourceMap& sources,
                        RenderOptions options);
// One JSON array with an object for each diagnostic.
std::string render_json(const DiagnosticSink& sink, const SourceMap& sources);

// The known name closest to `wanted` by edit distance, or empty when none is close.
std::string closest_name(std::string_view wanted, const std::vector<std::string_view>& known);

}  // namespace tenure
