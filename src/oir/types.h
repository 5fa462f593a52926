// OIR types. Monomorphic: every instance of a generic type is a type of its own. Types are rows of
// one table; structural ones (ref, array, tuple, ...) are interned, so equal types have equal ids;
// structs and tagged unions are nominal: declared first (so that they may refer to themselves),
// completed later.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/source.h"

namespace tenure::oir {

struct TypeTag;
struct FuncTag;
using TypeId = Id<TypeTag>;
using FuncId = Id<FuncTag>;

enum class TypeKind : uint8_t {
#define TYPE_KIND(name, text, size_class) name,
#include "oir/types.def"
#undef TYPE_KIND
};

std::string_view type_kind_name(TypeKind kind);

// [O-KIND-1]: what happens to a value when it is assigned and when its life ends.
enum class Ownership : uint8_t { Plain, Managed, Shared, MoveOnly };
std::string_view ownership_name(Ownership ownership);

// What a struct is for the user, who never sees its fields as such.
enum class Shown : uint8_t {
  Parts,  // a struct like any other
  Span,   // {items: ref<fixed<T, any>>, length: u64}: a run of elements that it keeps alive; null
          // and 0 for none. Printed and compared as an array
  Range,  // {start: T, end: T, inclusive, descending: bool}. Printed as it is written
};

struct Field {
  std::string name;  // empty for the parts of a plain tuple; they print as `0`, `1`, ...
  TypeId type;
};

struct Variant {
  std::string name;
  std::vector<Field> fields;  // the payload; empty for none
};

struct Type {
  TypeKind kind = TypeKind::Unit;
  TypeId elem;         // Ref Weak Box Array View FixedArray Borrow Pointer Slice; Span, Range: T
  uint64_t count = 0;  // FixedArray; kAnyCount: behind a Ref only, as many as the span says
  Shown shown = Shown::Parts;  // Struct
  std::string name;  // Struct Union Native: as the user wrote it, with arguments (`Pair<i32>`)
  std::vector<Field> fields;      // Tuple Struct
  std::vector<Variant> variants;  // Union
  std::vector<TypeId> params;  // Function: one of type Ref is lent (mode Borrow), any other given
  TypeId result;               // Function
  FuncId drop;                 // Struct Union Native: the user's finalizer, `fn(self: ref<Self>)`
  std::string release;         // Native: runtime function that frees it; empty: plain
  uint32_t align = 0;          // Struct Union: at least; a power of 2. 0: as the parts ask for
  bool bare = false;           // Union: prints as what it holds, without the name of the variant
  bool packed = false;         // Struct: its parts follow each other without padding
  Span span;                   // the declaration
  bool complete = true;        // false between declare and complete of a nominal type
  bool grows = false;          // Union: gets variants as long as a program is checked

  // Facts of the whole program, set by own/ (pass `types`) and meaningless before it.
  bool cyclic = false;    // [O-CYC-3] an object of this type can be part of a cycle
  bool watched = false;   // [O-KIND-4]
  bool interior = false;  // a counted ref<this> into the middle of an object can exist
  bool vacates =
      false;  // a hole of this type can be in memory that the function at hand does not know
};

constexpr uint64_t kAnyCount = ~uint64_t{0};

// Where several threads share a program, what they share grows only after `enter`, and what was
// missing is looked for again then (oir/in_parallel.h).
class GrowthGate {
 public:
  virtual void enter() = 0;
  // Where nothing is being added: what was is there for the others, and they may add theirs.
  virtual void pause() = 0;

 protected:
  ~GrowthGate() = default;
};

class TypeTable {
 public:
  // The fields of the struct that a span is.
  static constexpr uint32_t kSpanItems = 0, kSpanLength = 1;

  TypeTable();

