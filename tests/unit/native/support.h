// Shared by the tests of native: a program as OIR text, run by the JIT at both levels and as an
// executable, which must agree.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/diag.h"
#include "native/native.h"
#include "oir/text.h"

namespace tenure::native::test {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

struct Compiled {
  SourceMap sources;
  oir::Program program;
};

inline void compile(const std::string& text, Compiled& into) {
  DiagnosticSink sink;
  FileId file = into.sources.add("test.oir", text);
  std::optional<oir::Program> program = oir::parse(into.sources, file, sink);
  ASSERT_TRUE(program.has_value()) << render_text(sink, into.sources, {.plain = true});
  into.program = std::move(*program);
}

inline std::string read_all(const std::string& path) {
  std::string text;
  if (FILE* file = std::fopen(path.c_str(), "r")) {
    char buffer[4096];
    while (size_t got = std::fread(buffer, 1, sizeof buffer, file)) text.append(buffer, got);
    std::fclose(file);
  }
  return text;
}

// Each run is a process of its own: the runtime's state is global, and a program may end the
// process.
template <class Run>
Outcome in_child(Run run) {
  std::string base = ::testing::TempDir() + "tenure_native_" + std::to_string(getpid());
  std::string out = base + ".out";
  std::string err = base + ".err";
  std::fflush(nullptr);
  pid_t child = fork();
  if (child == 0) {
    if (!std::freopen(out.c_str(), "w", stdout) || !std::freopen(err.c_str(), "w", stderr))
      _exit(99);
    int code = run();
    std::fflush(nullptr);
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  Outcome outcome;
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.out = read_all(out);
  outcome.err = read_all(err);
  std::remove(out.c_str());
  std::remove(err.c_str());
  return outcome;
}

inline TnOptions watched() {
  TnOptions options{};
  options.trace_drops = true;
  options.leak_check = true;
  return options;
}

inline Outcome run_jit_at(const Compiled& compiled, int level) {
  return in_child(
      [&] { return run_jit(compiled.program, compiled.sources, watched(), {.opt_level = level}); });
}

inline Outcome run_aot(const Compiled& compiled, int level) {
  std::string path = ::testing::TempDir() + "tenure_native_" + std::to_string(getpid()) + ".exe";
  std::string error;
  if (!build_executable(compiled.program, compiled.sources, path, {.opt_level = level}, error)) {
    ADD_FAILURE() << error;
    return {};
  }
  Outcome outcome = in_child([&] {
    setenv("TENURE_OPTIONS", "trace-drops,leak-check", 1);
    execl(path.c_str(), path.c_str(), static_cast<char*>(nullptr));
    return 98;
  });
  std::remove(path.c_str());
  return outcome;
}

// The lines that are no part of a call trace, which optimisation may shorten.
inline std::string without_trace(const std::string& text) {
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    size_t end = text.find('\n', at);
    end = end == std::string::npos ? text.size() : end + 1;
    std::string line = text.substr(at, end - at);
    if (line.rfind("  in ", 0) != 0) kept += line;
    at = end;
  }
  return kept;
}

// Runs under all three and compares. `err` is what standard error holds, traces aside.
inline void expect(const std::string& text, int code, const std::string& out,
                   const std::string& err = "") {
  Compiled compiled;
  compile(text, compiled);
  if (::testing::Test::HasFatalFailure()) return;
  auto check = [&](const char* engine, const Outcome& outcome) {
    EXPECT_EQ(outcome.code, code) << engine << "\n" << outcome.err;
    EXPECT_EQ(outcome.out, out) << engine;
    EXPECT_EQ(without_trace(outcome.err), err) << engine;
  };
  check("jit -O0", run_jit_at(compiled, 0));
  check("jit -O2", run_jit_at(compiled, 2));
  check("aot -O0", run_aot(compiled, 0));
  check("aot -O2", run_aot(compiled, 2));
}

}  // namespace tenure::native::test
