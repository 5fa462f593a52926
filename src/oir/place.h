// Places: where values live. A place is a root (a local or a global of the function at hand) and a
// path of projections. Paths are interned in a trie per function, so a place is eight bytes,
// equality is comparison of ids, and `is prefix of` is a walk towards the root.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/id.h"

namespace tenure::oir {

struct LocalTag;
struct GlobalTag;
struct PathTag;
using LocalId = Id<LocalTag>;
using GlobalId = Id<GlobalTag>;
using PathId = Id<PathTag>;

enum class ProjKind : uint8_t {
  Field,    // index: of a struct, tuple; or of the payload when the parent is a Variant projection
  Deref,    // of a Ref, Box, Borrow or Pointer: what it refers to. The pointer is known not to be
            // null: a `null_check` of the pointer stands before, where it might be
  Index,    // index: the local (of an integer type) that holds the index. Of an Array, View, Slice
            // or FixedArray. Known to be in range: a `bounds_check` stands before
  Const,    // index: a constant index, of a FixedArray only, in range
  Variant,  // index: the variant. Followed by Field. A source of reads, moves and addresses only
};

struct Proj {
  ProjKind kind;
  uint32_t index = 0;
  friend bool operator==(Proj a, Proj b) { return a.kind == b.kind && a.index == b.index; }
};

struct Place {
  static constexpr uint32_t kGlobalBit = 0x80000000u;
  uint32_t root = 0xFFFFFFFFu;  // a LocalId, or a GlobalId with kGlobalBit
  PathId path{size_t{0}};       // 0 is the empty path

  static Place local(LocalId id) { return {id.v, PathId{size_t{0}}}; }
  static Place global(GlobalId id) { return {id.v | kGlobalBit, PathId{size_t{0}}}; }
  bool valid() const { return root != 0xFFFFFFFFu; }
  bool is_global() const { return valid() && (root & kGlobalBit) != 0; }
  bool is_local() const { return valid() && (root & kGlobalBit) == 0; }
  LocalId local_id() const { return LocalId{size_t{root}}; }
  GlobalId global_id() const { return GlobalId{size_t{root & ~kGlobalBit}}; }
  bool is_root() const { return path.v == 0; }
  friend bool operator==(Place a, Place b) { return a.root == b.root && a.path == b.path; }
};

// The trie of paths of one function. Row 0 is the empty path.
class PathTable {
 public:
  PathTable() { rows_.push_back({PathId{}, {}, 0}); }
  // The path `parent` with one more projection.
  PathId extend(PathId parent, Proj proj);
  PathId parent(PathId id) const { return rows_[id.index()].parent; }
  Proj last(PathId id) const { return rows_[id.index()].proj; }
  uint32_t depth(PathId id) const { return rows_[id.index()].depth; }
  // The projections from the root outwards.
  std::vector<Proj> projs(PathId id) const;
  bool is_prefix(PathId prefix, PathId of) const;  // also when equal
  size_t size() const { return rows_.size(); }
  // The local that is the index of elements has another number. Nobody uses `to` yet.
  void rename_index(uint32_t from, uint32_t to);

 private:
  struct Row {
    PathId parent;
    Proj proj;
    uint32_t depth;
  };
  struct Key {
    uint32_t parent;
    Proj proj;
    friend bool operator==(Key a, Key b) { return a.parent == b.parent && a.proj == b.proj; }
  };
  struct KeyHash {
    size_t operator()(Key key) const noexcept {
      uint64_t bits = (uint64_t{key.parent} << 32 | key.proj.index) * 0x9E3779B97F4A7C15u;
      return bits ^ (bits >> 29) ^ (uint64_t(key.proj.kind) << 7);
    }
  };
  std::vector<Row> rows_;
  std::unordered_map<Key, PathId, KeyHash> children_;
};

}  // namespace tenure::oir
