#include "own/set_flags.h"

#include <algorithm>

#include "own/liveness.h"

namespace tenure::own {

using namespace oir;

FlagWriter::FlagWriter(Program& program, FuncId func, const Fullness& fullness,
                       const DropFlags& flags)
    : program_(program), function_(program[func]), fullness_(fullness) {
  flags.each(func, [&](Place place, LocalId flag) {
    MovePaths::Found found = fullness.paths().find(place);
    if (found.path.valid()) flag_of_[found.path.v] = flag;
  });
  any_ = !flag_of_.empty();
}

uint32_t FlagWriter::site(Span span) {
  uint64_t key =
      uint64_t{span.file.v} << 40 ^ uint64_t { span.begin } << 8 ^ (span.end - span.begin);
  auto [it, fresh] = sites_.try_emplace(key, 0);
  if (fresh) {
    program_.move_sites.push_back(span);
    it->second = static_cast<uint32_t>(program_.move_sites.size());
  }
  return it->second;
}

void FlagWriter::emit(const Flagged& flagged, bool empty, Span span, std::vector<Inst>& out) {
  Inst set;
  set.op = Op::SetFlag;
  set.dst = Place::local(flagged.flag);
  set.extra = empty ? site(span) : 0;
  set.span = span;
  out.push_back(std::move(set));
}

void FlagWriter::related(MovePathId path, std::vector<Flagged>& out) const {
  auto add = [&](MovePathId id) {
    auto it = flag_of_.find(id.v);
    if (it == flag_of_.end()) return;
    for (const Flagged& there : out) {
      if (there.path == id) return;
    }
    out.push_back({id, it->second});
  };
  fullness_.paths().each_below(path, add);
  for (MovePathId up = fullness_.paths()[path].parent; up.valid();
       up = fullness_.paths()[up].parent) {
    add(up);
  }
}

void FlagWriter::touched(Place place, std::vector<Flagged>& out) const {
  MovePaths::Found found = fullness_.paths().find(place);
  if (found.path.valid()) related(found.path, out);
}

void FlagWriter::touched_by(const Inst& inst, bool operands, bool destination,
                            std::vector<Flagged>& out) const {
  if (operands) {
    for (const Operand& operand : function_.args(inst)) {
      if (operand.kind == OperandKind::Move) touched(operand.place, out);
      if (operand.kind == OperandKind::Addr && inst.op == Op::Call) touched(operand.place, out);
    }
  }
  if (destination && inst.dst.valid() && inst.op != Op::SetFlag) touched(inst.dst, out);
}

FlagWriter::Value FlagWriter::value(uint8_t before, uint8_t after) const {
  auto definite = [](uint8_t bits) {
    if (bits == kEmpty) return Value::Empty;
    return (bits & kEmpty) == 0 ? Value::Full : Value::Same;
  };
  if (before == after) return Value::Same;
  Value now = definite(after);
  if (now != Value::Same) return definite(before) == now ? Value::Same : now;
  // In between: a part came or went. What is not whole is not full.
  return (before & kEmpty) == 0 ? Value::Empty : Value::Same;
}

void FlagWriter::at_entry(const Fullness::State& state, std::vector<Inst>& out) {
  std::vector<Flagged> all;
  for (const auto& [path, flag] : flag_of_) all.push_back({MovePathId{size_t{path}}, flag});
  std::sort(all.begin(), all.end(),
            [](const Flagged& a, const Flagged& b) { return a.flag < b.flag; });
  for (const Flagged& flagged : all) {
    uint8_t bits = fullness_.bits(state, flagged.path);
    Span span = function_.span;
    Place place = fullness_.paths()[flagged.path].place;
    if (place.is_local()) span = function_.locals[place.local_id().index()].span;
    emit(flagged, (bits & kEmpty) != 0, span, out);
  }
}

void FlagWriter::before(const Inst& inst, const Fullness::State& state, std::vector<Inst>& out) {
  if (!any_) return;
  std::vector<Flagged> flags;
  touched_by(inst, true, false, flags);
  if (flags.empty()) return;
  Fullness::State failed = state;
  fullness_.failed(inst, failed);
  for (const Flagged& flagged : flags) {
    uint8_t now = fullness_.bits(state, flagged.path);
    uint8_t then = fullness_.bits(failed, flagged.path);
    // What a callee may have filled through an address: memory is asked.
    if ((then & (kFull | kUnknown)) != 0 && (now & kEmpty) != 0 && now != then) {
      emit(flagged, false, inst.span, out);
      continue;
    }
    Value to = value(now, then);
    if (to != Value::Same) emit(flagged, to == Value::Empty, inst.span, out);
  }
}

void FlagWriter::after(const Inst& inst, const Fullness::State& state, const Fullness::State& next,
                       bool was_before, std::vector<Inst>& out) {
  if (!any_) return;
  std::vector<Flagged> flags;
  if (was_before) touched_by(inst, true, false, flags);
  const size_t were_before = flags.size();
  touched_by(inst, true, true, flags);
  if (flags.empty()) return;
  Fullness::State failed;
  if (was_before) {
    failed = state;
    fullness_.failed(inst, failed);
  }
  for (size_t i = 0; i < flags.size(); ++i) {
    uint8_t now = fullness_.bits(i < were_before ? failed : state, flags[i].path);
    Value to = value(now, fullness_.bits(next, flags[i].path));
    if (to != Value::Same) emit(flags[i], to == Value::Empty, inst.span, out);
  }
}

BlockId FlagWriter::after_failed_death(const Inst& inst, const Fullness::State& state) {
  if (!any_ || !inst.unwind.valid()) return inst.unwind;
  std::vector<Flagged> flags;
  touched_by(inst, false, true, flags);
  Fullness::State failed = state;
  fullness_.failed(inst, failed);
  Block edge;
  edge.kind = BlockKind::Cleanup;
  for (const Flagged& flagged : flags) {
    Value to = value(fullness_.bits(state, flagged.path), fullness_.bits(failed, flagged.path));
    if (to != Value::Same) emit(flagged, to == Value::Empty, inst.span, edge.insts);
  }
  if (edge.insts.empty()) return inst.unwind;
  Inst jump;
  jump.op = Op::Jump;
  jump.span = inst.span;
  jump.targets = {inst.unwind};
  edge.insts.push_back(std::move(jump));
  function_.blocks.push_back(std::move(edge));
  return BlockId{function_.blocks.size() - 1};
}

void remove_dead_set_flags(Function& function) {
  std::vector<bool> wanted(function.locals.size());
  bool any = false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    wanted[i] = function.locals[i].kind == LocalKind::Flag;
    any = any || wanted[i];
  }
  if (!any) return;
  std::vector<std::vector<uint32_t>> dead(function.blocks.size());
  Liveness liveness(function, wanted);
  for (uint32_t b = 0; b < function.blocks.size(); ++b) {
    const std::vector<Inst>& insts = function.blocks[b].insts;
    for (uint32_t i = 0; i < insts.size(); ++i) {
      if (insts[i].op != Op::SetFlag) continue;
      if (!liveness.live_after(insts[i].dst.local_id(), BlockId{size_t{b}}, i)) {
        dead[b].push_back(i);
      }
    }
  }
  for (uint32_t b = 0; b < function.blocks.size(); ++b) {
    if (dead[b].empty()) continue;
    std::vector<Inst>& insts = function.blocks[b].insts;
    std::vector<Inst> kept;
    size_t next = 0;
    for (uint32_t i = 0; i < insts.size(); ++i) {
      if (next < dead[b].size() && dead[b][next] == i) {
        ++next;
      } else {
        kept.push_back(std::move(insts[i]));
      }
    }
    insts = std::move(kept);
  }
}

}  // namespace tenure::own
