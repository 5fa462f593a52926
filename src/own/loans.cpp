#include "own/loans.h"

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "own/flow.h"
#include "own/index_values.h"
#include "own/move_rules.h"
#include "own/path_bits.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

constexpr size_t kMostPairs = 1'000'000;
constexpr size_t kMostTests = 50'000'000;

struct Loan {
  Place place;  // holds replaced by what they hold
  Span span;
  bool alias;  // uncounted: its lender may not change at all
};

// How an instruction disturbs a place.
enum class Disturbs : uint8_t { Move, Assign, Grow, Callee };
struct Conflict {
  Disturbs how;
  Place place;
  Span span;
  Place written;  // the same place, as the instruction has it
};

// Of the array that is its first operand.
bool changes_length(const Inst& inst) {
  RtFn fn = RtFn(inst.imm);
  return inst.op == Op::Runtime && (fn == RtFn::ArrayPush || fn == RtFn::ArrayPop);
}

// Which loans each holder may ever have, as numbered pairs.
struct Pairs {
  struct Of {
    uint32_t loan;
    uint32_t pair;
  };
  std::unordered_map<uint32_t, std::vector<Of>> of_holder;          // by local
  std::vector<std::vector<std::pair<uint32_t, uint32_t>>> of_loan;  // (holder, pair)
  uint32_t count = 0;

  bool add(uint32_t holder, uint32_t loan) {
    if (count >= kMostPairs) return false;
    for (const Of& of : of_holder[holder]) {
      if (of.loan == loan) return false;
    }
    of_holder[holder].push_back({loan, count});
    of_loan[loan].push_back({holder, count});
    ++count;
    return true;
  }
};

bool is_root_local(Place place) {
  return place.is_local() && place.is_root();
}

// ---- which holder has which loan, forward

// Of a pair: held, and what decides which elements the loan is of is as it was; held, but it has
// been written since.
constexpr uint8_t kFresh = 1, kStale = 2;

class LoanFlow {
 public:
  using State = PathBits;  // by pair
  LoanFlow(const Function& function, const IndexValues& indexes, const std::vector<Loan>& loans,
           const std::unordered_map<const Inst*, uint32_t>& made, const Pairs& pairs)
      : function_(function), indexes_(indexes), loans_(loans), made_(made), pairs_(pairs) {
    for (uint32_t i = 0; i < loans.size(); ++i) {
      by_root_[loans[i].place.root].push_back(i);
      indexes.each_local(loans[i].place, [&](uint32_t local) { by_index_[local].push_back(i); });
    }
  }

  State entry() { return {}; }
  void failed(const Inst& inst, State& state) { step(inst, state); }
  bool join(State& into, const State& from) { return into.join(from); }

  bool step(const Inst& inst, State& state) {
    std::vector<Taken> taken = passed_on(inst, state);
    for (const Operand& operand : function_.args(inst)) {
      if (operand.kind == OperandKind::Move && is_root_local(operand.place)) {
        kill_holder(operand.place.root, state);
      }
    }
    if (!inst.dst.valid()) return true;
    if (is_root_local(inst.dst)) {
      kill_holder(inst.dst.root, state);
      age_loans(inst.dst.root, state);
    }
    kill_loans(inst, state);
    auto made = made_.find(&inst);
    if (made != made_.end()) taken.push_back({made->second, kFresh});
    for (const Taken& loan : taken) set(inst.dst.root, loan, state);
    return true;
  }

 private:
  struct Taken {
    uint32_t loan;
    uint8_t bits;
  };
  std::vector<Taken> passed_on(const Inst& inst, const State& state) const {
    std::vector<Taken> taken;
    if ((inst.op != Op::Init && inst.op != Op::Assign) || !is_root_local(inst.dst)) return taken;
    const Operand& from = function_.args(inst)[0];
    if (!from.has_place() || !is_root_local(from.place)) return taken;
    auto it = pairs_.of_holder.find(from.place.root);
    if (it == pairs_.of_holder.end()) return taken;
    for (const Pairs::Of& of : it->second) {
      uint8_t bits = state.get(of.pair);
      if (bits != 0) taken.push_back({of.loan, bits});
    }
    return taken;
  }

  void kill_holder(uint32_t local, State& state) const {
    auto it = pairs_.of_holder.find(local);
    if (it == pairs_.of_holder.end()) return;
    for (const Pairs::Of& of : it->second) state.set(of.pair, 0);
  }

  // An index is written: which elements they are of is not known by its name any more.
  void age_loans(uint32_t local, State& state) const {
    auto it = by_index_.find(local);
    if (it == by_index_.end()) return;
    for (uint32_t loan : it->second) {
      for (auto [holder, pair] : pairs_.of_loan[loan]) {
        if (state.get(pair) != 0) state.set(pair, kStale);
      }
    }
  }

