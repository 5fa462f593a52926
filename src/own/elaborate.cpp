#include "own/elaborate.h"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "own/cfg.h"
#include "own/emit.h"
#include "own/set_flags.h"
#include "own/threading.h"

namespace tenure::own {

using namespace oir;

namespace {

enum class Fate : uint8_t { Keep, Dead, Static, Flagged, Open };

struct Part {
  MovePathId path;
  bool flagged;
};

// What becomes of a drop or an assignment.
struct Decision {
  Fate fate = Fate::Keep;
  MovePathId path;
  std::vector<Part> parts;  // Open: what is or may be there
  FactId fact;              // of a drop
};

class Elaborator {
 public:
  Elaborator(Program& program, FuncId func, const Summaries& summaries, DropFlags& flags,
             const SourceMap& sources)
      : program_(program),
        func_(func),
        function_(program[func]),
        summaries_(summaries),
        flags_(flags),
        sources_(sources),
        paths_(program, func, nullptr, &summaries),
        fullness_(program, func, paths_, &summaries, false) {}

  void run() {
    thread_dead_drops(function_, program_, fullness_);
    Cfg cfg(function_);
    Fullness problem = fullness_;
    Flow<Fullness> flow = solve(cfg, problem);
    find_split_paths(cfg, flow);
    decide_all(cfg, flow);
    record_drops(cfg);
    FlagWriter writer(program_, func_, fullness_, flags_);
    writer_ = &writer;
    for (uint32_t block : cfg.order()) {
      if (flow.reached(block)) {
        emit_block(block, flow.at_entry[block]);
      } else {  // behind a call that never returns
        function_.blocks[block].insts = {unreachable(function_.span)};
      }
    }
    if (writer.any()) set_flags_at_entry();
    record_dead();
    skip_empty_blocks(function_);
    remove_dead_set_flags(function_);
    skip_empty_blocks(function_);
    remove_unreachable_blocks(function_);
  }

 private:
  // ---- deciding

  bool needs_drop(MovePathId path) const { return program_.types.needs_drop(paths_[path].type); }

  // A value of this type dies in one piece: it has a drop of its own, or its parts are not known by
  // name.
  bool is_atomic(MovePathId path) const {
    const MovePath& row = paths_[path];
    if (row.is_leaf() || split_.count(path.v) == 0) return true;
    const Type& type = program_.types[row.type];
    if (type.drop.valid()) return true;
    return type.kind != TypeKind::Struct && type.kind != TypeKind::Tuple;
  }

  // Paths of which somewhere a part is there and another is not. All others are full or empty as a
  // whole, and one flag does for them.
  void find_split_paths(const Cfg& cfg, const Flow<Fullness>& flow) {
    for (uint32_t block : cfg.order()) {
      if (!flow.reached(block)) continue;
      Fullness::State state = flow.at_entry[block];
      for (const Inst& inst : function_.blocks[block].insts) {
        if (!fullness_.step(inst, state)) break;
        for (const Operand& operand : function_.args(inst)) {
          if (operand.kind == OperandKind::Move) {
            moves_[operand.place.root].push_back({operand.place, inst.span});
            split_above(operand.place, state);
          }
          if (operand.kind == OperandKind::Addr && op_is_call(inst.op)) {
            split_above(operand.place, state);
            split_within(operand.place, state);
          }
        }
        if (inst.dst.valid()) split_above(inst.dst, state);
      }
    }
  }
  void split_above(Place place, const Fullness::State& state) {
    MovePaths::Found found = paths_.find(place);
    if (!found.path.valid() || !found.exact) return;
    for (MovePathId up = paths_[found.path].parent; up.valid(); up = paths_[up].parent) {
      if (split_.count(up.v) == 0 && !is_uniform(up, state)) split_.insert(up.v);
    }
  }
  // What is lent may come back without some of its parts.
  void split_within(Place place, const Fullness::State& state) {
    MovePaths::Found found = paths_.find(place);
    if (!found.path.valid() || !found.exact) return;
    std::vector<MovePathId> work{found.path};
    while (!work.empty()) {
      MovePathId at = work.back();
      work.pop_back();
      if (paths_[at].is_leaf()) continue;
      if (split_.count(at.v) == 0 && !is_uniform(at, state)) split_.insert(at.v);
      for (MovePathId part = paths_[at].first_part; part.valid(); part = paths_[part].next) {
        work.push_back(part);
      }
    }
  }
  bool is_uniform(MovePathId path, const Fullness::State& state) const {
    bool maybe_empty = false;
    bool maybe_full = false;
    for (uint32_t leaf = paths_[path].leaf_begin; leaf < paths_[path].leaf_end; ++leaf) {
      uint8_t bits = fullness_.bits(state, paths_.leaf(leaf));
      bool empty = (bits & kEmpty) != 0;
      bool full = (bits & (kFull | kUnknown)) != 0;
      if (leaf == paths_[path].leaf_begin) {
        maybe_empty = empty;
        maybe_full = full;
      } else if (empty != maybe_empty || full != maybe_full) {
        return false;
      }
    }
    return true;
  }

