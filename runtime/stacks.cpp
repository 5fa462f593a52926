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

List<Stack> stacks;   // number - 1
uint32_t* table;      // numbers by hash, linear probing; 0: free
uint64_t table_size;  // a power of 2

uint64_t hash_of(const Stack& stack) {
  uint64_t hash = reinterpret_cast<uintptr_t>(stack.site);
  for (uint32_t i = 0; i < stack.count; i++)
    hash = (hash ^ stack.words[i]) * 0x9E3779B97F4A7C15u ^ hash >> 29;
  return hash ^ hash >> 32;
}

bool same(const Stack& a, const Stack& b) {
  return a.site == b.site && a.count == b.count &&
         memcmp(a.words, b.words, a.count * sizeof(uintptr_t)) == 0;
}

void grow() {
  uint64_t size = table_size ? table_size * 2 : 1024;
  uint32_t* fresh = static_cast<uint32_t*>(calloc(size, sizeof(uint32_t)));
  if (!fresh) tn_out_of_memory();
  for (uint32_t number = 1; number <= stacks.size; number++) {
    uint64_t at = hash_of(stacks[number - 1]) & (size - 1);
    while (fresh[at]) at = (at + 1) & (size - 1);
    fresh[at] = number;
  }
  free(table);
  table = fresh;
  table_size = size;
}

uint32_t number_of(const Stack& stack) {
  if ((stacks.size + 1) * 2 > table_size) grow();
  uint64_t at = hash_of(stack) & (table_size - 1);
  for (; table[at]; at = (at + 1) & (table_size - 1))
    if (same(stacks[table[at] - 1], stack)) return table[at];
  stacks.push(stack);
  return table[at] = static_cast<uint32_t>(stacks.size);
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
