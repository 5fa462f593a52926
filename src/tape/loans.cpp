#include "tape/loans.h"

#include <algorithm>

namespace tenure::tape {

void Paths::clear() {
  blocks_.assign(1, {});
  open_.assign(1, 0);
  position_ = 0;
  choices_ = 0;
}

void Paths::open_block(bool is_loop, uint32_t choice, uint32_t arm) {
  Block block;
  block.parent = open_.back();
  block.depth = blocks_[block.parent].depth + 1;
  block.begin = position_;
  block.choice = choice;
  block.arm = arm;
  block.is_loop = is_loop;
  blocks_.push_back(std::move(block));
  open_.push_back(static_cast<uint32_t>(blocks_.size() - 1));
}

void Paths::close_block() {
  blocks_[open_.back()].end = position_;
  open_.pop_back();
}

void Paths::leave() {
  Block& block = blocks_[open_.back()];
  block.returns |= block.jumps.empty();
}

void Paths::jump(bool is_break) {
  Block& block = blocks_[open_.back()];
  block.breaks |= is_break && block.jumps.empty();
  // Noted in every block that is jumped out of.
  uint32_t at = ++position_;
  for (size_t i = open_.size(); i-- > 0;) {
    blocks_[open_[i]].jumps.push_back(at);
    if (blocks_[open_[i]].is_loop) break;
  }
}

bool Paths::encloses(uint32_t outer, uint32_t inner) const {
  while (blocks_[inner].depth > blocks_[outer].depth) inner = blocks_[inner].parent;
  return inner == outer;
}

// Whether a kill stands after `after`, before `before` and in a block around it that lies in
// `within`.
bool Paths::kills_between(uint32_t after, Event before, uint32_t within,
                          const std::vector<Event>& kills) const {
  auto first = std::upper_bound(
      kills.begin(), kills.end(), after,
      [](uint32_t position, const Event& kill) { return position < kill.position; });
  for (; first != kills.end() && first->position < before.position; ++first) {
    if (encloses(first->block, before.block) && encloses(within, first->block)) return true;
  }
  return false;
}

// Whether a kill stands after `from`, before `end` and in a block around `from` that lies in
// `within`, and nothing jumps out of that block before it.
bool Paths::kills_after(Event from, uint32_t end, uint32_t within,
                        const std::vector<Event>& kills) const {
  for (const Event& kill : kills) {
    if (kill.position <= from.position || kill.position >= end) continue;
    if (!encloses(kill.block, from.block) || !encloses(within, kill.block)) continue;
    const std::vector<uint32_t>& jumps = blocks_[kill.block].jumps;
    auto jump = std::upper_bound(jumps.begin(), jumps.end(), from.position);
    return jump == jumps.end() || *jump > kill.position;
  }
  return false;
}

// Written later, and reached without going round a loop.
bool Paths::forward(Event from, Event to, const std::vector<Event>& kills) const {
  if (from.position >= to.position) return false;
  // Other arms of the same choice, and blocks that return.
  uint32_t a = from.block;
  uint32_t b = to.block;
  while (a != b) {
    const Block& x = blocks_[a];
    const Block& y = blocks_[b];
    if (x.depth >= y.depth) {
      if (x.returns) return false;
      if (x.parent == y.parent && x.choice != 0 && x.choice == y.choice && x.arm != y.arm)
        return false;
      a = x.parent;
    } else {
      b = y.parent;
    }
  }
  return !kills_between(from.position, to, 0, kills) && !kills_after(from, to.position, 0, kills);
}

// From one turn of `loop` to the next.
bool Paths::around(uint32_t loop, Event from, Event to, const std::vector<Event>& kills) const {
  const Block& ring = blocks_[loop];
  bool breaks = false;
  for (uint32_t block = from.block; block != loop; block = blocks_[block].parent) {
    if (blocks_[block].returns) return false;
    // A `break` in an inner loop leaves that one.
    breaks = (breaks || blocks_[block].breaks) && !blocks_[block].is_loop;
  }
  if (ring.returns || breaks || ring.breaks) return false;
  // From the start of the turn to `to`.
  if (kills_between(ring.begin, to, loop, kills)) return false;
  return !kills_after(from, ring.end + 1, loop, kills);
}

bool Paths::reaches(Event from, Event to, const std::vector<Event>& kills) const {
  if (forward(from, to, kills)) return true;
  for (uint32_t block = from.block; block != 0; block = blocks_[block].parent) {
    if (blocks_[block].is_loop && encloses(block, to.block) && around(block, from, to, kills))
      return true;
  }
  return false;
}

}  // namespace tenure::tape
