#include "own/path_bits.h"

#include <cstring>

namespace tenure::own {

void PathBits::release(Leaf* leaf) {
  if (leaf && --leaf->uses == 0) delete leaf;
}

void PathBits::release(Chunk* chunk) {
  if (!chunk || --chunk->uses != 0) return;
  for (Leaf* leaf : chunk->leaves) release(leaf);
  delete chunk;
}

PathBits::PathBits(const PathBits& other) : first_(other.first_), chunks_(other.chunks_) {
  for (Chunk* chunk : chunks_) {
    if (chunk) ++chunk->uses;
  }
}

PathBits& PathBits::operator=(const PathBits& other) {
  if (this == &other) return *this;
  first_ = other.first_;
  if (!chunks_.empty() || !other.chunks_.empty()) {
    PathBits copy(other);
    chunks_.swap(copy.chunks_);
  }
  return *this;
}

PathBits& PathBits::operator=(PathBits&& other) noexcept {
  first_ = other.first_;
  chunks_.swap(other.chunks_);
  return *this;
}

void PathBits::release_chunks() {
  for (Chunk* chunk : chunks_) release(chunk);
  chunks_.clear();
}

void PathBits::clear() {
  first_ = {};
  release_chunks();
}

uint8_t PathBits::get_shared(size_t index) const {
  size_t at = index / kChunk;
  if (at >= chunks_.size() || !chunks_[at]) return 0;
  const Leaf* leaf = chunks_[at]->leaves[index % kChunk / kLeaf];
  return leaf ? leaf->bytes[index % kLeaf] : 0;
}

PathBits::Chunk* PathBits::own_chunk(size_t at) {
  if (at >= chunks_.size()) chunks_.resize(at + 1, nullptr);
  Chunk*& chunk = chunks_[at];
  if (!chunk) return chunk = new Chunk;
  if (chunk->uses == 1) return chunk;
  Chunk* copy = new Chunk(*chunk);
  copy->uses = 1;
  for (Leaf* leaf : copy->leaves) {
    if (leaf) ++leaf->uses;
  }
  --chunk->uses;
  return chunk = copy;
}

PathBits::Leaf* PathBits::own_leaf(size_t index) {
  Leaf*& leaf = own_chunk(index / kChunk)->leaves[index % kChunk / kLeaf];
  if (!leaf) return leaf = new Leaf;
  if (leaf->uses == 1) return leaf;
  Leaf* copy = new Leaf(*leaf);
  copy->uses = 1;
  --leaf->uses;
  return leaf = copy;
}

void PathBits::set_shared(size_t index, uint8_t bits) {
  if (get_shared(index) == bits) return;
  own_leaf(index)->bytes[index % kLeaf] = bits;
}

void PathBits::set_range(size_t begin, size_t end, uint8_t bits) {
  for (size_t i = begin; i < end; ++i) set(i, bits);
}

// Eight bytes at a time: this is what most of the time of a data flow goes into.
bool PathBits::adds_nothing(const Bytes& into, const Bytes& from) {
  uint64_t fresh = 0;
  for (size_t i = 0; i < kLeaf; i += 8) {
    uint64_t mine, theirs;
    std::memcpy(&mine, &into[i], 8);
    std::memcpy(&theirs, &from[i], 8);
    fresh |= theirs & ~mine;
  }
  return fresh == 0;
}

bool PathBits::join_bytes(Bytes& into, const Bytes& from) {
  if (adds_nothing(into, from)) return false;
  for (size_t i = 0; i < kLeaf; ++i) into[i] |= from[i];
  return true;
}

bool PathBits::join(const PathBits& other) {
  bool changed = join_bytes(first_, other.first_);
  if (!other.chunks_.empty()) changed |= join_shared(other);
  return changed;
}

bool PathBits::join_shared(const PathBits& other) {
  bool changed = false;
  if (other.chunks_.size() > chunks_.size()) chunks_.resize(other.chunks_.size(), nullptr);
  for (size_t c = 0; c < other.chunks_.size(); ++c) {
    const Chunk* theirs = other.chunks_[c];
    if (!theirs || theirs == chunks_[c]) continue;
    for (size_t l = 0; l < 64; ++l) {
      const Leaf* there = theirs->leaves[l];
      const Leaf* here = chunks_[c] ? chunks_[c]->leaves[l] : nullptr;
      if (!there || there == here) continue;
      if (here && adds_nothing(here->bytes, there->bytes)) continue;
      changed |= join_bytes(own_leaf(c * kChunk + l * kLeaf)->bytes, there->bytes);
    }
  }
  return changed;
}

void PathBits::differences(const PathBits& other,
                           const std::function<void(size_t, uint8_t, uint8_t)>& visit) const {
  static const Leaf kZero;
  if (first_ != other.first_) {
    for (size_t i = 0; i < kLeaf; ++i) {
      if (first_[i] != other.first_[i]) visit(i, first_[i], other.first_[i]);
    }
  }
  size_t count = chunks_.size() > other.chunks_.size() ? chunks_.size() : other.chunks_.size();
  for (size_t c = 0; c < count; ++c) {
    const Chunk* here = c < chunks_.size() ? chunks_[c] : nullptr;
    const Chunk* there = c < other.chunks_.size() ? other.chunks_[c] : nullptr;
    if (here == there) continue;
    for (size_t l = 0; l < 64; ++l) {
      const Leaf* a = here ? here->leaves[l] : nullptr;
      const Leaf* b = there ? there->leaves[l] : nullptr;
      if (a == b) continue;
      if (!a) a = &kZero;
      if (!b) b = &kZero;
      for (size_t i = 0; i < kLeaf; ++i) {
        if (a->bytes[i] != b->bytes[i]) visit(c * kChunk + l * kLeaf + i, a->bytes[i], b->bytes[i]);
      }
    }
  }
}

void PathBits::each(const std::function<void(size_t, uint8_t)>& visit) const {
  differences(PathBits(), [&](size_t index, uint8_t bits, uint8_t) { visit(index, bits); });
}

}  // namespace tenure::own
