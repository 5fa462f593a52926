// Checking the runtime itself.
//
// Level 1: the lists of suspects. Level 2: after each collection too. Level 3: every block of
// the heap: headers sane, free lists sound, counts of live blocks right. A violation is an
// internal error.
#include "rt_internal.h"

namespace tenure::rt {
namespace {

void check(bool good, const char* what) {
  if (!good) tn_internal_error(what);
}

void check_suspects(List<void*>& list, bool watched) {
  for (size_t i = 0; i < list.size; i++) {
    const Header& h = header(list[i]);
    if (h.info == kFreeInfo) continue;  // parked
    check(!(h.info & TN_F_SUSPECT) != !(h.info & TN_F_LISTED),
          "heap check: a suspect is not marked as one");
    check(!(h.info & TN_F_WATCHED) == !watched, "heap check: a suspect is in the wrong list");
  }
}

// Gives how many blocks hold objects or are parked.
uint64_t check_free_list(uint32_t slice) {
  const Slice& s = g.slices[slice];
  uint64_t blocks = static_cast<uint64_t>(s.bump - s.start) / (s.size ? s.size : 1);
  uint64_t seen = 0;
  const TnFree& free = g.free[slice];
  check(free.first <= free.end && static_cast<uint64_t>(free.end - free.first) % s.size == 0,
        "heap check: a run of free blocks out of step");
  check(free.first == free.end || (free.first > s.start && free.end <= s.bump + s.prefix),
        "heap check: a run of free blocks outside of its slice");
  seen = static_cast<uint64_t>(free.end - free.first) / s.size + s.gaps;
  for (char* body = static_cast<char*>(free.list); body; memcpy(&body, body, sizeof(char*))) {
    check(body > s.start && body < s.bump, "heap check: a free block outside of its slice");
    check(static_cast<uint64_t>(body - s.prefix - s.start) % s.size == 0,
          "heap check: a free block out of step");
    check(!is_in_run(free, body), "heap check: a block is free twice");
    check(header(body).info == kFreeInfo && header(body).count == 0,
          "heap check: a block in the free list is not free");
    check(++seen <= blocks, "heap check: a free list goes round");
  }
  g.visits += blocks;
  return blocks - seen;
}

void check_object(void* body) {
  const Header& h = header(body);
  check((h.info & TN_ID_MASK) < g.program->type_count, "heap check: a type id out of range");
  const TnType* type = type_of(body);
  check(!(h.info & TN_F_CYCLIC) == !(type->flags & TN_CYCLIC),
        "heap check: a header's flags are wrong");
  check(object_of(body) == body, "heap check: an object is not found by its address");
  if (h.info & TN_F_WEAK) check(g.weak.find(body) != nullptr, "heap check: weak cells are missing");
  if (!(h.info & TN_F_BUFFER) || type->kind != TN_ARRAY) return;
  const Buffer* buffer = static_cast<const Buffer*>(body);
  check(buffer->length <= buffer->capacity, "heap check: an array is longer than its buffer");
}

}  // namespace

void verify_heap(int level) {
  if (level <= 0) return;
  check_suspects(g.suspects, false);
  check_suspects(g.watched_suspects, true);
  g.visits += g.suspects.size + g.watched_suspects.size;
  if (level < 3) return;
  uint64_t blocks = g.large.size, objects = 0;
  for (uint32_t i = 0; i < kSlices; i++)
    if (g.slices[i].size) blocks += check_free_list(i);
  HeapWalker walker;
  for (; void* body = walker.next(); objects++) check_object(body);
  check(blocks == objects + g.parked + g.look.parked, "heap check: blocks got lost");
}

}  // namespace tenure::rt
