// The slots of a function: the owned parts of its locals that some place in it tells apart, and the
// drop flags that speak of them. What they are for is said at the top of verify_ownership.cpp.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "oir/oir.h"

namespace tenure::oir {

constexpr uint32_t kNoSlot = 0xFFFFFFFFu;  // also: no node

struct SlotNode {
  uint32_t parent = kNoSlot;
  Proj proj{};
  TypeId type;
  std::vector<uint32_t> parts;
  uint32_t begin = 0, end = 0;  // slots, half open
  uint32_t rest = kNoSlot;      // the slot of what is not mentioned
  Place place;
};

// A flag and a slot that it speaks of.
struct SlotPair {
  uint32_t slot;
  uint32_t cell;  // index into the state
};

class Slots {
 public:
  Slots(const Program& program, const Function& function);

  struct Found {
    uint32_t node = kNoSlot;  // the deepest tracked node on the way
    bool exact = false;       // it is the place itself: nothing lies behind it
    bool behind = false;      // the place is reached through a dereference or an index
  };
  Found find(Place place) const;
  const SlotNode& node(uint32_t id) const { return nodes_[id]; }
  uint32_t root(LocalId local) const { return root_of_[local.index()]; }
  uint32_t slot_count() const { return slot_count_; }
  uint32_t cell_count() const { return cell_count_; }
  bool lenient(uint32_t slot) const { return lenient_[slot]; }
  bool vacates(uint32_t slot) const { return vacates_[slot]; }
  const std::vector<SlotPair>& pairs_of_flag(LocalId flag) const { return by_flag_.at(flag.v); }
  bool has_flag(LocalId flag) const { return by_flag_.count(flag.v) != 0; }
  const std::vector<uint32_t>& cells_of_slot(uint32_t slot) const { return cells_[slot]; }
  Place place_of(uint32_t slot) const { return nodes_[owner_[slot]].place; }

 private:
  void mention(Place place);
  void number();
  void add_flag_uses();
  void mark_lenient();
  void lenient_at(Place place);

  const Program& program_;
  const Function& function_;
  std::vector<SlotNode> nodes_;
  std::vector<uint32_t> root_of_;
  std::unordered_map<uint64_t, uint32_t> child_;  // parent node and projection
  uint32_t slot_count_ = 0;
  uint32_t cell_count_ = 0;  // slots, then pairs
  std::vector<uint32_t> owner_;
  std::vector<bool> lenient_, vacates_;
  std::vector<std::vector<uint32_t>> cells_;
  std::unordered_map<uint32_t, std::vector<SlotPair>> by_flag_;
};

}  // namespace tenure::oir