  void decide_all(const Cfg& cfg, const Flow<Fullness>& flow) {
    decisions_.resize(function_.blocks.size());
    for (uint32_t block : cfg.order()) {
      if (!flow.reached(block)) continue;
      Fullness::State state = flow.at_entry[block];
      for (const Inst& inst : function_.blocks[block].insts) {
        if (inst.op == Op::Drop || inst.op == Op::Assign) {
          decisions_[block].push_back(decide(inst, state));
        }
        if (!fullness_.step(inst, state)) break;
      }
    }
  }

  Decision decide(const Inst& inst, const Fullness::State& before) {
    Decision decision;
    MovePaths::Found found = paths_.find(inst.dst);
    if (!found.path.valid() || !found.exact) return decision;
    const MovePath& row = paths_[found.path];
    decision.path = found.path;
    // Memory knows, and drops of what vacates skip holes.
    if (row.memory_knows() || row.deep || !inst.dst.is_local() || !needs_drop(found.path))
      return decision;
    Fullness::State state = before;
    if (inst.op == Op::Assign) {  // `x = move x.part`: the operand is gone by then
      for (const Operand& operand : function_.args(inst)) {
        if (operand.kind == OperandKind::Move) fullness_.move_operand(state, operand.place);
      }
    }
    decision.fate = fate_of(found.path, state, decision.parts);
    if (decision.fate == Fate::Flagged) flag(found.path);
    return decision;
  }

  // For Open, `parts` gets what is or may be there.
  Fate fate_of(MovePathId path, const Fullness::State& state, std::vector<Part>& parts) {
    uint8_t bits = drop_bits(program_, fullness_, state, path);
    if ((bits & (kFull | kUnknown)) == 0) return Fate::Dead;
    if ((bits & kEmpty) == 0) return Fate::Static;
    if (is_atomic(path)) return Fate::Flagged;
    open(path, state, parts);
    return Fate::Open;
  }

  void open(MovePathId path, const Fullness::State& state, std::vector<Part>& parts) {
    std::vector<MovePathId> work{path};
    while (!work.empty()) {
      MovePathId at = work.back();
      work.pop_back();
      uint8_t bits = drop_bits(program_, fullness_, state, at);
      if (!needs_drop(at) || (bits & (kFull | kUnknown)) == 0) continue;
      if ((bits & kEmpty) == 0) {
        parts.push_back({at, false});
      } else if (is_atomic(at)) {
        parts.push_back({at, true});
        flag(at);
      } else {
        std::vector<MovePathId> inner;
        for (MovePathId part = paths_[at].first_part; part.valid(); part = paths_[part].next) {
          inner.push_back(part);
        }
        work.insert(work.end(), inner.rbegin(), inner.rend());
      }
    }
  }

  LocalId flag(MovePathId path) { return flags_.get(program_, func_, paths_[path].place); }

  // ---- emitting

  void emit_block(uint32_t block, Fullness::State state) {
    std::vector<Inst> old = std::move(function_.blocks[block].insts);
    std::vector<Inst> out;
    out.reserve(old.size());
    size_t next_decision = 0;
    bool goes_on = true;
    for (Inst& inst : old) {
      Fullness::State before = state;
      goes_on = fullness_.step(inst, state);
      if (inst.op == Op::Drop || inst.op == Op::Assign) {
        Decision& decision = decisions_[block][next_decision++];
        remove_needless_unwind(inst);
        if (inst.op == Op::Drop) {
          emit_drop(std::move(inst), decision, before, state, out);
        } else {
          emit_assign(std::move(inst), decision, before, state, out);
        }
      } else {
        emit_other(std::move(inst), before, state, out);
      }
      if (!goes_on) {
        out.push_back(unreachable(old.back().span));
        break;
      }
    }
    function_.blocks[block].insts = std::move(out);
  }

