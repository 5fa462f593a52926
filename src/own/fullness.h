// Which places are full: the data flow under moves (diagnostics), elaborate (drops) and summaries.
//
// Each leaf of a function's move paths has three bits: on some way here it is full; on some way
// here it is empty; on some way here nobody in this function knows, and memory must be asked.
// Unknown are what lies behind references and in globals at first, and what calls and stores may
// have changed behind the function's back. A value is whole if all its leaves are full.
//
//   Fullness fullness(program, func, paths, &summaries, false);
//   Cfg cfg(function);
//   Flow<Fullness> flow = solve(cfg, fullness);
//   State s = flow.at_entry[block];
//   for (inst : block) { fullness.bits(s, path); fullness.step(inst, s); }
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "own/flow.h"
#include "own/move_paths.h"
#include "own/path_bits.h"
#include "own/summaries.h"

namespace tenure::own {

enum : uint8_t {
  kFull = 1,     // maybe full
  kEmpty = 2,    // maybe empty
  kUnknown = 4,  // memory knows
};

// Operand `index` is an array of which the instruction looks at the word and the length only: what
// its elements are like does not matter to it.
bool looks_at_word(const oir::Inst& inst, uint32_t index);

class Fullness {
 public:
  using State = PathBits;  // by leaf

  // `summaries` may be null: calls then change nothing but what they are given by value, which is
  // right for what a function owns (drop elaboration) as long as no address is handed out.
  // `reads_fill`: a read leaves what it read full, as if the check before it were there already
  // (only pass moves, which puts the checks in, and summaries want that).
  Fullness(const oir::Program& program, oir::FuncId func, const MovePaths& paths,
           const Summaries* summaries, bool reads_fill);
  void set_reads_fill(bool reads_fill) { reads_fill_ = reads_fill; }

  // The start of the function: parameters full, other locals empty, what is behind references and
  // in globals unknown.
  State entry() const;
  bool step(const oir::Inst& inst, State& state) const;
  void failed(const oir::Inst& inst, State& state) const;
  bool join(State& into, const State& from) const { return into.join(from); }

  // Or of the leaves of the value.
  uint8_t bits(const State& state, MovePathId path) const;
  bool surely_full(const State& state, MovePathId path) const { return bits(state, path) == kFull; }
  bool surely_empty(const State& state, MovePathId path) const {
    return bits(state, path) == kEmpty;
  }

  // The effects that `step` is made of, for callers that walk operand by operand.
  void fill(State& state, MovePathId path) const;  // the value; what it refers to gets unknown
  void empty(State& state, MovePathId path) const;
  void move_operand(State& state, oir::Place place) const;
  void read_operand(State& state, oir::Place place) const;

  const MovePaths& paths() const { return paths_; }

 private:
  void read(State& state, oir::Place place) const;
  void read_word(State& state, oir::Place place) const;
  void read_pointers(State& state, MovePathId path) const;
  void operands(const oir::Inst& inst, State& state) const;
  void destination(const oir::Inst& inst, State& state) const;
  void call(const oir::Inst& inst, State& state, bool unwinding) const;
  void argument(const ParamSummary& param, MovePathId target, State& state, bool unwinding) const;
  static uint8_t after_call(uint8_t before, uint8_t left);
  void effects(const Effects& effects, State& state) const;
  void forget_within(const Effects& effects, MovePathId target, State& state) const;
  // A place that `key` describes was emptied (or filled), at or not below `except`: what may be the
  // same place is unknown now.
  void forget(const MemoryKey& key, MovePathId except, bool moved, State& state) const;
  void changed(MovePathId path, bool moved, State& state) const;
  void set_deref_unknown(State& state, MovePathId path) const;
  const std::vector<uint32_t>& may_alias(const MemoryKey& key) const;  // leaves
  bool leaf_may_alias(MovePathId leaf, const MemoryKey& key) const;
  bool holds(oir::TypeId outer, oir::TypeId inner) const;
  bool holds_in_buffer(oir::TypeId type, const MemoryKey& key) const;

  const oir::Program& program_;
  const oir::Function& function_;
  const MovePaths& paths_;
  const Summaries* summaries_;
  bool reads_fill_;
  bool is_start_;
  mutable std::map<MemoryKey, std::vector<uint32_t>> aliases_;
  mutable std::unordered_map<uint64_t, bool> holds_;
};

}  // namespace tenure::own
