// Where `new` of the compiler gets its memory, LLVM's too.
//
// A compilation makes tens of millions of small objects and ends; nothing is to be given back to
// the system. So a small block comes from the list of its size, or else from the end of a page, in
// a few instructions and without a word in front of it; the size of a block that is deleted is that
// of its page.
//
// Whole pages, a few together, are had by asking for an alignment to a page. They are cut from
// where other pages are, and are used for small blocks when they are deleted.
//
// Each thread has lists of its own. A block that another thread deletes is that thread's from then
// on. What a thread leaves behind is the next one's.
//
// Large pages, though they save nearly all page faults, cost more than that where the system has to
// make room for them first.
#include "driver/memory.h"

#include <sys/mman.h>
#include <time.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <new>
#include <thread>

#ifndef TENURE_FUZZ  // the sanitizers have an allocator of their own

namespace {

constexpr size_t kRange = size_t{16} << 30;  // of addresses; most are never used
// Far from where the system puts what is mapped: the sections of code that the JIT makes must not
// have it between them.
constexpr uintptr_t kStart = uintptr_t{32} << 40;
constexpr size_t kPageBits = 16;
constexpr size_t kPage = size_t{1} << kPageBits;
constexpr size_t kChunk = size_t{2} << 20;  // what a thread takes at a time
constexpr size_t kStep = 16;
constexpr size_t kSteps = 16;      // sizes of up to 256 bytes are multiples of kStep,
constexpr size_t kInDoubling = 4;  // above there are four of them from one power of two to the next
constexpr size_t kLargest = 1024;  // malloc, which joins what is free, is better at what is larger
constexpr size_t kSizes = kSteps + kInDoubling * 2;
constexpr size_t kLongestRun = 4;  // pages that are asked for together

struct Block {
  Block* next;
};

constexpr size_t size_index(size_t size) {
  if (size <= kStep * kSteps) return size == 0 ? 0 : (size - 1) / kStep;
  size_t top = static_cast<size_t>(std::bit_width(size - 1)) - 1;  // 8 for 257 to 512
  size_t quarter = ((size - 1) >> (top - 2)) & (kInDoubling - 1);
  return kSteps + (top - 8) * kInDoubling + quarter;
}

constexpr size_t size_at(size_t index) {
  if (index < kSteps) return (index + 1) * kStep;
  size_t top = (index - kSteps) / kInDoubling + 8;
  size_t quarter = (index - kSteps) % kInDoubling;
  return (size_t{1} << top) + ((quarter + 1) << (top - 2));
}

static_assert(size_at(size_index(1)) == 16 && size_at(size_index(256)) == 256);
static_assert(size_at(size_index(257)) == 320 && size_at(size_index(320)) == 320);
static_assert(size_at(size_index(321)) == 384 && size_at(size_index(512)) == 512);
static_assert(size_index(kLargest) == kSizes - 1 && size_at(kSizes - 1) == kLargest);

// The range, and what is taken of it.
class Range {
 public:
  bool has(const void* block) const { return reinterpret_cast<uintptr_t>(block) - start_ < size_; }
  uint8_t& index_of(const void* block) {
    return indices_[(reinterpret_cast<uintptr_t>(block) - start_) >> kPageBits];
  }

  // kChunk bytes; null if there are no more addresses.
  char* take_chunk() {
    if (is_refused_.load(std::memory_order_relaxed)) return nullptr;
    std::lock_guard lock(mutex_);
    if (size_ == 0 && !reserve()) return nullptr;
    if (used_ == size_) return nullptr;
    char* chunk = reinterpret_cast<char*>(start_ + used_);
    used_ += kChunk;
    return chunk;
  }

  // Where the next chunk will begin; null if there is none.
  char* next_chunk() {
    std::lock_guard lock(mutex_);
    return size_ == 0 ? nullptr : reinterpret_cast<char*>(start_ + used_);
  }

