// Shared by the tests of summaries and moves: a program from text, the pass, and what it said.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "own/moves.h"
#include "pass_support.h"

namespace tenure::own::test {

class Moves : public Unit {
 public:
  explicit Moves(const std::string& text) : Unit(text), summaries_(program) {
    result_ = std::make_unique<MovesResult>(run_moves(program, summaries_, sources, sink));
  }
  // `error: MESSAGE` and `warning: MESSAGE`, with `note: MESSAGE` after each, in the order of
  // reports.
  std::vector<std::string> said() const {
    std::vector<std::string> out;
    for (const Diagnostic& d : sink.all()) {
      out.push_back((d.severity == Severity::Error ? "error: " : "warning: ") + d.message);
      for (const DiagNote& note : d.notes) out.push_back("note: " + note.message);
    }
    return out;
  }
  bool has(const std::string& line) const {
    std::vector<std::string> lines = said();
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  }
  size_t checks(const std::string& name, bool flagged) const {
    size_t count = 0;
    for (const Block& block : program[func(name)].blocks) {
      for (const Inst& inst : block.insts) {
        count += inst.op == Op::FullCheck && inst.flag.valid() == flagged;
      }
    }
    return count;
  }
  bool vacates(const std::string& type) const {
    for (size_t t = 0; t < program.types.size(); ++t) {
      if (program.types.text(TypeId{t}) == type) return result_->vacates.vacates(TypeId{t});
    }
    ADD_FAILURE() << "no type " << type;
    return false;
  }
  const Summary& summary(const std::string& name) const { return summaries_.of(func(name)); }

 private:
  Summaries summaries_;
  std::unique_ptr<MovesResult> result_;
};

using Lines = std::vector<std::string>;

}  // namespace tenure::own::test
