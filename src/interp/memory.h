// The memory that the interpreter itself owns: globals and frames, with a shadow byte for each byte
// that says whether it is full; and the book of the objects on the heap that live.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "interp/types.h"

namespace tenure::interp {

// One reserved region: the globals first, then the frames as a stack. Pages are only used when
// touched.
class Region {
 public:
  Region(size_t global_bytes, size_t frame_bytes);
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  uint8_t* globals() { return base_; }
  // Takes `bytes` from the top, empty; null if there is no room. (What alignment leaves out stays
  // behind when they are given back: less than the largest alignment in all.)
  uint8_t* push(size_t bytes, size_t align);
  void pop(uint8_t* frame) { top_ = frame; }

  // In the reserved range; whether that part of it is in use is `alive`.
  bool contains(const void* address) const {
    return static_cast<size_t>(static_cast<const uint8_t*>(address) - base_) < bytes_;
  }
  bool alive(const void* address) const { return contains(address) && address < top_; }

  // The shadow of an address in the region: 1 full, 0 empty.
  uint8_t* shadow(const void* address) {
    return shadow_ + (static_cast<const uint8_t*>(address) - base_);
  }

  // All of these accept addresses outside of the region, which count as full.
  void set_full(const void* place, uint32_t size) {
    if (contains(place)) std::memset(shadow(place), 1, size);
  }
  void set_empty(const void* place, uint32_t size) {
    if (contains(place)) std::memset(shadow(place), 0, size);
  }
  bool all_full(const void* place, const TypeInfo& type) {
    if (!contains(place)) return true;
    const uint8_t* s = shadow(place);
    for (Range range : type.leaves) {
      if (std::memchr(s + range.offset, 0, range.size) != nullptr) return false;
    }
    return true;
  }
  // `place` is in the region.
  bool leaf_full(const void* place, const OwnedLeaf& leaf) {
    return std::memchr(shadow(place) + leaf.offset, 0, leaf.size) == nullptr;
  }
  bool leaf_empty(const void* place, const OwnedLeaf& leaf) {
    return std::memchr(shadow(place) + leaf.offset, 1, leaf.size) == nullptr;
  }

 private:
  size_t bytes_;
  uint8_t* base_;
  uint8_t* shadow_;
  uint8_t* top_;
};

// The bodies of the objects that live: a hash set with linear probing.
class Book {
 public:
  Book() : slots_(1024, 0) {}
  // False if it is there already.
  bool add(const void* body);
  // False if it is not there.
  bool remove(const void* body);
  bool contains(const void* body) const;

 private:
  static size_t hash(uintptr_t key) { return (key >> 3) * 0x9E3779B97F4A7C15ull >> 20; }
  void grow();
  std::vector<uintptr_t> slots_;
  size_t count_ = 0;
};

// Memory for one value while an instruction runs.
class Scratch {
 public:
  explicit Scratch(size_t bytes) {
    if (bytes > sizeof(small_)) large_.resize(bytes / sizeof(uint64_t) + 1);
  }
  uint8_t* data() { return reinterpret_cast<uint8_t*>(large_.empty() ? small_ : large_.data()); }

 private:
  uint64_t small_[16];
  std::vector<uint64_t> large_;
};

}  // namespace tenure::interp
