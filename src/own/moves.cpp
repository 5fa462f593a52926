#include "own/moves.h"

#include <map>
#include <memory>
#include <mutex>

#include "base/parallel.h"
#include "own/loans.h"
#include "own/move_checker.h"
#include "own/move_rules.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

class MovesPass {
 public:
  MovesPass(Program& program, Summaries& summaries, const SourceMap& sources, DiagnosticSink& sink)
      : program_(program),
        summaries_(summaries),
        contents_(summaries.contents()),
        sources_(sources),
        sink_(sink),
        result_{DropFlags(program.functions.size()), Vacates(program)} {}

  MovesResult run() {
    size_t count = program_.functions.size();
    check_rules();
    for (TypeId elem : summaries_.left_behind()) result_.vacates.add(elem);
    std::vector<std::unique_ptr<MoveChecker>> checkers;
    for (size_t f = 0; f < count; ++f) {
      checkers.push_back(std::make_unique<MoveChecker>(program_, FuncId{f}, summaries_));
      checkers.back()->find(result_.vacates);
      checkers.back()->report(sources_, sink_);
    }
    result_.vacates.add_parts_in_cycles();
    result_.vacates.close();
    find_always_full(checkers);
    if (!sink_.has_errors()) {
      for (auto& checker : checkers) checker->insert(result_.vacates, result_.flags, sources_);
      for (size_t f = 0; f < count; ++f) finish(FuncId{f});
      summaries_.remove_unwind_edges(program_);
    }
    return std::move(result_);
  }

  // What has nothing that may be found empty is not followed: that would find checks, no mistakes.
  MovesResult report() {
    check_rules();
    std::vector<FuncId> wanted;
    for (size_t f = 0; f < program_.functions.size(); ++f) {
      if (summaries_.may_find_empty(FuncId{f})) wanted.push_back(FuncId{f});
    }
    std::mutex mutex;
    std::map<size_t, DiagnosticSink> reports;  // by the first of the functions that they are about
    in_ranges(wanted.size(), [&](size_t begin, size_t end) {
      DiagnosticSink report;
      Vacates vacates(program_);
      for (size_t i = begin; i < end; ++i) {
        MoveChecker checker(program_, wanted[i], summaries_);
        checker.find(vacates);
        checker.report(sources_, report);
      }
      if (report.all().empty()) return;
      std::lock_guard lock(mutex);
      reports.emplace(begin, std::move(report));
    });
    for (const auto& [first, report] : reports) pass_on(report);
    return std::move(result_);
  }

 private:
  void pass_on(const DiagnosticSink& report) {
    for (const Diagnostic& diagnostic : report.all()) {
      Diagnostic& mine = sink_.report(diagnostic.kind, diagnostic.span, diagnostic.message);
      mine.secondary = diagnostic.secondary;
      mine.notes = diagnostic.notes;
      mine.suggestion = diagnostic.suggestion;
    }
  }

  // Rules that need no fullness, of the functions that have what they are about.
  void check_rules() {
    InnerReferences inner(program_, contents_);
    for (size_t f = 0; f < program_.functions.size(); ++f) {
      FuncId func{f};
      bool moves =
          contents_.moves_named(func) || contents_.copies_move_only(func) || program_[func].is_drop;
      bool lends = contents_.has_any(func, kMakesLoans) || contents_.lends_and_moves(func);
      if (!moves && !lends) continue;
      Spelling spelling(program_, program_[func]);
      if (moves) check_move_rules(program_, func, summaries_, spelling, sink_);
      if (contents_.moves_implicitly(func)) {
        settle_implicit_moves(program_, func, summaries_, sink_);
      }
      if (lends) check_loans(program_, func, summaries_, inner, spelling, sink_);
    }
  }

  // A global is always full for those who read it if it is never moved and nobody reads it too
  // early.
  void find_always_full(std::vector<std::unique_ptr<MoveChecker>>& checkers) {
    std::vector<bool> doubtful(program_.globals.size());
    if (program_.start.valid()) checkers[program_.start.index()]->find_early_reads(doubtful);
    // What a `drop` reads may be read while globals die.
    for (const Type& type : all_types()) {
      if (!type.drop.valid()) continue;
      for (uint32_t global : summaries_.of(type.drop).effects.globals_read.items) {
        doubtful[global] = true;
      }
    }
    for (const Function& function : program_.functions) moved_globals(function, doubtful);
    for (size_t g = 0; g < program_.globals.size(); ++g) {
      program_.globals[g].always_full = !doubtful[g];
    }
  }

  std::vector<Type> all_types() const {
    std::vector<Type> types;
    for (size_t t = 0; t < program_.types.size(); ++t) types.push_back(program_.types[TypeId{t}]);
    return types;
  }

  // Only moves of the whole count: a part that was moved is a hole that its type's checks find.
  void moved_globals(const Function& function, std::vector<bool>& doubtful) const {
    for (const Operand& operand : function.operands) {
      if (!operand.has_place() || !operand.place.is_global()) continue;
      if (operand.kind == OperandKind::Move && operand.place.is_root()) {
        doubtful[operand.place.global_id().index()] = true;
      }
    }
  }

  void finish(FuncId func) {
    Function& function = program_[func];
    Spelling spelling(program_, function);
    for (Block& block : function.blocks) {
      for (Inst& inst : block.insts) {
        for (Operand& operand : function.args(inst)) {
          if (operand.kind != OperandKind::Move) continue;
          if (is_borrowed_param(function, operand.place)) operand.kind = OperandKind::Copy;
          if (!inst.fact.valid()) note_move(func, inst, operand, spelling);
        }
      }
    }
  }

  // The caller's reference stays the caller's, whatever the name is worth afterwards.
  static bool is_borrowed_param(const Function& function, Place place) {
    if (!place.is_local() || !place.is_root()) return false;
    const Local& local = function.locals[place.local_id().index()];
    return local.kind == LocalKind::Param && local.mode == ParamMode::Borrow;
  }

  void note_move(FuncId func, Inst& inst, const Operand& operand, const Spelling& spelling) {
    Function& function = program_[func];
    if (operand.place.is_local()) {
      LocalKind kind = function.locals[operand.place.local_id().index()].kind;
      if (kind != LocalKind::User && kind != LocalKind::Param) return;
    }
    bool returned = inst.op == Op::Init && inst.imm == 1;
    inst.fact = program_.add_fact({FactKind::Moved, func, span_of(inst, operand),
                                   spelling.text(operand.place),
                                   returned ? "it is returned by its name, and its life ends here"
                                            : "`move` takes it and leaves its place empty"});
  }

  static constexpr uint64_t kMakesLoans = Contents::bit(Op::MakeRef) | Contents::bit(Op::Alias);

  Program& program_;
  Summaries& summaries_;
  const Contents& contents_;
  const SourceMap& sources_;
  DiagnosticSink& sink_;
  MovesResult result_;
};

}  // namespace

MovesResult run_moves(Program& program, Summaries& summaries, const SourceMap& sources,
                      DiagnosticSink& sink, bool only_report) {
  MovesPass pass(program, summaries, sources, sink);
  return only_report ? pass.report() : pass.run();
}

}  // namespace tenure::own
