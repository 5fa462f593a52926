#include "interp/memory.h"

#include <sys/mman.h>

#include "base/check.h"

namespace tenure::interp {

namespace {

constexpr size_t kFrameAlign = 16;

size_t align_up(size_t value) {
  return (value + kFrameAlign - 1) / kFrameAlign * kFrameAlign;
}

uint8_t* reserve(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) tn_out_of_memory();
  return static_cast<uint8_t*>(memory);
}

}  // namespace

Region::Region(size_t global_bytes, size_t frame_bytes)
    : bytes_(align_up(global_bytes) + frame_bytes),
      base_(reserve(bytes_)),
      shadow_(reserve(bytes_)),
      top_(base_ + align_up(global_bytes)) {}

Region::~Region() {
  munmap(base_, bytes_);
  munmap(shadow_, bytes_);
}

uint8_t* Region::push(size_t bytes, size_t align) {
  bytes = align_up(bytes);
  size_t padding = -reinterpret_cast<uintptr_t>(top_) & (align - 1);
  if (bytes + padding > static_cast<size_t>(base_ + bytes_ - top_)) return nullptr;
  uint8_t* frame = top_ + padding;
  top_ = frame + bytes;
  std::memset(shadow(frame), 0, bytes);
  return frame;
}

bool Book::contains(const void* body) const {
  auto key = reinterpret_cast<uintptr_t>(body);
  size_t mask = slots_.size() - 1;
  for (size_t i = hash(key) & mask; slots_[i] != 0; i = (i + 1) & mask) {
    if (slots_[i] == key) return true;
  }
  return false;
}

bool Book::add(const void* body) {
  if ((count_ + 1) * 2 > slots_.size()) grow();
  auto key = reinterpret_cast<uintptr_t>(body);
  size_t mask = slots_.size() - 1;
  size_t i = hash(key) & mask;
  for (; slots_[i] != 0; i = (i + 1) & mask) {
    if (slots_[i] == key) return false;
  }
  slots_[i] = key;
  ++count_;
  return true;
}

bool Book::remove(const void* body) {
  auto key = reinterpret_cast<uintptr_t>(body);
  size_t mask = slots_.size() - 1;
  size_t hole = hash(key) & mask;
  for (; slots_[hole] != key; hole = (hole + 1) & mask) {
    if (slots_[hole] == 0) return false;
  }
  // Moves back what probed over the slot, so that no tombstones are needed.
  for (size_t i = (hole + 1) & mask; slots_[i] != 0; i = (i + 1) & mask) {
    size_t home = hash(slots_[i]) & mask;
    if (((i - home) & mask) >= ((i - hole) & mask)) {
      slots_[hole] = slots_[i];
      hole = i;
    }
  }
  slots_[hole] = 0;
  --count_;
  return true;
}

void Book::grow() {
  std::vector<uintptr_t> old(slots_.size() * 2, 0);
  old.swap(slots_);
  size_t mask = slots_.size() - 1;
  for (uintptr_t key : old) {
    if (key == 0) continue;
    size_t i = hash(key) & mask;
    while (slots_[i] != 0) i = (i + 1) & mask;
    slots_[i] = key;
  }
}

}  // namespace tenure::interp