 private:
  bool reserve() {
    constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    void* range =
        mmap(reinterpret_cast<void*>(kStart), kRange, PROT_READ | PROT_WRITE, kFlags, -1, 0);
    if (reinterpret_cast<uintptr_t>(range) != kStart) {
      if (range != MAP_FAILED) munmap(range, kRange);  // by a system that does not know the flag
      is_refused_.store(true, std::memory_order_relaxed);
      return false;
    }
    start_ = kStart;
    size_ = kRange;
    return true;
  }

  std::mutex mutex_;
  uintptr_t start_ = 0;
  size_t size_ = 0;
  size_t used_ = 0;
  std::atomic<bool> is_refused_ = false;           // addresses are limited: malloc does it all
  std::array<uint8_t, kRange / kPage> indices_{};  // what the blocks of a page are
};

constinit Range range;

// What one thread has.
struct Lists {
  std::array<Block*, kSizes> free{};
  std::array<char*, kSizes> next{};  // in the page that blocks are being cut from
  std::array<char*, kSizes> end{};
  char* chunk = nullptr;
  char* chunk_end = nullptr;
  Block* pages = nullptr;  // that were deleted
  Lists* after = nullptr;  // among those that no thread has

  void* cut(size_t index) {
    size_t size = size_at(index);
    if (static_cast<size_t>(end[index] - next[index]) < size && !take_page(index)) return nullptr;
    char* block = next[index];
    next[index] += size;
    return block;
  }

  bool take_page(size_t index) {
    char* page = take_run(1);
    if (page == nullptr) return false;
    range.index_of(page) = static_cast<uint8_t>(index);
    next[index] = page;
    end[index] = page + kPage;
    return true;
  }

