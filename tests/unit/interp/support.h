// Runs OIR from text in a process of its own, with everything that it prints.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>

#include "base/diag.h"
#include "interp/interp.h"
#include "oir/text.h"

namespace tenure::interp::test {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

inline std::string read_all(std::FILE* file) {
  std::string text;
  std::rewind(file);
  char buffer[4096];
  while (size_t n = std::fread(buffer, 1, sizeof buffer, file)) text.append(buffer, n);
  std::fclose(file);
  return text;
}

inline int run_here(const std::string& text, const TnOptions& options) {
  SourceMap sources;
  DiagnosticSink sink;
  FileId file = sources.add("test.oir", text);
  std::optional<oir::Program> program = oir::parse(sources, file, sink);
  if (!program.has_value()) {
    std::fputs(render_text(sink, sources, {.plain = true}).c_str(), stderr);
    return 1;
  }
  return run(*program, sources, options);
}

inline Outcome run_text(const std::string& text, TnOptions options = {}) {
  options.leak_check = true;
  options.check_level = 3;
  std::FILE* out = std::tmpfile();
  std::FILE* err = std::tmpfile();
  pid_t child = fork();
  if (child == 0) {
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    int code = run_here(text, options);
    std::fflush(stderr);
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  Outcome outcome;
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  outcome.out = read_all(out);
  outcome.err = read_all(err);
  return outcome;
}

inline void expect_runs(const std::string& text, const std::string& out) {
  for (uint32_t stress : {0u, 1u}) {
    TnOptions options{};
    options.gc_stress = stress;
    Outcome outcome = run_text(text, options);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.out, out);
  }
}

// A run-time error of the program.
inline void expect_fails(const std::string& text, const std::string& message,
                         const std::string& out = "") {
  Outcome outcome = run_text(text);
  EXPECT_EQ(outcome.code, 101) << outcome.err;
  EXPECT_NE(outcome.err.find(message), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, out);
}

// A violation: OIR that must not be.
inline void expect_stops(const std::string& text, const std::string& message) {
  Outcome outcome = run_text(text);
  EXPECT_EQ(outcome.code, 70) << outcome.out << outcome.err;
  EXPECT_NE(outcome.err.find("internal error: "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find(message), std::string::npos) << outcome.err;
}

}  // namespace tenure::interp::test
