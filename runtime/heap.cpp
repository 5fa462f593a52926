// The allocator.
//
// One reserved region of the address space, cut into 256 slices; a slice holds blocks of one
// size with one kind of prefix (8 or 16 bytes before the body). Free are the blocks behind a bump
// pointer, those of a run that is taken from there a page at a time and grows again when objects
// die in the opposite order of their birth, and those of a list through the bodies. So the object
// that an address lies in is a shift and a multiplication away. Sizes: steps of 8 to 128, of 16 to
// 256, then four (from 32 KiB: two) to a doubling, up to 256 MiB or what a slice can hold. Beyond
// that, and when a slice is full and so are the next larger ones, a block has a mapping of its own
// in a sorted table. Free blocks of four megabytes and more give their pages back. Running out is
// reported [O-PANIC-3]. What grows to
// hundreds of kilobytes gets a mapping of its own too, which grows without a copy; a few of these
// are kept for the next.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/mman.h>
#include <sys/resource.h>

#include "rt_internal.h"

namespace tenure::rt {

// A small program has small pages, so that what it does not use costs nothing.
constexpr uint64_t kMuchMemory = 8u << 20, kLargePage = 2u << 20;
constexpr uint64_t kBatchBytes = 4096;
constexpr uint64_t kGapStep = 64 << 10, kLargestWithGaps = 256;
constexpr size_t kMostIdle = 4;
constexpr uint32_t kClasses = 85;
constexpr uint32_t kPrefixes = 2;
static_assert(kClasses * kPrefixes <= kSlices);
static uint64_t class_size[kClasses];
static uint32_t class_count;  // those that fit into a slice
uint8_t class_of_small[129];

static void make_classes(uint64_t largest) {
  class_count = 0;
  auto add = [&](uint64_t size) {
    if (class_count < kClasses && size <= largest) class_size[class_count++] = size;
  };
  for (uint64_t size = 16; size <= TN_QUICK_BYTES; size += 8) add(size);  // TN_QUICK_CLASS
  for (uint64_t size = 144; size <= 256; size += 16) add(size);
  for (uint64_t base = 256; base < (32 << 10); base *= 2)
    for (uint64_t quarter = 1; quarter <= 4; quarter++) add(base + base / 4 * quarter);
  for (uint64_t base = 32 << 10; base < (256u << 20); base *= 2)
    for (uint64_t half = 1; half <= 2; half++) add(base + base / 2 * half);
  uint32_t c = 0;
  for (uint32_t words = 0; words <= 128; words++) {
    while (class_size[c] < words * 8) c++;
    class_of_small[words] = static_cast<uint8_t>(c);
  }
}

static uint32_t class_for(uint64_t bytes) {
  if (bytes <= 1024) return class_of_small[(bytes + 7) / 8];
  uint32_t low = class_of_small[128], high = class_count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (class_size[middle] < bytes)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void lay_out_slices() {
  for (uint32_t i = 0; i < kSlices; i++) {
    Slice& s = g.slices[i];
    s = Slice{};
    s.start = s.bump = s.limit = g.region + (static_cast<uint64_t>(i) << g.slice_shift);
    uint32_t c = i % kClasses;
    s.size = i < kPrefixes * kClasses && c < class_count ? class_size[c] : 0;
    g.kept_back[i] = tn_free_blocks[i] = {};
    if (!s.size) continue;  // never used; bump == start, so no address is in it
    s.prefix = 8 * (i / kClasses + 1);
    s.magic = ~uint64_t{0} / s.size + 1;
    s.chunk = 64 << 10;
  }
}

// Takes as much address space as the system gives: some refuse a lot (limits, valgrind).
void heap_start() {
  if (g.region_bytes) return;
  uint32_t shift = 35;
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    while (shift > 16 && (uint64_t{kSlices} << shift) > limit.rlim_cur / 2) shift--;
  uint64_t bytes = uint64_t{kSlices} << shift;
  while (!(g.region = os_reserve(bytes + (uint64_t{1} << 16)))) {
    if (--shift < 16) tn_out_of_memory();
    bytes = uint64_t{kSlices} << shift;
  }
  g.region = reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(g.region) + 0xFFFF) & ~0xFFFFull);
  g.slice_shift = shift;
  g.region_bytes = bytes;
  g.free = tn_free_blocks;
  make_classes(uint64_t{1} << (shift > 30 ? 28 : shift - 2));
  lay_out_slices();
}