  static Inst unreachable(Span span) {
    Inst inst;
    inst.op = Op::Unreachable;
    inst.span = span;
    return inst;
  }

  bool drop_may_fail(Place place) const {
    return summaries_.of_drop(place_type(program_, function_, place)).may_fail;
  }
  void remove_needless_unwind(Inst& inst) const {
    if (inst.unwind.valid() && !drop_may_fail(inst.dst)) inst.unwind = BlockId{};
  }

  void emit_other(Inst inst, const Fullness::State& before, const Fullness::State& next,
                  std::vector<Inst>& out) {
    bool consumes_early = op_is_call(inst.op) && inst.unwind.valid();
    if (consumes_early) writer_->before(inst, before, out);
    out.push_back(std::move(inst));
    if (op_is_terminator(out.back().op)) return;
    Inst done = out.back();  // `out` grows below
    writer_->after(done, before, next, consumes_early, out);
    if (op_is_call(done.op)) forget_emptied(done, before, next, out);
  }

  // What the call has certainly moved out of what it was lent: all of it, or parts where others are
  // still there.
  void forget_emptied(const Inst& call, const Fullness::State& before, const Fullness::State& next,
                      std::vector<Inst>& out) {
    std::vector<Operand> args(function_.args(call).begin(), function_.args(call).end());
    for (const Operand& operand : args) {
      if (operand.kind != OperandKind::Addr || !operand.place.is_local()) continue;
      MovePaths::Found found = paths_.find(operand.place);
      if (!found.path.valid() || !found.exact || paths_[found.path].is_leaf()) continue;
      auto forget = [&](MovePathId path) {
        bool went = !fullness_.surely_empty(before, path) && fullness_.surely_empty(next, path);
        if (went && needs_drop(path))
          out.push_back(make_inst(function_, Op::Forget, paths_[path].place, {}, call.span));
      };
      if (is_atomic(found.path)) {
        forget(found.path);
        continue;
      }
      for (uint32_t i = paths_[found.path].leaf_begin; i < paths_[found.path].leaf_end; ++i)
        forget(paths_.leaf(i));
    }
  }

  void emit_drop(Inst inst, const Decision& decision, const Fullness::State& before,
                 const Fullness::State& next, std::vector<Inst>& out) {
    inst.fact = decision.fact;
    Inst done = inst;
    switch (decision.fate) {
      case Fate::Dead:
        note_dead(inst);
        return;
      case Fate::Keep:
      case Fate::Static:
      case Fate::Flagged:
        if (decision.fate == Fate::Flagged) inst.flag = flag(decision.path);
        inst.unwind = writer_->after_failed_death(inst, before);
        out.push_back(std::move(inst));
        break;
      case Fate::Open:
        emit_parts(inst, decision.parts, 0, inst.unwind, out);
        break;
    }
    writer_->after(done, before, next, false, out);
  }

  // Drops for parts from `first` on. If one fails, the rest still dies, then unwinding goes on to
  // `outer`, after `ending` if that is given.
  void emit_parts(const Inst& whole, const std::vector<Part>& parts, size_t first, BlockId outer,
                  std::vector<Inst>& out, const std::vector<Inst>* ending = nullptr) {
    for (size_t i = first; i < parts.size(); ++i) {
      Inst drop = whole;
      drop.op = Op::Drop;
      drop.args_count = 0;
      drop.dst = paths_[parts[i].path].place;
      drop.flag = parts[i].flagged ? flag(parts[i].path) : LocalId{};
      drop.unwind = BlockId{};
      if (drop_may_fail(drop.dst)) drop.unwind = rest_of_parts(whole, parts, i + 1, outer, ending);
      out.push_back(std::move(drop));
    }
  }

  BlockId rest_of_parts(const Inst& whole, const std::vector<Part>& parts, size_t first,
                        BlockId outer, const std::vector<Inst>* ending) {
    if (first == parts.size() && ending == nullptr) return outer;
    Inst unwinding = whole;
    unwinding.imm = static_cast<uint8_t>(DropReason::RunTimeError);
    Block block;
    block.kind = BlockKind::Cleanup;
    emit_parts(unwinding, parts, first, outer, block.insts, ending);
    if (ending != nullptr) {
      block.insts.insert(block.insts.end(), ending->begin(), ending->end());
    }
    Inst end;
    end.span = whole.span;
    end.op = outer.valid() ? Op::Jump : Op::Resume;
    if (outer.valid()) end.targets = {outer};
    block.insts.push_back(std::move(end));
    function_.blocks.push_back(std::move(block));
    return BlockId{function_.blocks.size() - 1};
  }

