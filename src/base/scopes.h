// The names of a body that is being checked, and what each stands for.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/names.h"

namespace tenure {

// `Bound` is what a name is bound to; `local` in it, an Id, is the local that it stands for, if it
// stands for one.
template <class Bound>
class Scopes {
 public:
  using LocalId = decltype(Bound::local);

  // A scope begins where it is marked, and ends when it is left.
  using Mark = size_t;
  Mark mark() const { return undo_.size(); }
  void leave(Mark mark) {
    for (; undo_.size() > mark; undo_.pop_back())
      visible_[undo_.back().name.index()] = undo_.back().before;
  }

  // No name, after a mistake, is bound to nothing that could be found by it.
  void bind(NameId name, const Bound& what) {
    if (!name.valid()) return add(what);
    if (name.index() >= visible_.size()) visible_.resize(2 * name.index() + 1, 0);
    uint32_t& slot = visible_[name.index()];
    undo_.push_back({name, slot});
    add(what);
    slot = static_cast<uint32_t>(bound_.size());
  }

  // A local that no name is for.
  void add(const Bound& what) {
    bound_.push_back(what);
    if (!what.local.valid()) return;
    if (what.local.index() >= by_local_.size()) by_local_.resize(what.local.index() + 1, 0);
    by_local_[what.local.index()] = static_cast<uint32_t>(bound_.size());
  }

  // Valid until the next name is bound.
  const Bound* find(NameId name) const {
    uint32_t slot = name.v < visible_.size() ? visible_[name.v] : 0;
    return slot > hidden_.bound ? &bound_[slot - 1] : nullptr;
  }
  const Bound* of(LocalId local) const {
    uint32_t slot = local.v < by_local_.size() ? by_local_[local.v] : 0;
    return slot != 0 ? &bound_[slot - 1] : nullptr;
  }
  // Each name that can be seen, once.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (size_t i = hidden_.scopes; i < undo_.size(); ++i) {
      bool first = undo_[i].before <= hidden_.bound;
      if (first && visible_[undo_[i].name.index()] > hidden_.bound) visit(undo_[i].name);
    }
  }

  // Another function: nothing is bound. All scopes were left.
  void begin() {
    bound_.clear();
    by_local_.clear();
  }
  // The locals of a function inside of this one have numbers of their own; what was known of those
  // outside is put back behind it.
  using Numbers = std::vector<uint32_t>;
  Numbers begin_inner() { return std::exchange(by_local_, {}); }
  void end_inner(Numbers outer) { by_local_ = std::move(outer); }
  // What is bound cannot be seen, until it is shown again.
  struct Hidden {
    uint32_t bound = 0;  // so many of bound_
    Mark scopes = 0;
  };
  Hidden hide() {
    return std::exchange(hidden_, Hidden{static_cast<uint32_t>(bound_.size()), mark()});
  }
  void show(Hidden hidden) { hidden_ = hidden; }

 private:
  struct Undo {
    NameId name;
    uint32_t before;
  };

  std::vector<Bound> bound_;
  std::vector<uint32_t> visible_;   // by NameId: 1 + index into bound_, 0: none
  std::vector<uint32_t> by_local_;  // by LocalId: the same
  std::vector<Undo> undo_;
  Hidden hidden_;
};

}  // namespace tenure