// Forgets every object; the region stays.
void heap_reset() {
  if (!g.region_bytes) return heap_start();
  for (uint32_t i = 0; i < kSlices; i++) {
    Slice& s = g.slices[i];
    if (s.limit > s.start) {
      os_decommit(s.start, static_cast<uint64_t>(s.limit - s.start));
      mprotect(s.start, static_cast<uint64_t>(s.limit - s.start), PROT_NONE);
    }
  }
  lay_out_slices();
  for (size_t i = 0; i < g.large.size; i++) munmap(g.large[i].start, g.large[i].bytes);
  for (size_t i = 0; i < g.idle.size; i++) munmap(g.idle[i].start, g.idle[i].bytes);
  g.large.size = g.idle.size = 0;
  g.committed = g.memory_checked = 0;
}

uint32_t slice_for(uint64_t bytes, uint32_t prefix) {
  uint32_t c = class_for(bytes + prefix);
  return c < class_count ? (prefix / 8 - 1) * kClasses + c : kNoSlice;
}

// From 256 MiB on, every further 64 MiB, whether the machine has them.
static bool may_commit(uint64_t bytes) {
  uint64_t after = g.committed + bytes;
  if (after < (256u << 20) || after < g.memory_checked + (64u << 20)) return true;
  if (!os_memory_left(bytes)) return false;
  g.memory_checked = after;
  return true;
}

// More of the slice, at least a block. False: the slice is full.
static bool commit_more(Slice& s, uint32_t index) {
  char* end = g.region + (static_cast<uint64_t>(index + 1) << g.slice_shift);
  uint64_t need = s.size - static_cast<uint64_t>(s.limit - s.bump);
  uint64_t bytes = (need > s.chunk ? need : s.chunk);
  bytes = (bytes + 4095) & ~uint64_t{4095};
  uint64_t left = static_cast<uint64_t>(end - s.limit);
  bool large = g.committed >= kMuchMemory || s.size >= kLargePage;
  if (large) {  // up to where a large page ends, so that the next one begins there
    uint64_t over = (reinterpret_cast<uintptr_t>(s.limit) + bytes) % kLargePage;
    if (over) bytes += kLargePage - over;
  }
  if (bytes > left) bytes = left;
  if (bytes < need) return false;
  if (!may_commit(bytes) || !os_commit(s.limit, bytes)) tn_out_of_memory();
  if (large) os_large_pages(s.limit, bytes);
  s.limit += bytes;
  g.committed += bytes;
  if (s.chunk < (4 << 20)) s.chunk *= 2;
  return true;
}

static void* enter_large(const Large& block) {
  g.large.push({});
  size_t i = g.large.size - 1;
  for (; i > 0 && g.large[i - 1].start > block.start; i--) g.large[i] = g.large[i - 1];
  g.large[i] = block;
  return block.start + block.prefix;
}

static Large leave_large(size_t i) {
  Large block = g.large[i];
  for (; i + 1 < g.large.size; i++) g.large[i] = g.large[i + 1];
  g.large.size--;
  return block;
}

static Large map_large(uint64_t size, uint32_t prefix) {
  if (!may_commit(size)) tn_out_of_memory();
  void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) tn_out_of_memory();
  g.committed += size;
  return {static_cast<char*>(at), size, prefix};
}

static uint64_t whole_pages(uint64_t bytes) {
  return (bytes + 4095) & ~uint64_t{4095};
}

static void* alloc_large(uint64_t bytes, uint32_t prefix) {
  if (bytes > (uint64_t{1} << 46)) tn_out_of_memory();
  return enter_large(map_large(whole_pages(bytes + prefix), prefix));
}

