#include "own/path_bits.h"

#include <cstring>

namespace tenure::own {

namespace {

constexpr size_t kLeaf = 64;
constexpr size_t kChunk = 64 * kLeaf;

}  // namespace

void PathBits::release(Leaf* leaf) {
  if (leaf && --leaf->uses == 0) delete leaf;
}

void PathBits::release(Chunk* chunk) {
  if (!chunk || --chunk->uses != 0) return;
  for (Leaf* leaf : chunk->leaves) release(leaf);
  delete chunk;
}

PathBits::PathBits(const PathBits& other) : chunks_(other.chunks_) {
  for (Chunk* chunk : chunks_) {
    if (chunk) ++chunk->uses;
  }
}

PathBits& PathBits::operator=(const PathBits& other) {
  if (this != &other) {
    PathBits copy(other);
    chunks_.swap(copy.chunks_);
  }
  return *this;
}

PathBits& PathBits::operator=(PathBits&& other) noexcept {
  chunks_.swap(other.chunks_);
  return *this;
}

void PathBits::clear() {
  for (Chunk* chunk : chunks_) release(chunk);
  chunks_.clear();
}

uint8_t PathBits::get(size_t index) const {
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

void PathBits::set(size_t index, uint8_t bits) {
  if (get(index) == bits) return;
  own_leaf(index)->bytes[index % kLeaf] = bits;
}

void PathBits::set_range(size_t begin, size_t end, uint8_t bits) {
  for (size_t i = begin; i < end; ++i) set(i, bits);
}

bool PathBits::join(const PathBits& other) {
  bool changed = false;
  if (other.chunks_.size() > chunks_.size()) chunks_.resize(other.chunks_.size(), nullptr);
  for (size_t c = 0; c < other.chunks_.size(); ++c) {
    Chunk* theirs = other.chunks_[c];
    if (!theirs || theirs == chunks_[c]) continue;
    for (size_t l = 0; l < 64; ++l) {
      const Leaf* there = theirs->leaves[l];
      const Leaf* here = chunks_[c] ? chunks_[c]->leaves[l] : nullptr;
      if (!there || there == here) continue;
      for (size_t i = 0; i < kLeaf; ++i) {
        uint8_t mine = here ? here->bytes[i] : 0;
        uint8_t both = mine | there->bytes[i];
        if (both == mine) continue;
        Leaf* own = own_leaf(c * kChunk + l * kLeaf);
        own->bytes[i] = both;
        here = own;
        changed = true;
      }
    }
  }
  return changed;
}

void PathBits::differences(const PathBits& other,
                           const std::function<void(size_t, uint8_t, uint8_t)>& visit) const {
  static const Leaf kZero;
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
