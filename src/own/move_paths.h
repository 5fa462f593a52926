// The move paths of one function: the places whose fullness is followed, as a forest.
//
// Roots are all locals and the globals that the function mentions. Below them are paths for every
// place that an instruction changes (fills, empties, hands out by address), and, below parameters
// that are borrowed, for every place that is read too, because summaries speak of those. A path
// that has one part as a path has all parts of it as paths, so a value is whole when its *leaves*
// are: only leaves carry state. An Index or Const collapses to its parent.
//
// A dereference is not a part: `*r` hangs below `r` but is a value of its own, and being empty does
// not make `r` empty. `leaf_begin .. leaf_end` of a path are the leaves of its own value.
//
// A hold (`hold = copy P`, or a view of P) that nothing can tell apart from P while it is used
// stands for P: below it the paths are those of P.
//
// Places are interned in the function's path table, which grows by the parts that are spelled here;
// otherwise the function is not changed. Valid until instructions of the function change places.
#pragma once

#include <unordered_map>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

struct MovePathTag;
using MovePathId = Id<MovePathTag>;

struct MovePath {
  oir::Place place;       // spells it
  oir::TypeId type;       // of a Variant path: the union's
  oir::Proj proj{};       // the last step; roots: none
  MovePathId parent;      // roots: none
  MovePathId first_part;  // value parts (Field, Variant), in order; none: a leaf
  MovePathId deref;       // what it refers to, if that is a path
  MovePathId next;        // the next part of the same parent
  MovePathId last_part;
  uint32_t part_count = 0;
  uint32_t leaf_begin = 0;  // the leaves of its value, half open
  uint32_t leaf_end = 0;
  bool memory = false;   // others may see it: behind a reference, a global, an escaped local
  bool aliased = false;  // memory only because a name is bound to a part of the local: whether the
                         // whole is there is known here, and a flag can say it
  bool deep = false;     // behind a dereference (of anything, a Box too)
  bool is_leaf() const { return !first_part.valid(); }
  // Memory alone knows whether it is full.
  bool memory_knows() const { return memory && !aliased; }
};

class Summaries;

class MovePaths {
 public:
  // `escaped`: by local, whether a counted reference to it may exist (own/summaries.h); may be null
  // after pass escape. `summaries` may be null: then calls add no paths.
  MovePaths(oir::Program& program, oir::FuncId func, const std::vector<bool>* escaped,
            const Summaries* summaries);

  size_t size() const { return paths_.size(); }
  uint32_t leaf_count() const { return leaf_count_; }
  const MovePath& operator[](MovePathId id) const { return paths_[id.index()]; }
  MovePathId leaf(uint32_t leaf) const { return leaves_[leaf]; }

  // None for a global that the function does not mention.
  MovePathId of_root(oir::Place root) const;
  struct Found {
    MovePathId path;  // the deepest path that is the place or holds it
    bool exact;       // it is the place
  };
  Found find(oir::Place place) const;
  // The part or dereference of `path` by one projection, holds resolved; none if it is no path.
  MovePathId step(MovePathId path, oir::Proj proj) const;
  // What a reference in `path` refers to, holds resolved; none if it is no path.
  MovePathId target(MovePathId path) const { return step(path, {oir::ProjKind::Deref, 0}); }
  // The roots, in order of locals, then globals.
  const std::vector<MovePathId>& roots() const { return roots_; }
  // `inner` is `outer`, or a part of it (dereferences are not parts).
  bool is_part(MovePathId inner, MovePathId outer) const;
  // Calls `visit(path)` for `path` and every path below it, dereferences too; parents first.
  template <class Visit>
  void each_below(MovePathId path, Visit&& visit) const {
    std::vector<MovePathId> work{path};
    while (!work.empty()) {
      MovePathId id = work.back();
      work.pop_back();
      visit(id);
      const MovePath& row = paths_[id.index()];
      if (row.deref.valid()) work.push_back(row.deref);
      for (MovePathId part = row.first_part; part.valid(); part = paths_[part.index()].next) {
        work.push_back(part);
      }
    }
  }
  // Leaves that others may see: behind references, in globals and escaped locals; also values of
  // locals that hold growable arrays, whose elements can be referred to.
  const std::vector<MovePathId>& memory_leaves() const { return memory_leaves_; }
  // What the hold `local` stands for, or none.
  oir::Place stands_for(oir::LocalId local) const;

 private:
  friend class MovePathsBuilder;
  // So many parts are looked through one by one.
  static constexpr uint32_t kFewParts = 8;
  static uint64_t part_key(MovePathId path, uint32_t index) {
    return uint64_t{path.v} << 32 | index;
  }
  std::vector<MovePath> paths_;
  std::vector<MovePathId> roots_;
  std::vector<MovePathId> locals_;                        // by local
  std::unordered_map<uint32_t, MovePathId> globals_;      // by global
  std::unordered_map<uint32_t, MovePathId> hold_source_;  // by the root path of the hold
  std::unordered_map<uint32_t, oir::Place> hold_place_;   // by local
  std::unordered_map<uint64_t, MovePathId> many_parts_;   // of paths with more than kFewParts
  std::vector<MovePathId> leaves_;
  std::vector<MovePathId> memory_leaves_;
  uint32_t leaf_count_ = 0;
  const oir::Function* function_ = nullptr;
};

}  // namespace tenure::own
