// Whether functions that could be spared are what their outlines say.
#include <algorithm>
#include <functional>
#include <tuple>

#include "oir/outline.h"
#include "oir/verifier.h"

namespace tenure::oir {

namespace {

bool is_quiet_work(const Function& function, const Inst& inst) {
  switch (inst.op) {
    case Op::MakeView:  // of the array in which an element lies that is lent
      return inst.dst.is_local() &&
             function.locals[inst.dst.local_id().index()].kind == LocalKind::Hold;
    case Op::MakeRef:
    case Op::Alias:
    case Op::Swap:
    case Op::Replace:
    case Op::CallValue:
    case Op::DeferRun:
    case Op::Catch:
      return false;
    case Op::Runtime:
      return RtFn(inst.imm) != RtFn::Exit && RtFn(inst.imm) != RtFn::WeakNew;
    default:
      return true;
  }
}

bool collects(const Inst& inst) {
  return (inst.op == Op::New && inst.imm == 1) ||
         (inst.op == Op::Runtime && rt_info(RtFn(inst.imm)).runs_user_code);
}

// A step from a place to one in it.
struct Step {
  Proj proj;
  TypeId from, to;
};

// From the place back to its root.
std::vector<Step> steps_back(const Program& program, const Function& function, Place place) {
  std::vector<Step> steps;
  for (; place.path.v != 0; place.path = function.paths.parent(place.path)) {
    Place around = place;
    around.path = function.paths.parent(place.path);
    steps.push_back({function.paths.last(place.path), place_type(program, function, around),
                     place_type(program, function, place)});
  }
  return steps;
}

bool leaves(const Program& program, const Step& step) {
  if (step.proj.kind == ProjKind::Deref) return true;
  return step.proj.kind == ProjKind::Index && program.types[step.from].kind != TypeKind::FixedArray;
}

// It, or what it is a part of, lies in a local itself.
bool is_in_local(const Program& program, const Function& function, Place place) {
  std::vector<Step> steps = steps_back(program, function, place);
  return place.is_local() && std::none_of(steps.begin(), steps.end(),
                                          [&](const Step& step) { return leaves(program, step); });
}

// What is not plain in which the plain place lies.
bool is_plain_in_other(const Program& program, const Function& function, Place place) {
  if (place.is_root() || !program.types.is_plain(place_type(program, function, place)))
    return false;
  for (const Step& step : steps_back(program, function, place)) {
    if (leaves(program, step)) return false;
    if (step.proj.kind != ProjKind::Variant && !program.types.is_plain(step.from)) return true;
  }
  return false;
}

bool lends_plain_part(const Program& program) {
  for (const Function& function : program.functions) {
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op != Op::Call && inst.op != Op::MakeRef && inst.op != Op::Alias) continue;
        for (const Operand& operand : function.args(inst)) {
          if (operand.kind == OperandKind::Addr &&
              is_plain_in_other(program, function, operand.place))
            return true;
        }
      }
    }
  }
  return false;
}