// Once in 64 KiB a small block is left out. Objects that are made in order would else lie, a power
// of two of them apart, in the same set of a cache, as the nodes of a path through a tree do that
// was built in order. (What the colours of Bonwick's slabs are for, USENIX 1994.) A run grows over
// the gap when what lies in front of it dies, so there is one only where memory is new.
static void leave_gap(Slice& s) {
  uint64_t used = static_cast<uint64_t>(s.bump - s.start);
  if (s.size > kLargestWithGaps || used / kGapStep == s.gaps_made) return;
  s.gaps_made++;
  if (static_cast<uint64_t>(s.limit - s.bump) < 2 * s.size) return;
  memcpy(&header(s.bump + s.prefix), &kGapHeader, sizeof kGapHeader);
  s.bump += s.size;
  s.gaps++;
}

bool joins_over_gap(Slice& s, TnFree& free, char* body) {
  uint64_t behind;
  memcpy(&behind, &header(body + s.size), sizeof behind);
  if (behind != kGapHeader) return false;
  free.first = body;
  s.gaps--;
  return true;
}

// A block that was never used. Those behind it, as many as lie on a page, are the new run.
static void* take_fresh(Slice& s, uint32_t index) {
  leave_gap(s);
  uint64_t there = static_cast<uint64_t>(s.limit - s.bump) / s.size;
  uint64_t count = kBatchBytes / s.size;
  if (count > there) count = there;
  if (count == 0) count = 1;
  char* body = s.bump + s.prefix;
  s.bump += count * s.size;
  g.free[index].first = body + s.size;
  g.free[index].end = s.bump + s.prefix;
  return body;
}

void* heap_alloc_slow(uint32_t slice, uint64_t bytes, uint32_t prefix) {
  if (slice == kNoSlice) return alloc_large(bytes, prefix);
  uint32_t end = prefix / 8 * kClasses;
  for (uint32_t i = slice; i < end && g.slices[i].size; i++) {
    Slice& s = g.slices[i];
    if (void* body = take_block(g.free[i], s.size)) return body;
    if (static_cast<uint64_t>(s.limit - s.bump) < s.size && !commit_more(s, i)) continue;
    return take_fresh(s, i);
  }
  return alloc_large(bytes, prefix);
}

