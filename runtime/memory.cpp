// Manual memory [O-RAW-1], and the checks on it [O-RAW-2].
//
// Unchecked it is the C library's. Checked, blocks lie in a region of our own: a slice of it for
// each size of slots, doubling, so the block that an address belongs to is found by shifts. A block
// begins its slot and leaves at least a red zone at its end; what is known of it stands in a table
// beside. Freed blocks stay as they are until 64 MiB more have been freed, first in, first out.
#include <stdio.h>
#include <sys/mman.h>

#include "rt_internal.h"

namespace tenure::rt {
namespace {

constexpr uint32_t kClasses = 30;    // slots of 32 << class bytes
constexpr uint64_t kSliceBits = 36;  // bytes of a slice
constexpr uint64_t kRedZone = 16;    // at least, behind a block
constexpr uint64_t kQuarantine = 64ull << 20;
constexpr uint64_t kReturned =
    64 << 10;                          // blocks from this size on give their pages back when freed
constexpr uint64_t kLarge = 16 << 20;  // from here on the machine is asked first
constexpr uint64_t kGuard = 4096;      // before the first block; nothing lies there
constexpr uint32_t kNone = 0xFFFFFFFFu;

enum BlockState : uint8_t { kFresh, kAlive, kFreed };

struct Block {
  uint64_t size;
  uint64_t serial;     // allocations before it
  uint32_t allocated;  // stacks
  uint32_t freed;
  uint32_t next;  // of the quarantine, of the free ones
  uint8_t next_class;
  BlockState state;
  bool clean;     // freed, and its pages are zero again
  bool reported;  // as a leak
};

struct Class {
  Block* blocks;
  uint32_t made;
  uint32_t first, last;  // free ones
};

struct Memory {
  char* region;
  Class classes[kClasses];
  uint64_t serial;
  uint64_t alive;
  // the quarantine
  uint32_t first, last;
  uint8_t first_class, last_class;
  uint64_t held;
};
Memory m;

struct Found {
  Block* block = nullptr;
  char* start = nullptr;
};

char* slot(uint32_t cls, uint32_t index) {
  return m.region + (uint64_t{cls} << kSliceBits) + (uint64_t{index} << (cls + 5));
}

void* reserve(uint64_t bytes) {
  void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) tn_out_of_memory();
  return at;
}

uint64_t slots_of(uint32_t cls) {
  return uint64_t{1} << (kSliceBits - 5 - cls);
}

uint32_t class_for(uint64_t size) {
  uint32_t cls = 0;
  while ((uint64_t{32} << cls) < size + kRedZone) cls++;
  return cls;
}

// Also just before the first block.
bool in_region(const void* address) {
  uint64_t at = static_cast<uint64_t>(static_cast<const char*>(address) - m.region) + kGuard;
  return m.region && at < (uint64_t{kClasses} << kSliceBits) + kGuard;
}

// The block whose slot the address is in; none: outside of the region, or none was made there yet.
Found find(const void* address) {
  Found found;
  if (!in_region(address) || address < m.region) return found;
  uint64_t offset = static_cast<uint64_t>(static_cast<const char*>(address) - m.region);
  uint32_t cls = static_cast<uint32_t>(offset >> kSliceBits);
  uint64_t index = (offset & ((uint64_t{1} << kSliceBits) - 1)) >> (cls + 5);
  if (index >= m.classes[cls].made) return found;
  found.block = &m.classes[cls].blocks[index];
  found.start = slot(cls, static_cast<uint32_t>(index));
  return found;
}

// What an address outside of every block was most likely meant for: the block behind it, if it is
// just before that, else the one that it is behind.
Found nearest(const char* address) {
  Found behind = find(address + kRedZone);
  Found here = find(address);
  bool before = behind.block && behind.block != here.block && behind.block->state != kFresh;
  if (before && (!here.block || static_cast<uint64_t>(address - here.start) >= here.block->size)) {
    uint64_t over =
        here.block ? static_cast<uint64_t>(address - here.start) - here.block->size : ~0ull;
    if (static_cast<uint64_t>(behind.start - address) <= over) return behind;
  }
  return here;
}

// ---- reports

void print_note(const char* what, uint32_t stack) {
  err_site(site_of_stack(stack));
  err_format("note: %s\n", what);
  print_stack(stack);
}

TnStatus fail(const TnSite* site, const char* message, const Block* block) {
  report_failure(site, message);
  if (!block || block->state == kFresh) return TN_FAILED;
  print_note("allocated here", block->allocated);
  if (block->state == kFreed) print_note("freed here", block->freed);
  return TN_FAILED;
}

TnStatus fail_outside(const TnSite* site, Found found, const char* address, uint64_t count) {
  char message[160];
  snprintf(message, sizeof message, "out of bounds: %llu bytes at offset %lld of %llu",
           static_cast<unsigned long long>(count), static_cast<long long>(address - found.start),
           static_cast<unsigned long long>(found.block->size));
  return fail(site, message, found.block);
}

TnStatus fail_bounds(const TnSite* site, const char* address, uint64_t count) {
  Found found = nearest(address);
  return found.block ? fail_outside(site, found, address, count)
                     : fail(site, "out of bounds", nullptr);
}

bool is_literal(const void* address, uint64_t count) {
  uint64_t at = reinterpret_cast<uintptr_t>(address);
  uint64_t begin = reinterpret_cast<uintptr_t>(g.program->literals);
  return at < begin + g.program->literal_bytes && at + count > begin;
}

TnStatus check(const void* address, uint64_t count, bool write, const TnSite* site) {
  if (count == 0) return TN_OK;
  if (!address) return fail(site, "null reference", nullptr);
  if (write && is_literal(address, count)) return fail(site, "write to a literal", nullptr);
  if (!in_region(address)) return TN_OK;
  const char* at = static_cast<const char*>(address);
  Found found = find(at);
  if (!found.block) return fail_bounds(site, at, count);
  uint64_t offset = static_cast<uint64_t>(at - found.start);
  uint64_t size = found.block->size;
  if (offset >= size || found.block->state == kFresh) return fail_bounds(site, at, count);
  if (found.block->state == kFreed) return fail(site, "use after free", found.block);
  return count <= size - offset ? TN_OK : fail_bounds(site, at, count);
}

// Another block that lives is no better than none. `from` may be just behind its block, where it
// still belongs to that; further out nobody can tell what it was had from.
bool stays_in_block(const void* address, const void* from) {
  Found found = find(from);
  if (!found.block || found.block->state == kFresh) return true;
  uint64_t offset = static_cast<uint64_t>(static_cast<const char*>(from) - found.start);
  return offset > found.block->size || find(address).block == found.block;
}

TnStatus fail_derived(const void* address, uint64_t count, const void* from, const TnSite* site) {
  Found found = find(from);
  if (found.block->state == kFreed) return fail(site, "use after free", found.block);
  return fail_outside(site, found, static_cast<const char*>(address), count);
}

// ---- allocating

bool checked() {
  return RT_UNLIKELY(g.options.check_memory != 0);
}

void* allocate(uint64_t size, const TnSite* site, const void* frame) {
  if (size >= uint64_t{32} << (kClasses - 1) || (size >= kLarge && !os_memory_left(size)))
    tn_out_of_memory();
  if (!m.region) {
    uint64_t bytes = (uint64_t{kClasses} << kSliceBits) + kGuard;
    m.region = static_cast<char*>(reserve(bytes)) + kGuard;
    m.first = m.last = kNone;
  }
  uint32_t cls = class_for(size);
  Class& c = m.classes[cls];
  if (!c.blocks) {
    c.blocks = static_cast<Block*>(reserve(slots_of(cls) * sizeof(Block)));
    c.first = c.last = kNone;
  }
  uint32_t index = c.first;
  if (index != kNone) {
    c.first = c.blocks[index].next;
    if (c.first == kNone) c.last = kNone;
  } else if (c.made == slots_of(cls)) {
    tn_out_of_memory();
  } else {
    index = c.made++;
  }
  Block& block = c.blocks[index];
  char* start = slot(cls, index);
  if (block.state == kFreed && !block.clean) memset(start, 0, size);
  block = {};
  block.size = size;
  block.serial = m.serial++;
  block.allocated = keep_stack(site, frame);
  block.state = kAlive;
  m.alive++;
  return start;
}

void leave_quarantine() {
  uint32_t cls = m.first_class, index = m.first;
  Block& block = m.classes[cls].blocks[index];
  m.held -= block.size < kRedZone ? kRedZone : block.size;
  m.first = block.next;
  m.first_class = block.next_class;
  if (m.first == kNone) m.last = kNone;
  Class& c = m.classes[cls];
  block.next = kNone;
  (c.last == kNone ? c.first : c.blocks[c.last].next) = index;
  c.last = index;
}

void enter_quarantine(Found found) {
  uint32_t cls = static_cast<uint32_t>(static_cast<uint64_t>(found.start - m.region) >> kSliceBits);
  uint32_t index = static_cast<uint32_t>(found.block - m.classes[cls].blocks);
  found.block->next = kNone;
  if (m.last == kNone) {
    m.first = index;
    m.first_class = static_cast<uint8_t>(cls);
  } else {
    Block& last = m.classes[m.last_class].blocks[m.last];
    last.next = index;
    last.next_class = static_cast<uint8_t>(cls);
  }
  m.last = index;
  m.last_class = static_cast<uint8_t>(cls);
  // What is smaller than a red zone counts as one: the books would be larger than the memory.
  m.held += found.block->size < kRedZone ? kRedZone : found.block->size;
  for (;;) {
    uint64_t oldest = m.classes[m.first_class].blocks[m.first].size;
    if (oldest < kRedZone) oldest = kRedZone;
    if (m.first == index || m.held - oldest < kQuarantine) return;
    leave_quarantine();
  }
}

TnStatus release(void* address, uint64_t size, const TnSite* site, const void* frame) {
  Found found = find(address);
  if (!found.block || found.start != address || found.block->state == kFresh)
    return fail(site, "invalid free",
                found.block && found.block->state != kFresh ? found.block : nullptr);
  Block& block = *found.block;
  if (block.state == kFreed) return fail(site, "double free", &block);
  if (block.size != size) {
    char message[120];
    snprintf(message, sizeof message, "wrong size: %llu bytes are freed of %llu",
             static_cast<unsigned long long>(size), static_cast<unsigned long long>(block.size));
    return fail(site, message, &block);
  }
  block.state = kFreed;
  block.freed = keep_stack(site, frame);
  m.alive--;
  if (size >= kReturned) {
    // Whole pages; what is left of the last one is cleared.
    madvise(address, size, MADV_DONTNEED);
    block.clean = true;
  }
  enter_quarantine(found);
  return TN_OK;
}

// ---- leaks

struct Leak {
  uint64_t bytes;
  uint64_t blocks;
};

// Of those stacks that share a site the first one speaks for all.
void print_leaks(Leak* by_stack, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    Leak total = by_stack[i];
    if (!total.blocks) continue;
    for (uint32_t k = i + 1; k < count; k++) {
      if (!by_stack[k].blocks || site_of_stack(k + 1) != site_of_stack(i + 1)) continue;
      total.bytes += by_stack[k].bytes;
      total.blocks += by_stack[k].blocks;
      by_stack[k] = {};
    }
    err_site(site_of_stack(i + 1));
    err_format("leaked %llu bytes in %llu %s\n", static_cast<unsigned long long>(total.bytes),
               static_cast<unsigned long long>(total.blocks),
               total.blocks == 1 ? "block" : "blocks");
  }
}

}  // namespace