template <class T, class Less>
void sort_once(std::vector<T>& list, Less less) {
  std::sort(list.begin(), list.end(), less);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

// The functions that may come back, callees first: who waits for a call is looked at again.
class Returning {
 public:
  explicit Returning(const Program& program)
      : program_(program), known_(program.functions.size()), waiting_(program.functions.size()) {
    std::vector<uint32_t> work;
    for (uint32_t f = 0; f < known_.size(); ++f) work.push_back(f);
    while (!work.empty()) {
      uint32_t f = work.back();
      work.pop_back();
      if (known_[f] || !look(f)) continue;
      known_[f] = true;
      work.insert(work.end(), waiting_[f].begin(), waiting_[f].end());
    }
  }
  bool returns(FuncId func) const { return known_[func.index()]; }

 private:
  bool look(uint32_t f) {
    const Function& function = program_.functions[f];
    if (function.blocks.empty()) return true;
    std::vector<bool> seen(function.blocks.size());
    std::vector<BlockId> work{BlockId{size_t{0}}};
    while (!work.empty()) {
      BlockId at = work.back();
      work.pop_back();
      if (seen[at.index()]) continue;
      seen[at.index()] = true;
      for (const Inst& inst : function.blocks[at.index()].insts) {
        if (inst.op == Op::Return) return true;
        if (inst.op == Op::Call && !known_[inst.callee.index()]) {
          waiting_[inst.callee.index()].push_back(f);
          break;
        }
        work.insert(work.end(), inst.targets.begin(), inst.targets.end());
      }
    }
    return false;
  }

  const Program& program_;
  std::vector<bool> known_;
  std::vector<std::vector<uint32_t>> waiting_;  // by function: for it to be known
};

class OutlineCheck {
 public:
  // `plain_parts`: somewhere in the program plain parts of what is not plain are lent.
  OutlineCheck(const Program& program, const Function& function, QuietTypes& quiet,
               bool plain_parts, VerifyReport& report)
      : program_(program),
        function_(function),
        quiet_(quiet),
        plain_parts_(plain_parts),
        report_(report) {}

  void run() {
    look_at_locals();
    bool collects_here = false;
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        look(inst);
        collects_here = collects_here || collects(inst);
      }
    }
    if (collects_here != function_.collects) bad("it collects, or does not");
    for (LocalId local : lent_) {
      bool changes = std::find(changed_.begin(), changed_.end(), local) != changed_.end();
      if (changes && plain_parts_) bad("it changes a local of which it lends something");
    }
    compare();
  }

 private:
  void bad(const std::string& what) {
    report_.add("in @" + function_.name + ": gentle, but " + what);
  }
  void bad(const Inst& inst, const std::string& what) {
    report_.add(program_, function_, BlockId{size_t{0}}, &inst, "gentle, but " + what);
  }

  // Those that instructions name: in what control does not come to lowering makes temporaries too,
  // which no outline knows of.
  void look_at_locals() {
    std::vector<bool> named(function_.locals.size());
    std::fill_n(named.begin(), function_.params + 1, true);
    auto name = [&](Place place) {
      if (place.is_local()) named[place.local_id().index()] = true;
    };
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.dst.valid()) name(inst.dst);
        for (const Operand& operand : function_.args(inst)) {
          if (operand.has_place()) name(operand.place);
        }
      }
    }
    for (size_t i = 0; i < named.size(); ++i) {
      if (named[i] && !quiet_.has(function_.locals[i].type)) bad("a local may matter");
    }
  }

  void look(const Inst& inst) {
    if (!is_quiet_work(function_, inst)) bad(inst, "it may matter");
    bool ends = inst.op == Op::Drop || inst.op == Op::Forget;
    if (ends && !is_in_local(program_, function_, inst.dst)) bad(inst, "what it ends may matter");
    if (inst.dst.valid() && !ends) look_at_write(inst);
    if (inst.op == Op::Call) look_at_call(inst);
    for (const Operand& operand : function_.args(inst)) {
      if (operand.kind == OperandKind::Move && !is_unseen_move(inst, operand))
        bad(inst, "it moves");
      if (!operand.has_place() && operand.constant.kind == ConstKind::Func)
        bad(inst, "it takes the value of a function");
      if (operand.has_place() && !quiet_.has(operand_type(program_, function_, operand)))
        bad(inst, "not all is quiet");
    }
  }

  void look_at_write(const Inst& inst) {
    if (inst.dst.is_global()) bad(inst, "what it writes may matter");
    if (program_.types.is_plain(place_type(program_, function_, inst.dst))) return;
    if (!is_in_local(program_, function_, inst.dst)) {
      writes_.push_back(written(inst.dst));
    } else if (inst.op == Op::Assign || !inst.dst.is_root()) {
      changed_.push_back(inst.dst.local_id());
    }
  }

  Written written(Place place) const {
    std::vector<Step> steps = steps_back(program_, function_, place);
    Written write{steps[0].to, {}, 0, true};
    for (const Step& step : steps) {
      bool view = program_.types[step.from].kind == TypeKind::View;
      if (step.proj.kind == ProjKind::Deref || view) write.by_name = false;
    }
    if (steps[0].proj.kind != ProjKind::Field) return write;
    write.container = steps[0].from;
    write.field = steps[0].proj.index;
    if (steps.size() > 1 && steps[1].proj.kind == ProjKind::Variant)
      write.field |= (steps[1].proj.index + 1) << 16;
    return write;
  }

  void look_at_call(const Inst& inst) {
    calls_.push_back(inst.callee);
    bool lends = false;
    for (const Operand& operand : function_.args(inst)) {
      lends = lends || operand.kind == OperandKind::Addr || operand.kind == OperandKind::Borrow;
      if (operand.kind == OperandKind::Addr) look_at_lent(inst, operand.place);
    }
    if (lends && !program_[inst.callee].gentle) bad(inst, "it lends to who may empty it");
  }

  void look_at_lent(const Inst& inst, Place place) {
    if (place.is_global()) bad(inst, "it lends a global");
    if (is_plain_in_other(program_, function_, place)) bad(inst, "it lends a plain part");
    if (is_in_local(program_, function_, place)) lent_.push_back(place.local_id());
    for (const Operand& other : function_.args(inst)) {
      if (other.kind == OperandKind::Move && other.place.root == place.root)
        bad(inst, "it moves what it lends");
    }
  }

  // Of a temporary or a part of it, or of a local that is returned.
  bool is_unseen_move(const Inst& inst, const Operand& operand) {
    if (!is_in_local(program_, function_, operand.place)) return false;
    changed_.push_back(operand.place.local_id());
    if (function_.locals[operand.place.local_id().index()].kind == LocalKind::Temp) return true;
    return inst.op == Op::Init && inst.imm == 1 && inst.dst.is_root();
  }

  void compare() {
    auto in_order = [](const Written& a, const Written& b) {
      return std::tie(a.type, a.container, a.field, a.by_name) <
             std::tie(b.type, b.container, b.field, b.by_name);
    };
    compare(calls_, function_.calls, std::less<FuncId>(), "it calls others");
    compare(writes_, function_.writes, in_order, "it writes others");
  }
  template <class T, class Less>
  void compare(std::vector<T>& found, std::vector<T> said, Less less, const char* what) {
    sort_once(found, less);
    sort_once(said, less);
    if (found != said) bad(what);
  }

  const Program& program_;
  const Function& function_;
  QuietTypes& quiet_;
  bool plain_parts_;
  VerifyReport& report_;
  std::vector<FuncId> calls_;
  std::vector<Written> writes_;
  std::vector<LocalId> lent_, changed_;
};