  void emit_assign(Inst inst, const Decision& decision, const Fullness::State& before,
                   const Fullness::State& next, std::vector<Inst>& out) {
    bool consumes_early = false;
    switch (decision.fate) {
      case Fate::Keep:
      case Fate::Static:
      case Fate::Flagged:
        if (decision.fate == Fate::Flagged) inst.flag = flag(decision.path);
        consumes_early = inst.unwind.valid();
        if (consumes_early) writer_->before(inst, before, out);
        inst.unwind = writer_->after_failed_death(inst, before);
        break;
      case Fate::Dead:
        become_init(inst);
        break;
      case Fate::Open: {
        // Nobody can look at a local while its parts die, so they may do so before the new value is
        // there; if one fails, the new value takes its place all the same.
        Inst init = inst;
        become_init(init);
        std::vector<Inst> ending{init};
        writer_->after(init, before, next, false, ending);
        Inst whole = inst;
        whole.imm = static_cast<uint8_t>(DropReason::Overwritten);
        emit_parts(whole, decision.parts, 0, inst.unwind, out, &ending);
        become_init(inst);
        break;
      }
    }
    Inst done = inst;
    out.push_back(std::move(inst));
    writer_->after(done, before, next, consumes_early, out);
  }

  static void become_init(Inst& inst) {
    inst.op = Op::Init;
    inst.imm = 0;
    inst.unwind = BlockId{};
    inst.origin = Span{};
  }

  void set_flags_at_entry() {
    std::vector<Inst> sets;
    writer_->at_entry(fullness_.entry(), sets);
    // The entry may be the head of a loop, where the flags must not be set again.
    BlockId body{function_.blocks.size()};
    for (Block& block : function_.blocks) {
      for_each_exit(block, [&](Inst&, BlockId& target, bool) {
        if (target.v == 0) target = body;
      });
    }
    Block entry;
    entry.insts = std::move(sets);
    Inst jump;
    jump.op = Op::Jump;
    jump.span = function_.span;
    jump.targets = {body};
    entry.insts.push_back(std::move(jump));
    function_.blocks.push_back(std::move(function_.blocks[0]));
    function_.blocks[0] = std::move(entry);
    merge_entry(body);
  }

  // If nothing jumps back to the old entry, it is appended to the new one again.
  void merge_entry(BlockId body) {
    size_t ways = 0;
    for (const Block& block : function_.blocks) {
      for_each_exit(block, [&](const Inst&, BlockId target, bool) { ways += target == body; });
    }
    if (ways != 1) return;
    std::vector<Inst>& entry = function_.blocks[0].insts;
    std::vector<Inst>& rest = function_.blocks[body.index()].insts;
    entry.pop_back();
    entry.insert(entry.end(), std::make_move_iterator(rest.begin()),
                 std::make_move_iterator(rest.end()));
    rest.clear();
    Inst never;
    never.op = Op::Unreachable;
    rest.push_back(std::move(never));
    function_.blocks[0].kind = function_.blocks[body.index()].kind;
  }

  // ---- facts

  bool has_name(Place place) const {
    return place.is_local() && !function_.locals[place.local_id().index()].name.empty();
  }

  bool lives_in_box(Place place) const {
    return place.is_root() && function_.locals[place.local_id().index()].boxed;
  }

  static const char* when(DropReason reason) {
    switch (reason) {
      case DropReason::EndOfBlock:
        return "at the end of the block";
      case DropReason::EndOfStatement:
        return "at the end of the statement";
      case DropReason::Defer:
        return "by a deferred statement";
      default:
        return "here";
    }
  }

