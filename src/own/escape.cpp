#include "own/escape.h"

#include <string>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "own/emit.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

void for_each_escaping(const Program& program, const Function& function, const Inst& inst,
                       const EscapesFn& escapes, const std::function<void(Place)>& visit) {
  auto args = function.args(inst);
  switch (inst.op) {
    case Op::MakeRef:
      if (args[0].kind == OperandKind::Addr) visit(args[0].place);
      break;
    case Op::Runtime:
      if (RtFn(inst.imm) == RtFn::WeakNew && args[0].kind == OperandKind::Addr) {
        visit(args[0].place);
      }
      break;
    case Op::Call: {
      const Function& callee = program[inst.callee];
      for (uint32_t i = 0; i < args.size(); ++i) {
        if (args[i].kind != OperandKind::Addr) continue;
        const Local& param = callee.locals[i + 1];
        if (param.mode != ParamMode::Borrow) continue;
        if (program.types[param.type].kind != TypeKind::Ref) continue;
        if (escapes(inst.callee, i)) visit(args[i].place);
      }
      break;
    }
    default:
      break;
  }
}

void for_each_lent(const Program& program, const Function& function, const Inst& inst,
                   const EscapesFn& escapes, const std::function<void(Place)>& visit) {
  if (inst.op != Op::Call) return;
  auto args = function.args(inst);
  for (uint32_t i = 0; i < args.size(); ++i) {
    if (args[i].kind != OperandKind::Addr || escapes(inst.callee, i)) continue;
    const Local& param = program[inst.callee].locals[i + 1];
    bool ref = program.types[param.type].kind == TypeKind::Ref;
    if (param.mode == ParamMode::Borrow && ref) visit(args[i].place);
  }
}

namespace {

// Why a root is boxed, or could have been and is not: the first place that raised the question.
struct Reason {
  Span span;
  FuncId keeper;      // the callee that keeps the address; none: a reference is made
  bool lent = false;  // nobody keeps it, but it may be moved away while it is lent
};

std::string line_of(const SourceMap& sources, Span span) {
  return span.valid() ? std::to_string(sources.locate(span).line) : "?";
}

std::string reason_text(const Program& program, const SourceMap& sources, const Reason& reason) {
  if (reason.lent) {
    return "a part of it is lent at line " + line_of(sources, reason.span) +
           ", and may be read when the rest was moved away";
  }
  if (reason.keeper.valid()) {
    return "`" + program[reason.keeper].shown_name + "`, called at line " +
           line_of(sources, reason.span) + ", may keep a reference to it";
  }
  return "the reference made at line " + line_of(sources, reason.span) + " may outlive it";
}

using Found = std::unordered_map<uint32_t, Reason>;  // by Place::root

// The locals of the user to which references are lent and that stay in the frame all the same.
Found lent_locals(const Program& program, const Function& function, const EscapesFn& escapes) {
  Found lent;
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      for_each_lent(program, function, inst, escapes, [&](Place place) {
        if (!place.is_local() || !in_root(program, steps_of(program, function, place))) return;
        const Local& local = function.locals[place.local_id().index()];
        bool own = local.kind == LocalKind::User ||
                   (local.kind == LocalKind::Param && local.mode == ParamMode::Own);
        if (own && !local.name.empty())
          lent.try_emplace(place.root, Reason{inst.span, inst.callee, false});
      });
    }
  }
  return lent;
}

// ---- finding what escapes

class Finder {
 public:
  Finder(const Program& program, const Function& function, DiagnosticSink& sink,
         const EscapesFn& escapes, const LentParts& lent_parts)
      : program_(program),
        function_(function),
        sink_(sink),
        escapes_(escapes),
        lent_parts_(lent_parts) {}