  // Scalars, string and text have one id each.
  TypeId scalar(TypeKind kind) const;
  TypeId unit() const { return scalar(TypeKind::Unit); }
  TypeId boolean() const { return scalar(TypeKind::Bool); }
  TypeId string() const { return scalar(TypeKind::String); }
  TypeId text() const { return scalar(TypeKind::Text); }
  TypeId ref(TypeId elem) { return structural(TypeKind::Ref, elem, 0); }
  TypeId weak(TypeId elem) { return structural(TypeKind::Weak, elem, 0); }
  TypeId box(TypeId elem) { return structural(TypeKind::Box, elem, 0); }
  TypeId array(TypeId elem) { return structural(TypeKind::Array, elem, 0); }
  TypeId view(TypeId elem) { return structural(TypeKind::View, elem, 0); }
  TypeId borrow(TypeId elem) { return structural(TypeKind::Borrow, elem, 0); }
  TypeId pointer(TypeId elem) { return structural(TypeKind::Pointer, elem, 0); }
  TypeId slice(TypeId elem) { return structural(TypeKind::Slice, elem, 0); }
  TypeId fixed_array(TypeId elem, uint64_t count) {
    return structural(TypeKind::FixedArray, elem, count);
  }
  // The elements that a span of `elem` leads to.
  TypeId run(TypeId elem) { return fixed_array(elem, kAnyCount); }
  bool is_run(TypeId id) const {
    return types_[id.index()].kind == TypeKind::FixedArray && types_[id.index()].count == kAnyCount;
  }
  TypeId span(TypeId elem);
  TypeId range(TypeId elem);
  bool is_span(TypeId id) const { return types_[id.index()].shown == Shown::Span; }
  bool is_range(TypeId id) const { return types_[id.index()].shown == Shown::Range; }
  TypeId tuple(const std::vector<Field>& fields);
  TypeId function(const std::vector<TypeId>& params, TypeId result);

  // Nominal types. `declare` makes a row that may be referred to at once.
  TypeId declare(TypeKind kind, std::string name, Span span);
  void complete_struct(TypeId type, std::vector<Field> fields);
  void complete_union(TypeId type, std::vector<Variant> variants);
  void complete_native(TypeId type, std::string release);
  void set_drop(TypeId type, FuncId drop) {
    types_[type.index()].drop = drop;
    ownership_cache_.clear();
    settled_ = 0;
  }

  const Type& operator[](TypeId id) const { return types_[id.index()]; }
  Type& mut(TypeId id) { return types_[id.index()]; }
  size_t size() const { return types_.size(); }

  // By the type's parts, recursively; references are not followed. Cached once all parts are
  // complete.
  Ownership ownership(TypeId id) const {
    uint8_t known = id.index() < ownership_cache_.size() ? ownership_cache_[id.index()] : 0;
    return known != 0 ? Ownership(known - 1) : find_ownership(id);
  }
  bool needs_drop(TypeId id) const { return ownership(id) != Ownership::Plain; }
  bool is_plain(TypeId id) const { return ownership(id) == Ownership::Plain; }
  // True if assigning it without `move` is an error.
  bool is_move_only(TypeId id) const { return ownership(id) == Ownership::MoveOnly; }
  bool is_integer(TypeId id) const;
  bool is_signed(TypeId id) const;
  // The width of an integer type.
  uint32_t bits(TypeId id) const;
  bool is_float(TypeId id) const;
  // A String or a Text: laid out alike, and known to the same runtime functions.
  bool is_string(TypeId id) const;
  // What the user reads: `ref<Node>`, `[i32]`, `(i32, string)`.
  std::string text(TypeId id) const;
  // The part of a move-only type that makes it so: the type with the `drop` or Box or Native found
  // first in declaration order. For notes.
  TypeId move_only_cause(TypeId id) const;

  // From now on several threads look at the table, and it grows as `gate` says; none: one thread.
  void share(GrowthGate* gate);
  GrowthGate* gate() const { return gate_; }
  // Puts into the cache what others may ask for and may not put there.
  void settle();

 private:
  struct Structure {
    TypeKind kind;
    uint32_t elem;
    uint64_t count;
    friend bool operator==(const Structure&, const Structure&) = default;
  };
  struct StructureHash {
    size_t operator()(const Structure& key) const noexcept {
      uint64_t bits = (uint64_t{key.elem} << 8 | uint64_t(key.kind)) ^ key.count << 40;
      return bits * 0x9E3779B97F4A7C15u >> 16;
    }
  };
  Type& add_row();
  TypeId structural(TypeKind kind, TypeId elem, uint64_t count);
  template <class Fill>
  TypeId interned(const std::string& key, Fill fill);
  Ownership find_ownership(TypeId id) const;
  TypeId shown_struct(Shown shown, TypeId elem, std::vector<Field> fields);
  void complete(TypeId type);
  Ownership base_ownership(const Type& type) const;

  std::vector<Type> types_;
  std::unordered_map<Structure, TypeId, StructureHash> structural_;
  std::unordered_map<std::string, TypeId> interned_;
  GrowthGate* gate_ = nullptr;
  std::vector<std::vector<Type>> outgrown_;       // rows that other threads may still refer to
  mutable std::vector<uint8_t> ownership_cache_;  // 0: unknown, else 1 + Ownership
  size_t settled_ = 0;                            // of the first ones it is known
};

}  // namespace tenure::oir