static size_t find_large(const void* address) {  // the last one that starts at or before it
  size_t low = 0, high = g.large.size;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (g.large[middle].start <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low - 1;
}

void* large_object_of(const void* address) {
  size_t i = find_large(address);
  if (i >= g.large.size) return nullptr;
  Large& block = g.large[i];
  return address < block.start + block.bytes ? block.start + block.prefix : nullptr;
}

void free_large(void* body) {
  size_t i = find_large(body);
  if (i >= g.large.size || g.large[i].start + g.large[i].prefix != body)
    tn_internal_error("free of what the heap never gave");
  Large block = leave_large(i);
  if (block.bytes <= kMostGrowingBytes + 4096 && g.idle.size < kMostIdle) return g.idle.push(block);
  g.committed -= block.bytes;
  munmap(block.start, block.bytes);
}

// An idle block, however large, or a new one.
static Large take_growing(uint64_t size, uint32_t prefix) {
  for (size_t i = g.idle.size; i > 0; i--) {
    Large block = g.idle[i - 1];
    if (block.bytes < size) continue;
    g.idle[i - 1] = g.idle[g.idle.size - 1];
    g.idle.size--;
    block.prefix = prefix;
    return block;
  }
  return map_large(size, prefix);
}

// The block itself, at an address where there is room behind it.
static Large enlarge(Large block, uint64_t size) {
  if (size <= block.bytes) return block;
  if (!may_commit(size - block.bytes)) tn_out_of_memory();
  void* at = mremap(block.start, block.bytes, size, MREMAP_MAYMOVE);
  if (at == MAP_FAILED) tn_out_of_memory();
  g.committed += size - block.bytes;
  return {static_cast<char*>(at), size, block.prefix};
}

void* grow_object(void* body, uint32_t prefix, uint64_t used, uint64_t* bytes) {
  uint64_t size = whole_pages(*bytes + prefix);
  char* start = static_cast<char*>(body) - prefix;
  Large block;
  if (static_cast<uint64_t>(start - g.region) >= g.region_bytes) {
    block = enlarge(leave_large(find_large(body)), size);
  } else {
    block = take_growing(size, prefix);
    memcpy(block.start, start, prefix + used);
    RT_COUNTED(allocations);
    heap_free(body);
  }
  *bytes = block.bytes - prefix;
  return enter_large(block);
}

void free_decommit(Slice& s, char* body) {
  uintptr_t first = (reinterpret_cast<uintptr_t>(body) + 8 + 4095) & ~uintptr_t{4095};
  uintptr_t end = (reinterpret_cast<uintptr_t>(body) - s.prefix + s.size) & ~uintptr_t{4095};
  if (first < end) os_decommit(reinterpret_cast<char*>(first), end - first);
}

void* HeapWalker::next() {
  for (; slice < kSlices; slice++, block = 0) {
    Slice& s = g.slices[slice];
    while (s.size && s.start + block * s.size < s.bump) {
      void* body = s.start + block++ * s.size + s.prefix;
      if (header(body).info != kFreeInfo && !is_in_run(g.free[slice], body)) return body;
    }
  }
  while (large < g.large.size) {
    Large& own = g.large[large++];
    void* body = own.start + own.prefix;
    if (header(body).info != kFreeInfo) return body;
  }
  return nullptr;
}

// Blocks of a slice that hold an object, or one that is parked. Nobody counts them as they come and
// go, so the free ones are.
static uint64_t blocks_in_use(uint32_t slice) {
  const Slice& s = g.slices[slice];
  if (!s.size) return 0;
  uint64_t blocks = static_cast<uint64_t>(s.bump - s.start) / s.size;
  const TnFree& free = g.free[slice];
  blocks -= static_cast<uint64_t>(free.end - free.first) / s.size + s.gaps;
  for (void* body = free.list; body; memcpy(&body, body, sizeof body)) blocks--;
  return blocks;
}

static uint64_t block_bytes(const void* body) {
  uint64_t offset = static_cast<uint64_t>(static_cast<const char*>(body) - g.region);
  if (offset < g.region_bytes) return g.slices[offset >> g.slice_shift].size;
  return g.large[find_large(body)].bytes;
}

static uint64_t parked_bytes(List<void*>& list, size_t first, size_t end) {
  uint64_t sum = 0;
  for (size_t i = first; g.parked + g.look.parked && i < end; i++)
    if (header(list[i]).info == kFreeInfo) sum += block_bytes(list[i]);
  return sum;
}

static uint64_t all_parked_bytes() {
  Look& look = g.look;
  bool sorting = look.phase == LookPhase::Sort;
  size_t first = sorting || look.phase == LookPhase::Try ? look.at : 0;
  return parked_bytes(g.suspects, 0, g.suspects.size) +
         parked_bytes(g.watched_suspects, 0, g.watched_suspects.size) +
         parked_bytes(look.seen, first, look.seen.size) +
         parked_bytes(look.seen, 0, sorting ? look.kept : 0);
}

uint64_t live_objects() {
  uint64_t sum = g.large.size - g.parked - g.look.parked;
  for (uint32_t i = 0; i < kSlices; i++) sum += blocks_in_use(i);
  return sum;
}

uint64_t live_bytes() {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < kSlices; i++) sum += blocks_in_use(i) * g.slices[i].size;
  for (size_t i = 0; i < g.large.size; i++) sum += g.large[i].bytes;
  return sum - all_parked_bytes();
}

}  // namespace tenure::rt

extern "C" void tn_free_block(void* body) {
  tenure::rt::heap_free(body);
}
extern "C" void* tn_object_of(const void* address) {
  return tenure::rt::object_of(address);
}
