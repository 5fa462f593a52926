// Emitting `set_flag`: keeping the drop flags of a function true, the second half of pass
// elaborate.
#pragma once

#include <unordered_map>
#include <vector>

#include "own/drop_flags.h"
#include "own/fullness.h"

namespace tenure::own {

// What a flag says: 0 means full, or: ask memory. Anything else is empty, with the place of the
// move.
class FlagWriter {
 public:
  FlagWriter(oir::Program& program, oir::FuncId func, const Fullness& fullness,
             const DropFlags& flags);

  bool any() const { return any_; }
  // At the entry: each flag that begins empty says so.
  void at_entry(const Fullness::State& state, std::vector<oir::Inst>& out);
  // Before `inst`, which has an unwind edge and consumes its operands also when it fails.
  void before(const oir::Inst& inst, const Fullness::State& state, std::vector<oir::Inst>& out);
  // After `inst`, whose effect leads from `state` to `next`. `before` was called if `was_before`.
  void after(const oir::Inst& inst, const Fullness::State& state, const Fullness::State& next,
             bool was_before, std::vector<oir::Inst>& out);
  // On the unwind edge of a drop or an assignment whose old value fails to die: it is gone, and of
  // an assignment the new one is there. Gives the block to unwind to.
  oir::BlockId after_failed_death(const oir::Inst& inst, const Fullness::State& state);

 private:
  enum class Value : uint8_t { Same, Full, Empty };
  struct Flagged {
    MovePathId path;
    oir::LocalId flag;
  };
  // Flags of paths that hold `path`, are it, or are below it.
  void related(MovePathId path, std::vector<Flagged>& out) const;
  void touched(oir::Place place, std::vector<Flagged>& out) const;
  // Paths below references move with a callee: those of the places whose addresses are handed out.
  void touched_by(const oir::Inst& inst, bool operands, bool destination,
                  std::vector<Flagged>& out) const;
  void emit(const Flagged& flagged, bool empty, Span span, std::vector<oir::Inst>& out);
  uint32_t site(Span span);
  Value value(uint8_t before, uint8_t after) const;

  oir::Program& program_;
  oir::Function& function_;
  const Fullness& fullness_;
  std::unordered_map<uint32_t, oir::LocalId> flag_of_;  // by move path
  std::unordered_map<uint64_t, uint32_t> sites_;
  bool any_ = false;
};

// Removes what is set and never looked at.
void remove_dead_set_flags(oir::Function& function);

}  // namespace tenure::own