  // Of what dies at one place in the source, what was declared last is told first, as it dies
  // first; the ways out that lead there may come in any order.
  void record_drops(const Cfg& cfg) {
    struct End {
      const Inst* inst;
      Decision* decision;
    };
    std::vector<End> ends;
    for (uint32_t b : cfg.order()) {
      size_t next = 0;
      for (const Inst& inst : function_.blocks[b].insts) {
        if (next == decisions_[b].size()) break;
        if (inst.op != Op::Drop && inst.op != Op::Assign) continue;
        Decision& decision = decisions_[b][next++];
        if (inst.op == Op::Drop) ends.push_back({&inst, &decision});
      }
    }
    std::stable_sort(ends.begin(), ends.end(), [](const End& a, const End& b) {
      if (a.inst->span.begin != b.inst->span.begin) return a.inst->span.begin < b.inst->span.begin;
      return a.inst->dst.root > b.inst->dst.root;
    });
    for (const End& end : ends) end.decision->fact = record(*end.inst, *end.decision);
  }

  // One fact for each way in which a named place dies, ways out by an error left aside.
  FactId record(const Inst& inst, const Decision& decision) {
    DropReason reason = DropReason(inst.imm);
    if (reason == DropReason::RunTimeError || !has_name(inst.dst)) return {};
    FactKind kind;
    std::string why = when(reason);
    switch (decision.fate) {
      case Fate::Keep:
      case Fate::Static:
        kind = FactKind::DroppedStatic;
        why += lives_in_box(inst.dst) ? ", with the last reference to it" : ", certainly full";
        break;
      case Fate::Flagged:
        kind = FactKind::DroppedIf;
        why += ", if it was not moved on the way" + moved_at(inst.dst);
        break;
      case Fate::Open:
        kind = FactKind::DroppedOpen;
        why += ", the parts that are left:" + part_names(decision.parts);
        break;
      default:
        return {};
    }
    dies_.insert(inst.dst.root);
    std::string place = place_text(program_, function_, inst.dst);
    if (!recorded_.insert({place + why, inst.span.begin}).second) return {};
    return program_.add_fact({kind, func_, inst.span, std::move(place), std::move(why)});
  }

  std::string part_names(const std::vector<Part>& parts) const {
    std::string text;
    for (const Part& part : parts) {
      text += text.empty() ? " `" : ", `";
      text += place_text(program_, function_, paths_[part.path].place) + "`";
      if (part.flagged) text += " (if it is there)";
    }
    return text;
  }

  // ` (line N)` of the only move of the place or of all of what it lies in; empty if there are
  // more.
  std::string moved_at(Place place) const {
    auto moves = moves_.find(place.root);
    if (moves == moves_.end() || moves->second.size() != 1) return "";
    auto [moved, span] = moves->second[0];
    if (!span.valid() || !function_.paths.is_prefix(moved.path, place.path)) return "";
    return " (line " + std::to_string(sources_.locate(span).line) + ")";
  }

  void note_dead(const Inst& inst) {
    if (DropReason(inst.imm) == DropReason::RunTimeError || !has_name(inst.dst)) return;
    dead_.push_back({inst.dst, inst.span});
  }

  // What is dropped nowhere, because it is always gone by then.
  void record_dead() {
    std::set<uint32_t> told;
    for (const auto& [place, span] : dead_) {
      if (dies_.count(place.root) || !told.insert(place.root).second) continue;
      Span where = function_.locals[place.local_id().index()].span;
      program_.add_fact({FactKind::NotDropped, func_, where, place_text(program_, function_, place),
                         "it was moved on every way to its end" + moved_at(place)});
    }
  }

  Program& program_;
  FuncId func_;
  Function& function_;
  const Summaries& summaries_;
  DropFlags& flags_;
  const SourceMap& sources_;
  MovePaths paths_;
  Fullness fullness_;
  std::unordered_map<uint32_t, std::vector<std::pair<Place, Span>>> moves_;  // by root
  std::set<uint32_t> split_;                                                 // move paths
  std::vector<std::vector<Decision>> decisions_;  // by block, in the order of its instructions
  FlagWriter* writer_ = nullptr;
  std::set<std::pair<std::string, uint32_t>> recorded_;
  std::set<uint32_t> dies_;  // roots that are dropped somewhere
  std::vector<std::pair<Place, Span>> dead_;
};

}  // namespace

void run_elaborate(Program& program, const Summaries& summaries, DropFlags& flags,
                   const SourceMap& sources) {
  for (size_t i = 0; i < program.functions.size(); ++i) {
    if (program.functions[i].blocks.empty()) continue;
    Elaborator(program, FuncId{i}, summaries, flags, sources).run();
  }
}

}  // namespace tenure::own