  // Roots that need a box: locals of the function, and globals.
  Found find() {
    find_aliases();
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        for_each_escaping(program_, function_, inst, escapes_,
                          [&](Place place) { escape(inst, place, false); });
        for_each_lent(program_, function_, inst, escapes_, [&](Place place) {
          if (lent_parts_.may_show_hole(function_, place)) escape(inst, place, true);
        });
      }
    }
    return std::move(found_);
  }

 private:
  void find_aliases() {
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op == Op::Alias) alias_of_[inst.dst.root] = function_.args(inst)[0].place;
      }
    }
  }

  // Alias locals are assigned once, from what is there already, so the chain ends.
  void escape(const Inst& inst, Place place, bool lent) {
    for (size_t turns = 0; turns <= alias_of_.size(); ++turns) {
      std::vector<Step> steps = steps_of(program_, function_, place);
      if (in_variant(program_, steps)) {
        if (lent) return;
        sink_.report(DiagKind::CannotReferVariant, inst.span, "cannot refer into a variant");
        return;
      }
      auto alias = alias_of_.find(place.root);
      if (alias == alias_of_.end() || place.is_global()) {
        if (in_root(program_, steps)) add(inst, place, lent);
        return;
      }
      // Behind the alias and another dereference: not in what the alias names.
      for (size_t i = 1; i < steps.size(); ++i) {
        if (leaves_storage(program_, steps[i])) return;
      }
      place = alias->second;
    }
  }

  void add(const Inst& inst, Place place, bool lent) {
    if (place.is_local()) {
      const Local& local = function_.locals[place.local_id().index()];
      // The address of a Borrow parameter's own word is never handed out for good: `ref r` is `r`.
      if (local.kind == LocalKind::Param && local.mode == ParamMode::Borrow) return;
      TN_CHECK(local.kind != LocalKind::Result, "a reference to the result of a function");
    }
    FuncId keeper = inst.op == Op::Call ? inst.callee : FuncId{};
    found_.try_emplace(place.root, Reason{inst.span, keeper, lent});
  }

  const Program& program_;
  const Function& function_;
  DiagnosticSink& sink_;
  const EscapesFn& escapes_;
  const LentParts& lent_parts_;
  std::unordered_map<uint32_t, Place> alias_of_;
  Found found_;
};

// ---- rewriting

// Rewrites one function, given the roots that live in boxes. Types of boxed locals change here,
// those of globals have been changed by the caller.
class Boxer {
 public:
  Boxer(Program& program, FuncId func, const Found& found, const MayFailFn& may_fail)
      : program_(program), function_(program[func]), found_(found), may_fail_(may_fail) {}

  void run() {
    if (!touches()) return;
    box_locals();
    for (Block& block : function_.blocks) {
      std::vector<Inst> old = std::move(block.insts);
      block.insts.clear();
      out_ = &block.insts;
      for (Inst& inst : old) rewrite(std::move(inst));
    }
    move_parameters();
    release_plain_boxes();
  }

 private:
  static uint32_t key(LocalId id) { return Place::local(id).root; }

