// The ways through one function, as its blocks tell: whether what is done at one place can be
// followed by what is done at another, with nothing of a third kind in between.
//
// Positions count what happens in the order in which it is written, which is the order in which it
// happens but for loops. There is no jump but out of a block, to the end of a loop and back to its
// start; so nesting alone answers, without a graph.
#pragma once

#include <cstdint>
#include <vector>

namespace tenure::tape {

class Paths {
 public:
  struct Event {
    uint32_t position = 0;
    uint32_t block = 0;
  };

  void clear();
  // The function's own block is 0.
  void open_block(bool is_loop, uint32_t choice = 0, uint32_t arm = 0);
  void close_block();
  // One more choice: of its arms one is taken.
  uint32_t new_choice() { return ++choices_; }
  // The block at hand is left here, out of the function.
  void leave();
  // It goes on behind the loop, or with its next turn.
  void jump(bool is_break);
  Event now() { return {++position_, open_.back()}; }
  uint32_t block() const { return open_.back(); }
  uint32_t position() const { return position_; }
  bool encloses(uint32_t outer, uint32_t inner) const;

  // Whether `to` can come after `from` without passing one of `kills`, which are in order.
  bool reaches(Event from, Event to, const std::vector<Event>& kills) const;

 private:
  struct Block {
    uint32_t parent = 0;
    uint32_t depth = 0;
    uint32_t begin = 0;
    uint32_t end = 0;
    uint32_t choice = 0;  // of which it is an arm
    uint32_t arm = 0;
    bool is_loop = false;
    bool returns = false;         // its end is not reached: it leaves the function
    bool breaks = false;          // its end is not reached: it leaves the innermost loop
    std::vector<uint32_t> jumps;  // positions of `break` and `continue` in it, not in inner loops
  };
  bool forward(Event from, Event to, const std::vector<Event>& kills) const;
  bool around(uint32_t loop, Event from, Event to, const std::vector<Event>& kills) const;
  bool kills_after(Event from, uint32_t end, uint32_t within,
                   const std::vector<Event>& kills) const;
  bool kills_between(uint32_t after, Event before, uint32_t within,
                     const std::vector<Event>& kills) const;

  std::vector<Block> blocks_;
  std::vector<uint32_t> open_;
  uint32_t position_ = 0;
  uint32_t choices_ = 0;
};

}  // namespace tenure::tape