// One that is not spared asks those it calls what they do to what they are lent.
void check_callees(const Program& program, const Function& caller, VerifyReport& report) {
  for (const Block& block : caller.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.op != Op::Call || !program[inst.callee].spared) continue;
      for (const Operand& operand : caller.args(inst)) {
        bool lends = operand.kind == OperandKind::Addr || operand.kind == OperandKind::Borrow;
        if (lends)
          report.add(program, caller, BlockId{size_t{0}}, &inst, "it lends to one that is spared");
      }
    }
  }
}

}  // namespace

std::vector<std::string> verify_outlines(const Program& program) {
  VerifyReport report;
  auto is_marked = [](const Function& function) { return function.gentle; };
  if (std::none_of(program.functions.begin(), program.functions.end(), is_marked)) return {};
  Returning returning(program);
  QuietTypes quiet(program.types);
  bool plain_parts = lends_plain_part(program);
  for (size_t f = 0; f < program.functions.size(); ++f) {
    const Function& function = program.functions[f];
    if (!function.spared) check_callees(program, function, report);
    if (!function.gentle || function.blocks.empty()) continue;
    OutlineCheck(program, function, quiet, plain_parts, report).run();
    if (!returning.returns(FuncId{f}))
      report.add("in @" + function.name + ": gentle, but it may never come back");
  }
  return report.take();
}

}  // namespace tenure::oir
