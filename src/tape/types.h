// Tape's types, as the checker sees them: rows of one table, named by ids. Structural types are
// interned, so equal types have equal ids; structs, enums, tagged and untagged unions are nominal.
//
// A row of OIR's table says less (`*const T` and `*T` are one Pointer, an enum is an integer):
// `oir` gives it. Several threads may look: what is missing is added behind the gate of OIR's table
// (oir/in_parallel.h). Sizes are those of layout/layout.h, which a program can ask for with
// `@sizeof`.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/names.h"
#include "base/source.h"
#include "oir/oir.h"
#include "tape/tree.h"

namespace tenure::tape {

struct TyTag;
using Ty = Id<TyTag>;

// The scalars stand in the order of OIR's, see types.cpp.
enum class TyKind : uint8_t {
  Void,
  Bool,
  I8,
  I16,
  I32,
  I64,
  U8,
  U16,
  U32,
  U64,
  F32,
  F64,
  String,
  Color,
  Pointer,   // elem; is_const, non_null
  Slice,     // elem; is_const
  Array,     // elem, count
  Optional,  // elem
  Result,    // elem, error
  Function,  // params, elem: the result
  Enum,      // elem: the underlying integer, values
  Struct,    // fields
  Tagged,    // variants
  Union,     // fields
};

struct TyField {
  NameId name;
  Ty type;  // invalid: was an error
  Span span;
};

struct TyVariant {
  NameId name;
  std::vector<TyField> fields;
};

struct TyValue {
  NameId name;
  uint64_t bits = 0;
  std::string text;  // what `E.desc` gives
};

struct TypeRow {
  TyKind kind = TyKind::Void;
  bool is_const = false;
  bool non_null = false;
  bool packed = false;
  uint64_t align = 0;  // `@align(N)`; 0: natural
  uint64_t count = 0;
  Ty elem;
  Ty error;
  std::vector<Ty> params;
  std::string name;  // nominal
  NameId short_name;
  uint32_t module = 0;  // nominal: where it was declared
  Span span;
  std::vector<TyField> fields;
  std::vector<TyVariant> variants;
  std::vector<TyValue> values;
  bool opaque = false;
  bool partial = false;  // its declaration was not read to its end: what else it has is not known

  // What follows from the parts; of nominal types known once all declarations have been resolved.
  bool managed = false;    // holds a string: needs dropping
  bool views = false;      // holds a slice
  bool zero = true;        // has a zero value: no `*!T` in it
  bool comparable = true;  // `==` compares it
  bool computed = false;
  uint64_t size = 0;
  uint64_t alignment = 1;
  uint32_t depth = 0;  // how deep it nests by value
  uint32_t nest = 0;   // how deep it is written, names looked through

  oir::TypeId oir;
};

// Nodes of the typed tree and, by node, Tape's types of them.
struct TypedNodes : tree::Nodes {
  std::vector<Ty> types;
  Ty type_of(tree::NodeId id) const { return types[id.index()]; }
};

class Types {
 public:
  Types(const Names& names, oir::Program& out);

  Ty scalar(TyKind kind) const { return Ty{static_cast<size_t>(kind)}; }
  Ty pointer(Ty elem, bool is_const = false, bool non_null = false);
  Ty slice(Ty elem, bool is_const);
  Ty array(Ty elem, uint64_t count);
  Ty optional(Ty elem);
  Ty result(Ty elem, Ty error);
  Ty function(std::vector<Ty> params, Ty result);
  Ty declare(TyKind kind, std::string name, NameId short_name, uint32_t module, Span span);

  const TypeRow& operator[](Ty id) const { return *rows_[id.index()]; }
  TypeRow& mut(Ty id) { return *rows_[id.index()]; }
  size_t size() const { return rows_.size(); }

  // As the user writes it.
  std::string text(Ty id) const;
  // Fills in what follows from the parts: of a nominal type, when all its parts have been computed.
  void compute(Ty id);
  // From now on a row is computed as soon as it is made.
  void all_resolved() { resolved_ = true; }
  // The row of OIR's table. Nominal types are completed once all declarations have been resolved.
  oir::TypeId oir(Ty id) {
    oir::TypeId known = rows_[id.index()]->oir;
    return known.valid() && pending_.empty() ? known : find_oir(id);
  }

  bool is_integer(Ty id) const;
  bool is_signed(Ty id) const;
  bool is_float(Ty id) const;
  bool is_number(Ty id) const { return is_integer(id) || is_float(id); }
  uint32_t bits(Ty id) const;  // of an integer
  // `[]u8` or `[]const u8`, `*u8` or `*const u8`: what converts to a string.
  bool is_bytes(Ty id) const;
  bool is_cstr(Ty id) const;

 private:
  TypeRow& add_row(TypeRow row);
  Ty intern(TypeRow row, std::string key);
  oir::TypeId find_oir(Ty id);
  oir::TypeId make_oir(Ty id);
  void complete(Ty id);
  std::vector<oir::Field> oir_fields(const std::vector<TyField>& fields);
  oir::TypeId union_storage(const TypeRow& row);
  void compute_fields(TypeRow& row, const std::vector<TyField>& fields, uint64_t base);

  const Names& names_;
  oir::Program& out_;
  std::deque<TypeRow> made_;  // which never moves them
  std::vector<TypeRow*> rows_;
  std::unordered_map<std::string, Ty> interned_;
  std::vector<Ty> pending_;
  bool completing_ = false;
  bool resolved_ = false;
};

}  // namespace tenure::tape
