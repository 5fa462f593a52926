// Shared by the tests of own's passes: a program from text, one pass, a function back as text.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "base/diag.h"
#include "oir/text.h"
#include "oir/verify.h"
#include "own/elaborate.h"
#include "own/escape.h"
#include "own/events.h"
#include "own/lastuse.h"
#include "own/summaries.h"
#include "own/types.h"

namespace tenure::own::test {

using namespace oir;

struct Unit {
  SourceMap sources;
  DiagnosticSink sink;
  Program program;

  explicit Unit(const std::string& text) {
    FileId file = sources.add("test.oir", text);
    std::optional<Program> parsed = parse(sources, file, sink);
    EXPECT_TRUE(parsed.has_value()) << render_text(sink, sources, {.plain = true});
    if (parsed) program = std::move(*parsed);
  }

  FuncId func(const std::string& name) const {
    for (size_t i = 0; i < program.functions.size(); ++i) {
      if (program.functions[i].name == name) return FuncId{i};
    }
    ADD_FAILURE() << "no function " << name;
    return FuncId{size_t{0}};
  }

  // The function's blocks, without its declaration and locals.
  std::string body(const std::string& name) const { return body_of(program, func(name)); }
  static std::string body_of(const Program& program, FuncId func) {
    std::string text = print(program, func, nullptr, {});
    size_t begin = text.find("bb0:");
    size_t end = text.rfind("}");
    return begin == std::string::npos ? text : "\n" + text.substr(begin, end - begin);
  }

  void set_types() {
    Summaries summaries(program);
    run_types(program, summaries.escapes_fn(), {}, true);
  }
  void elaborate() {
    Summaries summaries(program);
    DropFlags flags(program.functions.size());
    run_elaborate(program, summaries, flags, sources);
    expect_verified();
  }
  void lastuse_and_elaborate() {
    Summaries summaries(program);
    DropFlags flags(program.functions.size());
    run_lastuse(program, summaries, sources, Optimisations::all());
    run_elaborate(program, summaries, flags, sources);
    expect_verified();
  }
  void escape() {
    Summaries summaries(program);
    run_escape(program, sources, sink, summaries.escapes_fn(), summaries.lent_parts(),
               [&](const Function& function, const Inst& inst) {
                 return summaries.inst_may_fail(function, inst);
               });
  }
  void expect_verified() const {
    for (const std::string& problem : verify(program, Phase::Elaborated)) ADD_FAILURE() << problem;
  }
};

}  // namespace tenure::own::test