uint64_t report_memory_leaks(uint64_t since) {
  if (!m.alive) return 0;
  uint32_t count = kept_stacks();
  Leak* by_stack = static_cast<Leak*>(calloc(count + 1, sizeof(Leak)));
  if (!by_stack) tn_out_of_memory();
  uint64_t found = 0;
  for (Class& c : m.classes) {
    for (uint32_t i = 0; i < c.made; i++) {
      Block& block = c.blocks[i];
      if (block.state != kAlive || block.reported || block.serial < since) continue;
      block.reported = true;
      by_stack[block.allocated - 1].bytes += block.size;
      by_stack[block.allocated - 1].blocks++;
      found++;
    }
  }
  print_leaks(by_stack, count);
  free(by_stack);
  return found;
}

void forget_memory() {
  if (m.region) munmap(m.region - kGuard, (uint64_t{kClasses} << kSliceBits) + kGuard);
  for (uint32_t i = 0; i < kClasses; i++)
    if (m.classes[i].blocks) munmap(m.classes[i].blocks, slots_of(i) * sizeof(Block));
  m = {};
  forget_stacks();
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void* tn_mem_alloc(uint64_t size, const TnSite* site) {
  if (checked()) return allocate(size, site, __builtin_frame_address(0));
  void* block = calloc(1, size ? size : 1);
  if (!block) tn_out_of_memory();
  return block;
}

TnStatus tn_mem_free(void* address, uint64_t size, const TnSite* site) {
  if (!address) return TN_OK;
  if (checked()) return release(address, size, site, __builtin_frame_address(0));
  free(address);
  return TN_OK;
}

TnStatus tn_mem_set(void* to, uint8_t value, uint64_t count, const TnSite* site) {
  if (checked() && check(to, count, true, site) != TN_OK) return TN_FAILED;
  if (count) memset(to, value, count);
  return TN_OK;
}

TnStatus tn_mem_copy(void* to, const void* from, uint64_t count, const TnSite* site) {
  if (checked()) {
    if (check(to, count, true, site) != TN_OK || check(from, count, false, site) != TN_OK)
      return TN_FAILED;
    const char* a = static_cast<const char*>(to);
    const char* b = static_cast<const char*>(from);
    if (count && a < b + count && b < a + count)
      return fail(site, "overlapping copy", find(to).block);
  }
  if (count) memcpy(to, from, count);
  return TN_OK;
}

TnStatus tn_mem_move(void* to, const void* from, uint64_t count, const TnSite* site) {
  if (checked() &&
      (check(to, count, true, site) != TN_OK || check(from, count, false, site) != TN_OK))
    return TN_FAILED;
  if (count) memmove(to, from, count);
  return TN_OK;
}

int32_t tn_mem_compare(const void* a, const void* b, uint64_t count, const TnSite* site) {
  if (checked() && (check(a, count, false, site) != TN_OK || check(b, count, false, site) != TN_OK))
    return TN_MEM_FAILED;
  int order = count ? memcmp(a, b, count) : 0;
  return order < 0 ? -1 : order > 0;
}

TnStatus tn_mem_check(const void* address, uint64_t size, const void* from, bool write,
                      const TnSite* site) {
  if (!checked()) return TN_OK;
  if (check(address, size, write, site) != TN_OK) return TN_FAILED;
  return !from || stays_in_block(address, from) ? TN_OK : fail_derived(address, size, from, site);
}

int64_t tn_mem_mark(void) {
  return static_cast<int64_t>(m.serial);
}

int64_t tn_mem_leaks(int64_t mark) {
  return static_cast<int64_t>(report_memory_leaks(static_cast<uint64_t>(mark)));
}

}  // extern "C"
