// The names of a body that is being checked, and what each stands for. Private to check*.cpp.
#pragma once

#include <utility>
#include <vector>

#include "ng/declared.h"

namespace tenure::ng {

class Scopes {
 public:
  explicit Scopes(size_t names) : visible_(names, 0) {}

  // There are so many names now.
  void make_room(size_t names) {
    if (visible_.size() < names) visible_.resize(names, 0);
  }

  // A scope begins where it is marked, and ends when it is left.
  using Mark = size_t;
  Mark mark() const { return undo_.size(); }
  void leave(Mark mark) {
    for (; undo_.size() > mark; undo_.pop_back())
      visible_[undo_.back().name.index()] = undo_.back().before;
  }

  void bind(NameId name, const LocalName& what) {
    if (name.v >= visible_.size()) return add(what);  // none, after a mistake
    uint32_t& slot = visible_[name.index()];
    undo_.push_back({name, slot});
    add(what);
    slot = static_cast<uint32_t>(bound_.size());
  }
  // A local that no name is for.
  void add(const LocalName& what) {
    bound_.push_back(what);
    if (what.kind != LocalName::Kind::Local || !what.local.valid()) return;
    if (what.local.index() >= by_local_.size()) by_local_.resize(what.local.index() + 1, 0);
    by_local_[what.local.index()] = static_cast<uint32_t>(bound_.size());
  }

  // Valid until the next name is bound.
  const LocalName* find(NameId name) const {
    uint32_t slot = name.v < visible_.size() ? visible_[name.v] : 0;
    return slot > hidden_.bound ? &bound_[slot - 1] : nullptr;
  }
  const LocalName* of(tree::LocalId local) const {
    uint32_t slot = local.index() < by_local_.size() ? by_local_[local.index()] : 0;
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
  std::vector<LocalName> bound_;
  std::vector<uint32_t> visible_;   // by NameId: 1 + index into bound_, 0: none
  std::vector<uint32_t> by_local_;  // by LocalId: the same
  std::vector<Undo> undo_;
  Hidden hidden_;
};

}  // namespace tenure::ng
