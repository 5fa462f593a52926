#include "explain/explain.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <vector>

namespace tenure::explain {
namespace {

constexpr std::string_view kFactText[] = {
#define FACT(name, text) text,
#include "oir/facts.def"
#undef FACT
};

struct Row {
  uint32_t line;
  uint32_t column;
  oir::FuncId func;
  std::string text;
};

std::string row_text(const oir::Fact& fact) {
  std::string out(kFactText[static_cast<size_t>(fact.kind)]);
  if (!fact.place.empty()) out += " `" + fact.place + "`";
  if (!fact.why.empty()) out += ": " + fact.why;
  return out;
}

// The rows of all facts of the file, by line, instance, column, and of those in the order in which
// they were decided: of what dies at one place that is the order of the deaths. What is said twice
// in a line of an instance is shown once.
std::vector<Row> rows_of(const oir::Program& program, const SourceMap& sources, FileId file) {
  std::vector<Row> rows;
  for (const oir::Fact& fact : program.facts) {
    if (fact.span.file != file) continue;
    LineColumn at = sources.locate(fact.span);
    rows.push_back({at.line, at.column, fact.func, row_text(fact)});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tuple(a.line, a.func.v, a.column) < std::tuple(b.line, b.func.v, b.column);
  });
  std::vector<Row> once;
  std::unordered_set<std::string> said;  // of the line and instance at hand
  for (Row& row : rows) {
    if (once.empty() || once.back().line != row.line || once.back().func != row.func) said.clear();
    if (said.insert(row.text).second) once.push_back(std::move(row));
  }
  return once;
}

using RowRange = std::span<const Row>;

// Splits the rows of a line into those of each instance.
std::vector<RowRange> by_instance(RowRange rows) {
  std::vector<RowRange> groups;
  for (size_t begin = 0; begin < rows.size();) {
    size_t end = begin;
    while (end < rows.size() && rows[end].func == rows[begin].func) ++end;
    groups.push_back(rows.subspan(begin, end - begin));
    begin = end;
  }
  return groups;
}

bool same_rows(RowRange a, RowRange b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Row& x, const Row& y) { return x.text == y.text; });
}

void print_rows(std::string& out, const oir::Program& program, RowRange rows) {
  std::vector<RowRange> groups = by_instance(rows);
  bool agree = std::all_of(groups.begin(), groups.end(),
                           [&](RowRange group) { return same_rows(group, groups.front()); });
  if (agree && !groups.empty()) groups.resize(1);
  for (RowRange group : groups) {
    if (!agree && group.front().func.valid()) {
      out += "  │ in `" + program[group.front().func].shown_name + "`:\n";
    }
    for (const Row& row : group) out += "  │ " + row.text + "\n";
  }
}

}  // namespace

std::string explain(const oir::Program& program, const SourceMap& sources, FileId file) {
  const SourceFile& source = sources.file(file);
  std::vector<Row> rows = rows_of(program, sources, file);
  std::string out;
  size_t next = 0;
  uint32_t lines = source.line_count();
  if (lines > 1 && source.line(lines).empty()) --lines;  // the end of line at the end of the file
  for (uint32_t line = 1; line <= lines; ++line) {
    out += source.line(line);
    out += '\n';
    size_t begin = next;
    while (next < rows.size() && rows[next].line == line) ++next;
    print_rows(out, program, RowRange(rows).subspan(begin, next - begin));
  }
  return out;
}

}  // namespace tenure::explain
