// Call stacks, kept.
//
// Where memory was allocated and freed: a stack is its site and the innermost frames, and equal
// ones are kept once, so that a block needs a number for each. The engine's hook takes them; of
// native code, which keeps frame pointers where memory is checked, it is a walk along those.
#include "rt_internal.h"

namespace tenure::rt {
namespace {

struct Stack {
  const TnSite* site;
  uint32_t count;
  uintptr_t words[kStackWords];
};

// A stack is known by its hash of 64 bits: to compare the words would be to fetch them, and where
// two of a million stacks share one, which is less likely than one in ten million, a note shows the
// other.
struct Slot {
  uint64_t hash;
  uint32_t number;  // 0: free
};

List<Stack> stacks;   // number - 1
Slot* table;          // linear probing
uint64_t table_size;  // a power of 2

// A sum, so that no product waits for another: each word times an odd number of its own (Carter and
// Wegman's multilinear hashing, JCSS 1979; the numbers are splitmix64's).
struct Factors {
  uint64_t of[kStackWords];
  constexpr Factors() : of() {
    for (uint32_t i = 0; i < kStackWords; i++) {
      uint64_t z = (i + 1) * 0x9E3779B97F4A7C15u;
      z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
      z = (z ^ z >> 27) * 0x94D049BB133111EBu;
      of[i] = (z ^ z >> 31) | 1;
    }
  }
};
constexpr Factors kFactors;

uint64_t hash_of(const Stack& stack) {
  uint64_t hash = reinterpret_cast<uintptr_t>(stack.site) * 0x9E3779B97F4A7C15u;
  for (uint32_t i = 0; i < stack.count; i++) hash += stack.words[i] * kFactors.of[i];
  hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
  return hash ^ hash >> 32;
}

void grow() {
  uint64_t size = table_size ? table_size * 2 : 1024;
  Slot* fresh = static_cast<Slot*>(calloc(size, sizeof(Slot)));
  if (!fresh) tn_out_of_memory();
  for (uint64_t i = 0; i < table_size; i++) {
    if (!table[i].number) continue;
    uint64_t at = table[i].hash & (size - 1);
    while (fresh[at].number) at = (at + 1) & (size - 1);
    fresh[at] = table[i];
  }
  free(table);
  table = fresh;
  table_size = size;
}

uint32_t number_of(const Stack& stack) {
  if ((stacks.size + 1) * 2 > table_size) grow();
  uint64_t hash = hash_of(stack);
  uint64_t at = hash & (table_size - 1);
  for (; table[at].number; at = (at + 1) & (table_size - 1))
    if (table[at].hash == hash) return table[at].number;
  stacks.push(stack);
  table[at] = {hash, static_cast<uint32_t>(stacks.size)};
  return table[at].number;
}

// Return addresses along the frame pointers. Frames of the runtime below the program may keep none:
// what does not lead up the stack ends the walk, and what is no code of the program is not shown.
uint32_t walk_frames(const uintptr_t* frame, uintptr_t* words) {
  const uintptr_t* end = reinterpret_cast<const uintptr_t*>(os_stack_end());
  uint32_t count = 0;
  while (count < kStackWords && frame[1]) {
    words[count++] = frame[1] - 1;  // the call is before its return address
    const uintptr_t* next = reinterpret_cast<const uintptr_t*>(frame[0]);
    if (next <= frame || next + 2 > end || (frame[0] & 7)) break;
    frame = next;
  }
  return count;
}

}  // namespace

uint32_t keep_stack(const TnSite* site, const void* frame) {
  Stack stack;
  stack.site = site;
  stack.count = g.hooks.capture ? g.hooks.capture(stack.words, kStackWords, g.hooks.context)
                                : walk_frames(static_cast<const uintptr_t*>(frame), stack.words);
  return number_of(stack);
}

const TnSite* site_of_stack(uint32_t number) {
  return stacks[number - 1].site;
}

uint32_t kept_stacks() {
  return static_cast<uint32_t>(stacks.size);
}

void print_stack(uint32_t number) {
  const Stack& stack = stacks[number - 1];
  if (g.hooks.print_captured)
    g.hooks.print_captured(stack.words, stack.count, g.hooks.context);
  else
    native_print_captured(stack.words, stack.count);
}

void forget_stacks() {
  stacks.release();
  free(table);
  table = nullptr;
  table_size = 0;
}

}  // namespace tenure::rt