  bool touches() const {
    for (const auto& [root, reason] : found_) {
      Place place{root, PathId{size_t{0}}};
      if (place.is_local() || uses_globals()) return true;
    }
    return false;
  }
  bool uses_globals() const {
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.dst.is_global()) return true;
      }
    }
    for (const Operand& operand : function_.operands) {
      if (operand.has_place() && operand.place.is_global()) return true;
    }
    return false;
  }

  void box_locals() {
    size_t count = function_.locals.size();
    for (size_t i = 0; i < count; ++i) {
      LocalId id{i};
      if (!found_.count(key(id))) continue;
      TypeId boxed = program_.types.ref(function_.locals[i].type);
      if (function_.locals[i].kind == LocalKind::Param) {
        Local home = function_.locals[i];
        home.kind = LocalKind::User;
        home.mode = ParamMode::Own;
        home.type = boxed;
        home.boxed = true;
        home_of_[key(id)] = LocalId{function_.locals.size()};
        parameters_.push_back(id);
        function_.locals[i].name.clear();
        function_.locals.push_back(std::move(home));
      } else {
        function_.locals[i].type = boxed;
        function_.locals[i].boxed = true;
        home_of_[key(id)] = id;
      }
    }
  }

  // The root that stands for `root` now; `boxed` says whether a Deref follows.
  uint32_t home(uint32_t root, bool& boxed) const {
    boxed = found_.count(root) != 0;
    auto it = home_of_.find(root);
    return it == home_of_.end() ? root : key(it->second);
  }

  // The place with the Derefs put in; an index that lives in a box is read into a temporary first.
  Place convert(Place place, Span span) {
    bool boxed;
    Place out{home(place.root, boxed), PathId{size_t{0}}};
    if (boxed) out = project(function_, out, {ProjKind::Deref, 0});
    for (Proj proj : function_.paths.projs(place.path)) {
      if (proj.kind == ProjKind::Index) proj.index = index_local(proj.index, span);
      out = project(function_, out, proj);
    }
    return out;
  }

  uint32_t index_local(uint32_t local, Span span) {
    bool boxed;
    uint32_t root = home(local, boxed);
    if (!boxed) return local;
    Place at = project(function_, {root, PathId{size_t{0}}}, {ProjKind::Deref, 0});
    LocalId temp = add_temp(function_, place_type(program_, function_, at), span);
    Inst read;
    read.op = Op::Init;
    read.dst = Place::local(temp);
    read.span = span;
    push(std::move(read), {Operand::copy(at)});
    return temp.v;
  }

  void push(Inst inst, std::initializer_list<Operand> args) {
    inst.args_begin = static_cast<uint32_t>(function_.operands.size());
    inst.args_count = static_cast<uint32_t>(args.size());
    function_.operands.insert(function_.operands.end(), args);
    out_->push_back(std::move(inst));
  }

  Span origin_of(Place root) const {
    return root.is_global() ? program_.globals[root.global_id().index()].span
                            : function_.locals[root.local_id().index()].span;
  }

  void rewrite(Inst inst) {
    bool is_boxed_ref = inst.op == Op::MakeRef && function_.args(inst)[0].place.is_root() &&
                        found_.count(function_.args(inst)[0].place.root);
    for (uint32_t i = 0; i < inst.args_count; ++i) {
      Operand& operand = function_.operands[inst.args_begin + i];
      if (!operand.has_place()) continue;
      Place place = operand.place;
      if (is_boxed_ref) {
        bool boxed;
        function_.operands[inst.args_begin + i] =
            Operand::copy({home(place.root, boxed), PathId{size_t{0}}});
      } else {
        Place now = convert(place, inst.span);  // may grow `operands`
        function_.operands[inst.args_begin + i].place = now;
      }
    }
    if (is_boxed_ref) inst.op = Op::Init;
    rewrite_destination(std::move(inst));
  }

  void rewrite_destination(Inst inst) {
    if (!inst.dst.valid()) {
      out_->push_back(std::move(inst));
      return;
    }
    bool boxed;
    Place box{home(inst.dst.root, boxed), PathId{size_t{0}}};
    bool makes_whole =
        boxed && inst.dst.is_root() && inst.op != Op::Assign && inst.op != Op::Forget;
    if (!makes_whole) {
      inst.dst = convert(inst.dst, inst.span);
      out_->push_back(std::move(inst));
    } else if (inst.op == Op::Drop) {
      inst.dst = box;
      out_->push_back(std::move(inst));
    } else if (inst.op == Op::Init) {
      make_box(inst, box);
      out_->push_back(std::move(inst));
    } else {
      Place at = project(function_, box, {ProjKind::Deref, 0});
      TypeId type = place_type(program_, function_, at);
      Place temp = Place::local(add_temp(function_, type, inst.span));
      inst.dst = temp;
      Span span = inst.span;
      out_->push_back(std::move(inst));
      Inst made;
      made.span = span;
      make_box(made, box);
      push(std::move(made),
           {program_.types.is_plain(type) ? Operand::copy(temp) : Operand::move(temp)});
    }
  }

  void make_box(Inst& inst, Place box) {
    inst.op = Op::New;
    inst.imm = 0;
    inst.dst = box;
    inst.type = place_type(program_, function_, project(function_, box, {ProjKind::Deref, 0}));
    inst.origin = origin_of(box);
  }

  // Boxed by-value parameters: `new x' = move x` before everything else. The old entry may be the
  // target of a jump (`next` outside of a loop), so it gets a block of its own.
  void move_parameters() {
    if (parameters_.empty()) return;
    BlockId body{function_.blocks.size()};
    for (Block& block : function_.blocks) {
      for (Inst& inst : block.insts) {
        for (BlockId& target : inst.targets) {
          if (target.v == 0) target = body;
        }
      }
    }
    function_.blocks.push_back(std::move(function_.blocks[0]));
    Block entry;
    out_ = &entry.insts;
    for (LocalId id : parameters_) {
      Place box = Place::local(home_of_[key(id)]);
      Inst made;
      made.span = function_.locals[id.index()].span;
      make_box(made, box);
      TypeId type = made.type;
      Place from = Place::local(id);
      push(std::move(made),
           {program_.types.is_plain(type) ? Operand::copy(from) : Operand::move(from)});
    }
    Inst jump;
    jump.op = Op::Jump;
    jump.span = function_.span;
    jump.targets = {body};
    entry.insts.push_back(std::move(jump));
    function_.blocks[0] = std::move(entry);
  }

  // Plain values need not have obligations, their boxes do. When a plain value dies cannot be seen
  // but through a weak reference, so a drop where the function is left, and one before the box is
  // made anew, are enough; where there is an obligation, these find nothing.
  void release_plain_boxes() {
    std::vector<LocalId> plain;
    for (size_t i = function_.locals.size(); i-- > 0;) {
      const Local& local = function_.locals[i];
      if (local.boxed && program_.types.is_plain(program_.types[local.type].elem)) {
        plain.push_back(LocalId{i});
      }
    }
    if (plain.empty()) return;
    for (Block& block : function_.blocks) {
      bool unwinds = block.kind == BlockKind::Cleanup;
      DropReason reason = unwinds ? DropReason::RunTimeError : DropReason::EndOfBlock;
      std::vector<Inst> old = std::move(block.insts);
      block.insts.clear();
      for (Inst& inst : old) {
        for (LocalId local : plain) {
          if (inst.op == Op::New && inst.dst == Place::local(local))
            block.insts.push_back(make_drop(function_, local, reason, inst.span));
        }
        block.insts.push_back(std::move(inst));
      }
    }
    drop_where_left(function_, plain, [&](const Inst& inst) { return may_fail_(function_, inst); });
  }

  Program& program_;
  Function& function_;
  const Found& found_;
  const MayFailFn& may_fail_;
  std::unordered_map<uint32_t, LocalId> home_of_;  // by Place::root of the local before
  std::vector<LocalId> parameters_;
  std::vector<Inst>* out_ = nullptr;
};