  // Pages side by side, or null.
  char* take_run(size_t count) {
    if (count == 1 && pages != nullptr) {
      auto* page = reinterpret_cast<char*>(pages);
      pages = pages->next;
      return page;
    }
    if (static_cast<size_t>(chunk_end - chunk) < count * kPage) {
      while (chunk != chunk_end) {  // what is left is too short
        give_run(chunk, 1);
        chunk += kPage;
      }
      chunk = chunk_end = range.take_chunk();
      if (chunk == nullptr) return nullptr;
      chunk_end = chunk + kChunk;
    }
    char* run = chunk;
    chunk += count * kPage;
    return run;
  }
  void give_run(char* run, size_t count) {
    for (size_t i = count; i-- > 0;) {
      auto* page = reinterpret_cast<Block*>(run + i * kPage);
      page->next = pages;
      pages = page;
    }
  }
};

constinit std::mutex unused_mutex;
constinit Lists* unused = nullptr;
constinit thread_local Lists* lists = nullptr;

// Gives a thread's lists on when it ends; what is deleted after that gets new ones.
struct Leaving {
  bool is_wanted = false;
  ~Leaving() {
    if (lists == nullptr) return;
    std::lock_guard lock(unused_mutex);
    lists->after = unused;
    unused = lists;
    lists = nullptr;
  }
};
thread_local Leaving leaving;

Lists* make_lists() {
  {
    std::lock_guard lock(unused_mutex);
    if ((lists = unused) != nullptr) unused = lists->after;
  }
  if (lists == nullptr) {
    void* memory = std::calloc(1, sizeof(Lists));
    if (memory == nullptr) std::abort();
    lists = new (memory) Lists;
  }
  leaving.is_wanted = true;
  return lists;
}

[[gnu::noinline]] void* take_slowly(size_t size) {
  void* block = nullptr;
  if (size <= kLargest) block = (lists != nullptr ? lists : make_lists())->cut(size_index(size));
  if (block == nullptr) block = std::malloc(size);
  if (block == nullptr) std::abort();  // as std::bad_alloc would end it
  return block;
}

inline void* take(size_t size) {
  Lists* mine = lists;
  if (size <= kLargest && mine != nullptr) {
    size_t index = size_index(size);
    if (Block* block = mine->free[index]) {
      mine->free[index] = block->next;
      return block;
    }
  }
  return take_slowly(size);
}

inline void give_back(void* memory) {
  if (memory == nullptr) return;
  if (!range.has(memory)) {
    std::free(memory);
    return;
  }
  auto* block = static_cast<Block*>(memory);
  size_t index = range.index_of(memory);
  Lists* mine = lists != nullptr ? lists : make_lists();
  block->next = mine->free[index];
  mine->free[index] = block;
}

// Blocks of 16 bytes and their multiples are aligned to 16.
void* take_aligned(size_t size, std::align_val_t alignment) {
  auto wanted = static_cast<size_t>(alignment);
  if (wanted <= kStep) return take(size);
  if (wanted == kPage && size != 0 && size % kPage == 0 && size <= kLongestRun * kPage) {
    size_t count = size / kPage;
    if (char* run = (lists != nullptr ? lists : make_lists())->take_run(count)) {
      range.index_of(run) = static_cast<uint8_t>(count);
      return run;
    }
  }
  void* block = std::aligned_alloc(wanted, (size + wanted - 1) / wanted * wanted);
  if (block == nullptr) std::abort();
  return block;
}

void give_back_aligned(void* memory, std::align_val_t alignment) {
  if (static_cast<size_t>(alignment) != kPage || !range.has(memory)) return give_back(memory);
  Lists* mine = lists != nullptr ? lists : make_lists();
  mine->give_run(static_cast<char*>(memory), range.index_of(memory));
}

// The main thread never waits for this one, nor for long: what it comes to first is made by its
// own page faults, and the system is asked for a little at a time.
void make_pages(size_t most) {
#ifdef MADV_POPULATE_WRITE
  constexpr size_t kAhead = size_t{8} << 20;
  constexpr size_t kAtOnce = size_t{256} << 10;
  constexpr timespec kPause{0, 300'000};
  char* at = range.next_chunk();
  if (at == nullptr) return;
  for (char* end = at + most; at < end;) {
    char* next = range.next_chunk();
    if (at < next) at = next;
    if (at >= next + kAhead) {
      nanosleep(&kPause, nullptr);
    } else {
      if (madvise(at, kAtOnce, MADV_POPULATE_WRITE) != 0) return;
      at += kAtOnce;
    }
  }
#else
  (void)most;
#endif
}

}  // namespace

namespace tenure::driver {
void make_pages_ahead(size_t most) {
  std::thread(make_pages, most).detach();
}
}  // namespace tenure::driver

// NOLINTBEGIN(misc-new-delete-overloads): the others call these
void* operator new(size_t size) {
  return take(size);
}
void* operator new[](size_t size) {
  return take(size);
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return take(size);
}
void* operator new[](size_t size, const std::nothrow_t&) noexcept {
  return take(size);
}
void* operator new(size_t size, std::align_val_t alignment) {
  return take_aligned(size, alignment);
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return take_aligned(size, alignment);
}
void operator delete(void* memory) noexcept {
  give_back(memory);
}
void operator delete[](void* memory) noexcept {
  give_back(memory);
}
void operator delete(void* memory, size_t) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, size_t) noexcept {
  give_back(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::align_val_t alignment) noexcept {
  give_back_aligned(memory, alignment);
}
void operator delete[](void* memory, std::align_val_t alignment) noexcept {
  give_back_aligned(memory, alignment);
}
void operator delete(void* memory, size_t, std::align_val_t alignment) noexcept {
  give_back_aligned(memory, alignment);
}
void operator delete[](void* memory, size_t, std::align_val_t alignment) noexcept {
  give_back_aligned(memory, alignment);
}
// NOLINTEND(misc-new-delete-overloads)

#else

namespace tenure::driver {
void make_pages_ahead(size_t) {}
}  // namespace tenure::driver

#endif