  // What a changed pointer led to has no name here any more; a local that begins anew lends
  // nothing.
  void kill_loans(const Inst& inst, State& state) const {
    auto it = by_root_.find(inst.dst.root);
    if (it == by_root_.end()) return;
    bool birth = inst.op != Op::Assign && inst.op != Op::Drop && inst.dst.is_root();
    for (uint32_t loan : it->second) {
      Place place = loans_[loan].place;
      if (indexes_.within(place, inst.dst, true) == Within::No) continue;
      bool kills = birth;
      PathId at = place.path;
      for (; !kills && function_.paths.depth(at) > function_.paths.depth(inst.dst.path);
           at = function_.paths.parent(at)) {
        kills = function_.paths.last(at).kind == ProjKind::Deref;
      }
      if (!kills) continue;
      for (auto [holder, pair] : pairs_.of_loan[loan]) state.set(pair, 0);
    }
  }

  void set(uint32_t holder, Taken taken, State& state) const {
    auto it = pairs_.of_holder.find(holder);
    if (it == pairs_.of_holder.end()) return;
    for (const Pairs::Of& of : it->second) {
      if (of.loan == taken.loan) state.set(of.pair, taken.bits);
    }
  }

  const Function& function_;
  const IndexValues& indexes_;
  const std::vector<Loan>& loans_;
  const std::unordered_map<const Inst*, uint32_t>& made_;
  const Pairs& pairs_;
  std::unordered_map<uint32_t, std::vector<uint32_t>> by_root_;
  std::unordered_map<uint32_t, std::vector<uint32_t>> by_index_;  // by local
};

// ---- which holder is used later, backward

class HolderLiveness {
 public:
  HolderLiveness(const Cfg& cfg, const Pairs& pairs) : cfg_(cfg), pairs_(pairs) {
    const Function& function = cfg.function();
    live_in_.resize(function.blocks.size());
    bool again = true;
    while (again) {
      again = false;
      for (size_t i = cfg.order().size(); i-- > 0;) {
        uint32_t block = cfg.order()[i];
        PathBits live = live_out(block);
        const std::vector<Inst>& insts = function.blocks[block].insts;
        for (size_t k = insts.size(); k-- > 0;) before(insts[k], live);
        if (live_in_[block].join(live)) again = true;
      }
    }
  }

  PathBits live_out(uint32_t block) const {
    PathBits live;
    for (uint32_t next : cfg_.succs(block)) live.join(live_in_[next]);
    return live;
  }
  // From after the instruction to before it.
  void before(const Inst& inst, PathBits& live) const {
    bool writes = inst.dst.valid() && is_root_local(inst.dst);
    if (writes && pairs_.of_holder.count(inst.dst.root)) live.set(inst.dst.root, 0);
    each_use(inst, [&](uint32_t local) { live.set(local, 1); });
  }
  template <class Visit>
  void each_use(const Inst& inst, Visit&& visit) const {
    if (inst.op == Op::Drop || inst.op == Op::Forget) return;
    auto use = [&](Place place) {
      if (place.is_local() && pairs_.of_holder.count(place.root)) visit(place.root);
    };
    if (inst.dst.valid() && !inst.dst.is_root()) use(inst.dst);
    for (const Operand& operand : cfg_.function().args(inst)) {
      if (operand.has_place()) use(operand.place);
    }
  }

 private:
  const Cfg& cfg_;
  const Pairs& pairs_;
  std::vector<PathBits> live_in_;  // by block, of locals
};

// ---- the check

class LoanChecker {
 public:
  LoanChecker(const Program& program, FuncId func, const Summaries& summaries,
              const InnerReferences& inner, const Spelling& spelling, DiagnosticSink& sink)
      : program_(program),
        func_(func),
        function_(program[func]),
        indexes_(function_),
        summaries_(summaries),
        inner_(inner),
        spelling_(spelling),
        sink_(sink) {}

  void run() {
    collect();
    if (loans_.empty()) return;
    close_over_copies();
    Cfg cfg(function_);
    LoanFlow problem(function_, indexes_, loans_, made_, pairs_);
    Flow<LoanFlow> flow = solve(cfg, problem);
    HolderLiveness liveness(cfg, pairs_);
    for (uint32_t block : cfg.order()) {
      if (flow.reached(block)) check_block(cfg, liveness, problem, block, flow.at_entry[block]);
    }
  }

