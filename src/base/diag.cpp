#include "base/diag.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace tenure {
namespace {

struct KindRow {
  std::string_view name;
  Severity severity;
};

constexpr KindRow kKinds[] = {
#define DIAG(name, severity) {#name, Severity::severity},
#include "base/diagnostics.def"
#undef DIAG
};

// The first character boundary at or after `at`.
size_t boundary(std::string_view text, size_t at) {
  while (at < text.size() && (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80) ++at;
  return at;
}

std::string cut_middle(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t head = boundary(text, limit * 3 / 4);
  size_t tail = boundary(text, text.size() - limit / 4);
  return text.substr(0, head) + "…" + text.substr(tail);
}

}  // namespace

std::string_view diag_name(DiagKind kind) {
  return kKinds[static_cast<size_t>(kind)].name;
}

Severity diag_severity(DiagKind kind) {
  return kKinds[static_cast<size_t>(kind)].severity;
}

Diagnostic& DiagnosticSink::report(DiagKind kind, Span span, std::string message) {
  Diagnostic made{};
  made.kind = kind;
  made.severity = diag_severity(kind);
  made.span = span;
  made.message = cut_middle(std::move(message), kMaxMessageBytes);
  if (!seen_.insert({kind, span.file.v, span.begin, span.end}).second) {
    scratch_ = std::move(made);
    return scratch_;
  }
  if (made.severity == Severity::Error) ++error_count_;
  diagnostics_.push_back(std::move(made));
  return diagnostics_.back();
}

void DiagnosticSink::append(const DiagnosticSink& other) {
  for (const Diagnostic& each : other.diagnostics_) {
    Span span = each.span;
    if (!seen_.insert({each.kind, span.file.v, span.begin, span.end}).second) continue;
    if (each.severity == Severity::Error) ++error_count_;
    diagnostics_.push_back(each);
  }
}

void DiagnosticSink::sort() {
  auto before = [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.span.file.v, a.span.begin) < std::pair(b.span.file.v, b.span.begin);
  };
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(), before);
}

void DiagnosticSink::keep_errors(size_t most) {
  size_t errors = 0;
  for (size_t i = 0; most != 0 && i < diagnostics_.size(); ++i) {
    if (diagnostics_[i].severity != Severity::Error || ++errors <= most) continue;
    diagnostics_.resize(i);
    return;
  }
}

// Edit distance with neighbouring letters swapped counting as one (optimal string alignment), over
// names short enough that the square of their length is nothing.
std::string closest_name(std::string_view wanted, const std::vector<std::string_view>& known) {
  constexpr size_t kLongest = 64;
  if (wanted.empty() || wanted.size() > kLongest) return {};
  size_t limit = std::max<size_t>(1, wanted.size() / 3);
  std::string_view best;
  size_t best_distance = limit + 1;
  for (std::string_view name : known) {
    if (name.empty() || name == wanted) continue;
    size_t difference =
        name.size() > wanted.size() ? name.size() - wanted.size() : wanted.size() - name.size();
    if (difference >= best_distance) continue;
    size_t rows[3][2 * kLongest + 2];
    size_t* two_up = rows[0];
    size_t* up = rows[1];
    size_t* row = rows[2];
    for (size_t j = 0; j <= name.size(); ++j) up[j] = j;
    for (size_t i = 1; i <= wanted.size(); ++i) {
      row[0] = i;
      for (size_t j = 1; j <= name.size(); ++j) {
        size_t change = up[j - 1] + (wanted[i - 1] == name[j - 1] ? 0 : 1);
        row[j] = std::min({up[j] + 1, row[j - 1] + 1, change});
        bool swapped =
            i > 1 && j > 1 && wanted[i - 1] == name[j - 2] && wanted[i - 2] == name[j - 1];
        if (swapped) row[j] = std::min(row[j], two_up[j - 2] + 1);
      }
      std::swap(two_up, up);
      std::swap(up, row);
    }
    size_t distance = up[name.size()];
    // A distance of the whole name says nothing: `x` is not a misspelt `y`.
    bool unrelated = distance >= std::max(name.size(), wanted.size());
    if (distance < best_distance && !unrelated) {
      best_distance = distance;
      best = name;
    }
  }
  return std::string(best);
}

}  // namespace tenure
