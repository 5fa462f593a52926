// What each function has and has not: which instructions, and a few things about their operands.
//
// Found once, in one look at the program as the front end left it. An analysis that is about some
// kinds of instructions passes over the functions that have none of them, which are most: there is
// nothing to set up and nothing to walk through. Passes may remove instructions meanwhile; what
// they add is not in here.
#pragma once

#include <cstdint>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

class Contents {
 public:
  explicit Contents(const oir::Program& program);

  bool has(oir::FuncId func, oir::Op op) const { return has_any(func, bit(op)); }
  // `ops`: bits of several operations.
  bool has_any(oir::FuncId func, uint64_t ops) const {
    return (rows_[func.index()].ops & ops) != 0;
  }
  static constexpr uint64_t bit(oir::Op op) { return uint64_t{1} << unsigned(op); }

  // The address of a part or element is given to a call, a reference or an alias.
  bool lends_part(oir::FuncId func) const { return is(func, kLendsPart); }
  // An address is given to a call, a reference or the runtime, or an alias is made.
  bool lends(oir::FuncId func) const { return is(func, kLends); }
  // A place that somebody could still name is moved from: not just a temporary as a whole.
  bool moves_named(oir::FuncId func) const { return is(func, kMovesNamed); }
  // A place behind a reference is moved from, or dies.
  bool moves_behind(oir::FuncId func) const { return is(func, kMovesBehind); }
  // A local that is returned by its name is moved from.
  bool moves_implicitly(oir::FuncId func) const { return is(func, kMovesImplicitly); }
  // A call gets both the address of a place and the value of another that is moved.
  bool lends_and_moves(oir::FuncId func) const { return is(func, kLendsAndMoves); }
  // A value is copied that cannot be.
  bool copies_move_only(oir::FuncId func) const { return is(func, kCopiesMoveOnly); }
  // A part that a place leads through lies in a variant.
  bool names_variant(oir::FuncId func) const { return is(func, kNamesVariant); }

 private:
  enum Flag : uint32_t {
    kLendsPart = 1,
    kLends = 2,
    kMovesNamed = 4,
    kMovesBehind = 8,
    kMovesImplicitly = 16,
    kLendsAndMoves = 32,
    kCopiesMoveOnly = 64,
    kNamesVariant = 128,
  };
  struct Row {
    uint64_t ops = 0;
    uint32_t flags = 0;
  };
  bool is(oir::FuncId func, Flag flag) const { return (rows_[func.index()].flags & flag) != 0; }
  static Row look(const oir::Program& program, const oir::Function& function);

  std::vector<Row> rows_;  // by function
};

}  // namespace tenure::own
