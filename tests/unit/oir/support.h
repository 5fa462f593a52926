// Shared by the tests of oir: text to program and back.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "base/diag.h"
#include "oir/builder.h"
#include "oir/text.h"
#include "oir/verify.h"

namespace tenure::oir::test {

inline std::optional<Program> parse_text(const std::string& text, std::string* errors = nullptr) {
  SourceMap sources;
  DiagnosticSink sink;
  FileId file = sources.add("test.oir", text);
  std::optional<Program> program = parse(sources, file, sink);
  if (errors != nullptr) *errors = render_text(sink, sources, {.plain = true});
  return program;
}

inline std::string print_text(const Program& program) {
  return print(program, nullptr, {});
}

// Prints, parses and prints again.
inline void expect_round_trip(const Program& program) {
  std::string text = print_text(program);
  std::string errors;
  std::optional<Program> again = parse_text(text, &errors);
  ASSERT_TRUE(again.has_value()) << errors << "\n" << text;
  EXPECT_EQ(text, print_text(*again));
}

inline std::string join(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

}  // namespace tenure::oir::test
