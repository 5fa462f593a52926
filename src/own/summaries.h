// Pass 2, summaries: what a caller may know of a callee, without looking into it.
//
// For each parameter that is borrowed: whether it escapes, and a tree of the paths below it that
// say what is read before it is filled and how it is left, on return and on unwinding. For the
// function: which globals it reads, empties and fills, which places of memory it empties and fills
// through references (by type and field), and whether it can fail, run a user's `drop` or collect.
// What the functions do that it calls is in it, and so is what the `drop`s do that may run when
// something dies.
//
// Functions and the ends of lives of types form one call graph (a `drop T` calls the user's `drop`s
// that can be reached from T through parts and references). Its strongly connected components
// (Tarjan, SIAM J. Comput. 1972, without recursion) are visited callees first; within one,
// functions are looked at again until nothing changes.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "oir/oir.h"
#include "own/array_growth.h"
#include "own/contents.h"
#include "own/escape.h"
#include "own/escaped_roots.h"
#include "own/lent_parts.h"

namespace tenure::own {

// A kind of place in memory: a value of `type` that is field `field` of `container`, or, if there
// is no container, that may be anywhere (all of what a reference refers to, an element).
struct MemoryKey {
  oir::TypeId type;
  oir::TypeId container;
  uint32_t field = 0;
  bool in_root = false;  // in a global or a lifted local by name: no other root is the same place
  // May be the same place, as far as type and container tell.
  bool meets(const MemoryKey& other) const {
    if (type != other.type || (in_root && other.in_root)) return false;
    if (!container.valid() || !other.container.valid()) return true;
    return container == other.container && field == other.field;
  }
  friend bool operator==(const MemoryKey& a, const MemoryKey& b) = default;
  friend bool operator<(const MemoryKey& a, const MemoryKey& b) {
    if (a.type != b.type) return a.type < b.type;
    if (a.container != b.container) return a.container < b.container;
    if (a.field != b.field) return a.field < b.field;
    return a.in_root < b.in_root;
  }
};
// That of a place: of its last step. `place` is behind a reference, in a global or an escaped
// local.
MemoryKey memory_key(const oir::Program& program, const oir::Function& function, oir::Place place);

// Sorted, without repetition.
template <class T>
struct SortedSet {
  std::vector<T> items;
  bool contains(const T& item) const;
  bool add(const T& item);             // true if it is new
  bool merge(const SortedSet& other);  // true if that added anything
};

// What running something may do, calls and `drop`s included.
struct Effects {
  SortedSet<uint32_t> globals_read;
  SortedSet<uint32_t> globals_moved;  // the whole or a part
  SortedSet<uint32_t> globals_filled;
  SortedSet<uint32_t> globals_grown;  // changed where they are, full before and after: an append
  SortedSet<MemoryKey> moved;         // through references; plain types are never listed
  SortedSet<MemoryKey> filled;
  bool may_fail = false;
  bool may_run_drop = false;    // a user's
  bool may_collect = false;     // reach a collection point
  bool writes_unknown = false;  // memory through raw pointers, as foreign functions may
  bool merge(const Effects& other);
};

// A path below a borrowed parameter. Row 0 of a tree is what the parameter refers to; a row with
// one part has all parts of the value as rows. `on_return`, `on_unwind`: bits of own/fullness.h for
// leaves, where unknown means as it was before the call (or as `Effects` say).
struct SummaryPath {
  static constexpr uint32_t kNone = 0xFFFFFFFFu;
  oir::Proj proj{};
  oir::TypeId type;
  uint32_t parent = kNone;
  uint32_t first_part = kNone;
  uint32_t next = kNone;
  uint8_t on_return = 0;
  uint8_t on_unwind = 0;
  bool read_first = false;  // may be read before it is filled
  bool is_leaf() const { return first_part == kNone; }
};

struct ParamSummary {
  bool escapes = false;            // a counted reference to it, or into it, may outlive the call
  bool changes_whole = false;      // may move, assign or swap all of what it refers to
  std::vector<SummaryPath> paths;  // empty: untouched
};

struct Summary {
  std::vector<ParamSummary> params;  // by parameter from 0; of by-value ones the default
  Effects effects;
  bool may_return = true;  // false only while a component is being solved
};

class CallGraph;

class Summaries {
 public:
  // Computes everything. In the program it ends paths behind calls that never return, and settles
  // which collection points can fail. `whole`: there were no mistakes; one ends its path early, and
  // of such a function nobody knows whether it returns. `only_report`: nothing will be made of the
  // program; what is asked of functions that no mistake can be in, `may_find_empty`, is not known.
  explicit Summaries(oir::Program& program, bool whole = true, bool only_report = false);
  Summaries(Summaries&&) noexcept;
  ~Summaries();

  const Summary& of(oir::FuncId func) const { return functions_[func.index()]; }
  bool escapes(oir::FuncId func, uint32_t param) const {
    return functions_[func.index()].params[param].escapes;
  }
  EscapesFn escapes_fn() const {
    return [this](oir::FuncId func, uint32_t param) { return escapes(func, param); };
  }
  // The end of a life of a value of this type.
  const Effects& of_drop(oir::TypeId type) const;
  // All user `drop`s together: what a collection may run.
  const Effects& of_collection() const { return collection_; }
  // What the instruction itself does (a call: the callee; an assignment: what dies), or null for
  // nothing that is in Effects. Places that it names itself are not in it.
  const Effects* of_inst(const oir::Function& function, const oir::Inst& inst) const;
  // Whether something that the function reads may be empty where only the compiler knows: it moves
  // what has a name, calls who may empty what it is lent, or is the top level, whose globals begin
  // empty. In no other function can there be a mistake about moves.
  bool may_find_empty(oir::FuncId func) const { return may_find_empty_[func.index()] != 0; }
  const Contents& contents() const { return contents_; }
  // By local of `func`: a counted reference to it may exist, it will live in a box.
  const std::vector<bool>& escaped(oir::FuncId func) const { return roots_.locals[func.index()]; }
  // Types of elements that growing arrays leave empty for those who refer to them.
  const std::vector<oir::TypeId>& left_behind() const { return growth_.elements(); }
  bool global_escaped(oir::GlobalId global) const { return roots_.globals[global.index()]; }
  const EscapedRoots& roots() const { return roots_; }
  const LentParts& lent_parts() const { return lent_parts_; }

  // True if the instruction can fail, given what it calls. Later passes may add checks: ask again.
  bool inst_may_fail(const oir::Function& function, const oir::Inst& inst) const;
  // Looks at who can fail once more and removes `unwind` from what cannot. Pass moves calls it
  // last, when its checks are in place.
  void remove_unwind_edges(oir::Program& program);

 private:
  // What a growing array does to its old elements, or null.
  const Effects* of_growing(const oir::Inst& inst) const;

  friend class SummariesBuilder;
  const oir::Program* program_;
  Contents contents_;
  std::vector<uint8_t> may_find_empty_;
  std::vector<Summary> functions_;
  std::vector<Effects> types_;
  std::unordered_map<uint32_t, Effects> values_;  // of calls of function values, by their type
  Effects collection_;
  Effects end_of_globals_;  // of RtFn::EndGlobals
  EscapedRoots roots_;
  ArrayGrowth growth_;
  LentParts lent_parts_;
  std::unordered_map<uint32_t, Effects> growing_;  // by element type: what growing does to them
  std::unique_ptr<CallGraph> graph_;
};

}  // namespace tenure::own
