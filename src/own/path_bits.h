// A map from small numbers to bytes that data flow carries from block to block: a byte of bits per
// move path, per drop flag, per loan.
//
// The first 64 entries, which is all that most functions have, lie in the map itself. The others
// are persistent: a copy shares them with its original (one count per 4096 entries), a write takes
// its own 64 bytes first, and joining two states skips what they share. So the states of all blocks
// of a function together cost what changes between them, not blocks times paths: a function of
// 100,000 statements stays linear. (The idea is that of hash array mapped tries, without the
// hashing: P. Bagwell, Ideal Hash Trees, 2001.) Entries that were never set are 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace tenure::own {

class PathBits {
 public:
  PathBits() = default;
  PathBits(const PathBits& other);
  PathBits(PathBits&& other) noexcept : first_(other.first_), chunks_(std::move(other.chunks_)) {
    other.chunks_.clear();
  }
  PathBits& operator=(const PathBits& other);
  PathBits& operator=(PathBits&& other) noexcept;
  ~PathBits() { release_chunks(); }

  uint8_t get(size_t index) const { return index < kLeaf ? first_[index] : get_shared(index); }
  void set(size_t index, uint8_t bits) {
    if (index < kLeaf) {
      first_[index] = bits;
    } else {
      set_shared(index, bits);
    }
  }
  void set_range(size_t begin, size_t end, uint8_t bits);  // half open
  void clear();
  // Ors `other` in. True if that changed anything.
  bool join(const PathBits& other);
  // Calls `visit(index, here, there)` where the two differ. Skips what they share.
  void differences(const PathBits& other,
                   const std::function<void(size_t, uint8_t, uint8_t)>& visit) const;
  // Calls `visit(index, bits)` for each entry that is not 0.
  void each(const std::function<void(size_t, uint8_t)>& visit) const;

 private:
  static constexpr size_t kLeaf = 64;
  static constexpr size_t kChunk = 64 * kLeaf;
  using Bytes = std::array<uint8_t, kLeaf>;
  struct Leaf {
    uint32_t uses = 1;
    Bytes bytes = {};
  };
  struct Chunk {
    uint32_t uses = 1;
    Leaf* leaves[64] = {};  // null: all 0
  };
  uint8_t get_shared(size_t index) const;
  void set_shared(size_t index, uint8_t bits);
  bool join_shared(const PathBits& other);
  void release_chunks();
  static bool join_bytes(Bytes& into, const Bytes& from);
  static bool adds_nothing(const Bytes& into, const Bytes& from);
  static void release(Leaf* leaf);
  static void release(Chunk* chunk);
  Chunk* own_chunk(size_t index);
  Leaf* own_leaf(size_t index);

  Bytes first_ = {};
  std::vector<Chunk*> chunks_;  // null: all 0; the first leaf of the first one is never there
};

}  // namespace tenure::own