// A front end may leave drops of plain locals, for those that live in boxes now.
void remove_plain_drops(Program& program) {
  for (Function& function : program.functions) {
    for (Block& block : function.blocks) {
      std::erase_if(block.insts, [&](const Inst& inst) {
        return inst.op == Op::Drop &&
               program.types.is_plain(place_type(program, function, inst.dst));
      });
    }
  }
}

}  // namespace

void report_escape(const Program& program, DiagnosticSink& sink, const Contents& contents,
                   const EscapesFn& escapes, const LentParts& lent_parts) {
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (!contents.names_variant(FuncId{f}) || !contents.lends(FuncId{f})) continue;
    Finder(program, program.functions[f], sink, escapes, lent_parts).find();
  }
}

void run_escape(Program& program, const SourceMap& sources, DiagnosticSink& sink,
                const EscapesFn& escapes, const LentParts& lent_parts, const MayFailFn& may_fail) {
  std::vector<Found> by_function(program.functions.size());
  Found globals;
  for (size_t i = 0; i < program.functions.size(); ++i) {
    Found found = Finder(program, program.functions[i], sink, escapes, lent_parts).find();
    for (auto& [root, reason] : found) {
      (Place{root, PathId{size_t{0}}}.is_global() ? globals : by_function[i])[root] = reason;
    }
  }
  auto fact = [&](FuncId func, Span span, const std::string& name, const Reason& reason) {
    program.add_fact({FactKind::Boxed, func, span, name, reason_text(program, sources, reason)});
  };
  auto in_frame = [&](FuncId func, const Local& local, const Reason& reason) {
    std::string why = "`" + program[reason.keeper].shown_name + "`, called at line " +
                      line_of(sources, reason.span) + ", keeps no reference to it";
    program.add_fact({FactKind::InFrame, func, local.span, local.name, std::move(why)});
  };
  for (size_t i = 0; i < program.globals.size(); ++i) {
    auto it = globals.find(Place::global(GlobalId{i}).root);
    if (it == globals.end()) continue;
    Global& global = program.globals[i];
    global.type = program.types.ref(global.type);
    global.boxed = true;
    fact(FuncId{}, global.span, global.name, it->second);
  }
  for (size_t i = 0; i < program.functions.size(); ++i) {
    Found& found = by_function[i];
    Function& function = program.functions[i];
    Found lent = lent_locals(program, function, escapes);
    for (size_t l = 0; l < function.locals.size(); ++l) {
      uint32_t root = Place::local(LocalId{l}).root;
      const Local& local = function.locals[l];
      auto it = found.find(root);
      if (it == found.end()) {
        if (auto lender = lent.find(root); lender != lent.end())
          in_frame(FuncId{i}, local, lender->second);
        continue;
      }
      fact(FuncId{i}, local.span, local.name.empty() ? "<expression>" : local.name, it->second);
    }
    found.insert(globals.begin(), globals.end());
    if (!found.empty()) Boxer(program, FuncId{i}, found, may_fail).run();
  }
  own::remove_plain_drops(program);
}

}  // namespace tenure::own