 private:
  // Loans of places whose root something disturbs; the others cannot matter.
  void collect() {
    std::unordered_set<uint32_t> disturbed;
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        check_arguments(inst);
        each_conflict(inst, [&](const Conflict& c) { disturbed.insert(c.place.root); });
      }
    }
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        bool alias = inst.op == Op::Alias;
        if ((inst.op != Op::MakeRef && !alias) || !is_root_local(inst.dst)) continue;
        Place place = spelling_.unaliased(function_.args(inst)[0].place);
        if (!disturbed.count(place.root) && !alias) continue;
        made_[&inst] = static_cast<uint32_t>(loans_.size());
        by_root_[place.root].push_back(static_cast<uint32_t>(loans_.size()));
        loans_.push_back({place, inst.span, alias});
        if (!alias) continue;
        aliases_.push_back(made_[&inst]);
        if (is_exposed(loans_.back())) exposed_aliases_.push_back(made_[&inst]);
      }
    }
  }

  void close_over_copies() {
    pairs_.of_loan.resize(loans_.size());
    std::unordered_map<uint32_t, std::vector<uint32_t>> copies;  // from local to locals
    std::vector<std::pair<uint32_t, uint32_t>> work;             // holder, loan
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        auto made = made_.find(&inst);
        if (made != made_.end()) work.push_back({inst.dst.root, made->second});
        if ((inst.op != Op::Init && inst.op != Op::Assign) || !is_root_local(inst.dst)) continue;
        const Operand& from = function_.args(inst)[0];
        if (from.has_place() && is_root_local(from.place)) {
          copies[from.place.root].push_back(inst.dst.root);
        }
      }
    }
    while (!work.empty()) {
      auto [holder, loan] = work.back();
      work.pop_back();
      if (!pairs_.add(holder, loan)) continue;
      auto it = copies.find(holder);
      if (it == copies.end()) continue;
      for (uint32_t next : it->second) work.push_back({next, loan});
    }
  }

  // ---- what disturbs what

  template <class Visit>
  void each_conflict(const Inst& inst, Visit&& visit) const {
    if (inst.op == Op::Assign)
      visit({Disturbs::Assign, spelling_.unaliased(inst.dst), inst.span, inst.dst});
    auto args = function_.args(inst);
    for (uint32_t i = 0; i < args.size(); ++i) {
      const Operand& operand = args[i];
      if (!operand.has_place()) continue;
      Span span = span_of(inst, operand);
      bool replaces = inst.op == Op::Swap || (inst.op == Op::Replace && i == 0);
      if (operand.kind == OperandKind::Move) {
        if (inst.imm == 1 && inst.op == Op::Init) continue;  // `return x`: nothing is later
        visit(Conflict{Disturbs::Move, spelling_.unaliased(operand.place), span, operand.place});
      } else if (operand.kind == OperandKind::Addr && replaces) {
        visit(Conflict{Disturbs::Assign, spelling_.unaliased(operand.place), span, operand.place});
      } else if (changes_length(inst) && i == 0) {
        visit(Conflict{Disturbs::Grow, spelling_.unaliased(operand.place), span, operand.place});
      } else if (inst.op == Op::Call && operand.kind == OperandKind::Addr &&
                 summaries_.of(inst.callee).params[i].changes_whole) {
        visit(Conflict{Disturbs::Callee, spelling_.unaliased(operand.place), span, operand.place});
      }
    }
  }

  // Of a counted reference only what is certain is an error: it keeps what it refers to. Under an
  // alias nothing may change that may be what it names.
  bool disturbs(const Conflict& conflict, const Loan& loan, bool fresh) const {
    Place a = conflict.place, b = loan.place;
    Within within = indexes_.within(b, a, fresh);
    if (within == Within::No || (within == Within::Maybe && !loan.alias)) return false;
    // By its name, or another, the part itself may be given a new value.
    bool by_name = a.root != conflict.written.root &&
                   function_.paths.depth(a.path) == function_.paths.depth(b.path);
    if (by_name && loan.alias && conflict.how != Disturbs::Move) return false;
    std::vector<Step> steps = steps_of(program_, function_, b);
    bool index = false, deref = false;
    for (size_t i = function_.paths.depth(a.path); i < steps.size() && !deref; ++i) {
      bool boxed = loan.alias && program_.types[steps[i].from].kind == TypeKind::Box;
      deref = steps[i].proj.kind == ProjKind::Deref && !boxed;
      index = index || (!deref && leaves_storage(program_, steps[i]));
    }
    if (deref) return false;
    switch (conflict.how) {
      case Disturbs::Move:
        return loan.alias || !index;  // [O-REF-9] a moved array takes its elements along
      case Disturbs::Assign:
        return loan.alias || index;  // a reference sees the new value of the place itself
      case Disturbs::Grow:
        return index;
      case Disturbs::Callee:
        return loan.alias;  // a reference keeps the elements that it had [O-REF-9]
    }
    return false;
  }

  // The lender of an alias may be changed behind our back: through a reference to it that exists,
  // by this instruction or what it calls or lets die, or through an address that a call gets.
  bool reached_by(const Inst& inst, const Loan& loan) const {
    if (!is_exposed(loan) && !lends_more(inst, loan)) return false;
    bool reached = false;
    // (A growing array leaves holes in its own old elements only.)
    bool grows = inst.op == Op::Runtime && !rt_info(RtFn(inst.imm)).runs_user_code;
    const Effects* effects = grows ? nullptr : summaries_.of_inst(function_, inst);
    if (effects != nullptr) {
      for (const MemoryKey& key : effects->filled.items) reached |= encloses(loan, key.type);
      for (const MemoryKey& key : effects->moved.items) reached |= encloses(loan, key.type);
    }
    each_conflict(inst, [&](const Conflict& conflict) {
      if (conflict.how == Disturbs::Callee || !through_reference(conflict.place)) return;
      reached |= encloses(loan, place_type(program_, function_, conflict.place));
    });
    return reached;
  }

  // A counted reference to the lender, or to the element or content that it is, may exist.
  bool is_exposed(const Loan& loan) const {
    return loan.place.is_global() || summaries_.escaped(func_)[loan.place.local_id().index()] ||
           inner_.may_reach(program_, function_, loan.place);
  }

  // A call that gets the address of what the alias is a part of.
  bool lends_more(const Inst& inst, const Loan& loan) const {
    if (inst.op != Op::Call) return false;
    for (const Operand& operand : function_.args(inst)) {
      if (operand.kind != OperandKind::Addr) continue;
      Place place = spelling_.unaliased(operand.place);
      if (function_.paths.depth(place.path) < function_.paths.depth(loan.place.path) &&
          indexes_.within(loan.place, place, false) != Within::No) {
        return true;
      }
    }
    return false;
  }

  // The named part lies in a value of this type.
  bool encloses(const Loan& loan, TypeId type) const {
    for (const Step& step : steps_of(program_, function_, loan.place)) {
      if (step.from == type) return true;
    }
    return false;
  }

  bool through_reference(Place place) const {
    for (const Step& step : steps_of(program_, function_, place)) {
      TypeKind from = program_.types[step.from].kind;
      if (step.proj.kind == ProjKind::Deref && from == TypeKind::Ref) return true;
    }
    return false;
  }

  // `f(p, move p)`: what is borrowed stays whole until the call ends [O-LIFE-3].
  void check_arguments(const Inst& inst) {
    if (inst.op != Op::Call) return;
    auto args = function_.args(inst);
    for (uint32_t j = 1; j < args.size(); ++j) {
      if (args[j].kind != OperandKind::Move) continue;
      for (uint32_t i = 0; i < j; ++i) {
        if (args[i].kind != OperandKind::Addr) continue;
        Place borrowed = spelling_.unaliased(args[i].place);
        if (!overlap(args[j].place, borrowed)) continue;
        std::string name = spelling_.text(args[j].place);
        sink_
            .report(DiagKind::CannotMoveBorrowed, span_of(inst, args[j]),
                    "cannot move `" + name + "` while it is borrowed")
            .note(span_of(inst, args[i]),
                  "`" + spelling_.text(borrowed) + "` is borrowed here until the call ends");
      }
    }
  }

  // One is a part of the other's own storage.
  bool overlap(Place a, Place b) const {
    bool a_first = indexes_.within(b, a, true) == Within::Yes;
    if (!a_first && indexes_.within(a, b, true) != Within::Yes) return false;
    Place longer = a_first ? b : a;
    std::vector<Step> steps = steps_of(program_, function_, longer);
    for (size_t i = function_.paths.depth((a_first ? a : b).path); i < steps.size(); ++i) {
      if (leaves_storage(program_, steps[i])) return false;
    }
    return true;
  }

  // ---- block by block

  void check_block(const Cfg& cfg, const HolderLiveness& liveness, LoanFlow& problem,
                   uint32_t block, PathBits state) {
    const std::vector<Inst>& insts = function_.blocks[block].insts;
    std::vector<PathBits> live_after(insts.size());
    PathBits live = liveness.live_out(block);
    for (size_t i = insts.size(); i-- > 0;) {
      live_after[i] = live;
      liveness.before(insts[i], live);
    }
    for (uint32_t i = 0; i < insts.size(); ++i) {
      const Inst& inst = insts[i];
      PathBits& after = live_after[i];
      if (inst.op == Op::Call)
        liveness.each_use(inst, [&](uint32_t local) { after.set(local, 1); });
      each_conflict(inst, [&](const Conflict& conflict) {
        auto loans = by_root_.find(conflict.place.root);
        if (loans == by_root_.end()) return;
        for (uint32_t loan : loans->second) {
          if (tests_++ > kMostTests && !loans_[loan].alias) return;
          Held held = held_by(loan, state, after);
          if (held.holder == kNobody || !disturbs(conflict, loans_[loan], held.fresh)) continue;
          report(cfg, liveness, conflict, loan, held.holder, block, i);
          return;
        }
      });
      for (uint32_t loan : inst.op == Op::Call ? aliases_ : exposed_aliases_) {
        uint32_t holder = held_by(loan, state, after).holder;
        if (holder == kNobody || !reached_by(inst, loans_[loan])) continue;
        Place whole = lender(loans_[loan].place);
        Conflict conflict{Disturbs::Assign, whole, inst.span, whole};
        report(cfg, liveness, conflict, loan, holder, block, i);
      }
      problem.step(inst, state);
    }
  }

  static Place lender(Place place) { return {place.root, PathId{size_t{0}}}; }

  static constexpr uint32_t kNobody = 0xFFFFFFFFu;
  struct Held {
    uint32_t holder = kNobody;
    bool fresh = false;
  };
  // Who has it and is used later; rather one who has it fresh.
  Held held_by(uint32_t loan, const PathBits& state, const PathBits& live) const {
    Held held;
    for (auto [holder, pair] : pairs_.of_loan[loan]) {
      uint8_t bits = state.get(pair);
      if (bits == 0 || !live.get(holder)) continue;
      held = {holder, (bits & kFresh) != 0};
      if (held.fresh) break;
    }
    return held;
  }

  void report(const Cfg& cfg, const HolderLiveness& liveness, const Conflict& conflict,
              uint32_t loan, uint32_t holder, uint32_t block, uint32_t inst) {
    std::string name = spelling_.text(conflict.written);
    bool moves = conflict.how == Disturbs::Move;
    Diagnostic& diagnostic = sink_.report(
        moves ? DiagKind::CannotMoveBorrowed : DiagKind::CannotAssignBorrowed, conflict.span,
        std::string("cannot ") + (moves ? "move" : "assign") + " `" + name +
            "` while it is borrowed");
    diagnostic.note(loans_[loan].span,
                    "`" + spelling_.text(loans_[loan].place) + "` is borrowed here");
    Span use = later_use(cfg, liveness, holder, block, inst);
    if (use.valid()) diagnostic.note(use, "and the reference is used later, here");
  }

  Span later_use(const Cfg& cfg, const HolderLiveness& liveness, uint32_t holder, uint32_t block,
                 uint32_t inst) {
    Span found;
    auto scan = [&](uint32_t b, size_t from) {
      const std::vector<Inst>& insts = function_.blocks[b].insts;
      for (size_t i = from; i < insts.size() && !found.valid(); ++i) {
        ++tests_;
        liveness.each_use(insts[i], [&](uint32_t local) {
          if (local == holder) found = insts[i].span;
        });
      }
    };
    if (function_.blocks[block].insts[inst].op == Op::Call) scan(block, inst);
    scan(block, inst + 1);
    std::vector<bool> seen(function_.blocks.size());
    std::vector<uint32_t> work = cfg.succs(block);
    for (size_t i = 0; i < work.size() && !found.valid() && tests_ < kMostTests; ++i) {
      if (seen[work[i]]) continue;
      seen[work[i]] = true;
      scan(work[i], 0);
      for (uint32_t next : cfg.succs(work[i])) work.push_back(next);
    }
    return found;
  }

  const Program& program_;
  FuncId func_;
  const Function& function_;
  const IndexValues indexes_;
  const Summaries& summaries_;
  const InnerReferences& inner_;
  const Spelling& spelling_;
  DiagnosticSink& sink_;
  std::vector<Loan> loans_;
  std::vector<uint32_t> aliases_, exposed_aliases_;
  std::unordered_map<const Inst*, uint32_t> made_;
  std::unordered_map<uint32_t, std::vector<uint32_t>> by_root_;
  Pairs pairs_;
  size_t tests_ = 0;
};

}  // namespace

void check_loans(const Program& program, FuncId func, const Summaries& summaries,
                 const InnerReferences& inner, const Spelling& spelling, DiagnosticSink& sink) {
  LoanChecker(program, func, summaries, inner, spelling, sink).run();
}

}  // namespace tenure::own
