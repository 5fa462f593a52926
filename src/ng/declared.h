// What the checker knows of a program: what its modules declare and import, the instances of its
// types and functions, what names stand for in a body. Private to check*.cpp.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ng/check.h"

namespace tenure::ng {

using oir::TypeId;
using oir::TypeKind;

// An argument of a generic: a type, or a number for a const parameter.
struct Arg {
  TypeId type;
  uint64_t value = 0;
  bool is_const = false;
  bool known() const { return is_const || type.valid(); }
  friend bool operator==(const Arg&, const Arg&) = default;
};
using Args = std::vector<Arg>;
// Of a number that nothing is known of.
constexpr uint64_t kUnknownCount = ~uint64_t{0};
struct Binding {
  NameId name;
  Arg arg;
  bool pack = false;  // stands for a tuple of what is given
};
using Bindings = std::vector<Binding>;

struct TypeDecl;
struct ImplDecl;
struct Instance;

// How the last parameter takes the rest of the arguments.
enum class Rest : uint8_t { None, Array, Tuple };

// The parameters of a function, as they are written.
struct Signature {
  std::vector<NameId> names;
  std::vector<bool> optional;
  std::vector<ast::NodeId> types;
  Rest rest = Rest::None;
};

// What is found out when somebody asks, the same whoever does, on any thread. A copy is not asked
// yet.
template <class T>
class Lazy {
 public:
  Lazy() = default;
  Lazy(const Lazy&) {}
  Lazy& operator=(const Lazy&) = delete;
  ~Lazy() { delete known_.load(std::memory_order_relaxed); }

  template <class Find>
  const T& get(Find&& find) const {
    if (const T* known = known_.load(std::memory_order_acquire)) return *known;
    auto mine = std::make_unique<T>(find());
    const T* first = nullptr;
    if (known_.compare_exchange_strong(first, mine.get(), std::memory_order_acq_rel))
      return *mine.release();
    return *first;
  }

 private:
  mutable std::atomic<const T*> known_ = nullptr;
};

struct FunDecl {
  uint32_t module = 0;
  ast::NodeId node;
  NameId name;
  TypeDecl* owner = nullptr;  // of a method: the type that declares it, or the trait
  ImplDecl* impl = nullptr;   // of a method that stands in an impl; then owner may be none
  FunDecl* next = nullptr;    // the next function of this name in its module: an overload
  bool is_native = false;
  bool is_foreign = false;  // of another language
  bool refused = false;  // its declaration was an error: what its calls yield is unknown, silently
  bool requested = false;     // an instance of it was asked for
  Instance* plain = nullptr;  // its instance without arguments, as a function of `plain_self`
  TypeId plain_self;
  bool wrong = false;  // its mistakes were reported, before an instance was asked for
  Lazy<Signature> signature;
};

enum class TraitKind : uint8_t { None, Copy, Clone, Drop, Users, Unknown };

struct ImplDecl {
  uint32_t module = 0;
  ast::NodeId node;
  TraitKind trait = TraitKind::None;
  TypeDecl* users = nullptr;  // TraitKind::Users: the trait
  TypeDecl* of = nullptr;     // the declared type that it is for, if it names one
  bool negative = false;      // `impl !Trait for T`
  std::vector<FunDecl*> methods;
};

// A trait, with what its parameters stand for.
struct TraitRef {
  TraitKind kind = TraitKind::None;
  TypeDecl* decl = nullptr;  // of Users
  Args args;
};

// What a trait has besides its methods (check_impls.cpp, check_traits.cpp).
struct TraitInfo {
  bool is_auto = false;
  bool above_itself = false;
  // Impls by what their target begins with (`head_of`), and those for any type.
  std::unordered_map<uint64_t, std::vector<ImplDecl*>> impls;
  std::vector<ImplDecl*> blanket;
};

struct TypeDecl {
  enum class Kind : uint8_t { Struct, Union, Native, Alias, Newtype, Trait } kind = Kind::Struct;
  uint32_t module = 0;
  ast::NodeId node;
  NameId name;
  bool derive_copy = false;
  bool derive_clone = false;
  bool refused = false;  // its declaration was an error: its types are unknown, silently
  std::vector<FunDecl*> methods;
  std::vector<ImplDecl*> impls;  // of no trait, or of the lifecycle
  std::unordered_map<std::string, TypeId> instances;
  std::unique_ptr<TraitInfo> trait;  // of a user's trait
};

struct TypeInst {
  TypeDecl* decl = nullptr;
  Args args;
  uint32_t weight = 1;
};

struct Symbol {
  enum class Kind : uint8_t { None, Type, Fun, Builtin, Global, Ambiguous } kind = Kind::None;
  TypeDecl* type = nullptr;
  FunDecl* fun = nullptr;
  uint32_t builtin = 0;
  // Fun: all that are meant; null: `fun` and those behind it.
  const std::vector<FunDecl*>* set = nullptr;
  // Global: the `val` of this name at the top of this module.
  uint32_t module = 0;
  NameId global;
  friend bool operator==(const Symbol&, const Symbol&) = default;
};

struct VariantRef {
  TypeDecl* decl;
  uint32_t index;
};

struct Param {
  NameId name;
  TypeId type;
  ast::NodeId node;
};

// A function to be checked: a function that is not generic, an instance, a generated clone, the top
// level.
struct Instance {
  enum class Kind : uint8_t { Body, Clone, Object, Start } kind = Kind::Body;
  FunDecl* decl = nullptr;
  Bindings bindings;
  TypeId self;
  tree::FuncId id;
  std::vector<Param> params;
  TypeId result;                 // invalid: was an error
  Span requested;                // of a generic: the call that asked for it
  Instance* asked_by = nullptr;  // in whose body that call stands
  std::string shown;
};

// What a name in a body stands for.
struct LocalName {
  enum class Kind : uint8_t { Local, Global } kind = Kind::Local;
  tree::LocalId local;
  oir::GlobalId global;
  TypeId type;
  Span span;
  bool open = false;        // a parameter whose type depends on what nothing is known of
  bool alias = false;       // bound to a move-only part, not to a copy [O-LIFE-12]
  bool in_variant = false;  // that part lies in a variant
  tree::NodeId subject;     // of an alias: what the part lies in
  tree::FuncId owner;       // the function whose local it is
};

// An import of a module.
struct Import {
  ast::NodeId node;
  uint32_t module = 0;
  bool exported = false;
  bool used = false;          // as a whole, or through the module's name
  bool variant_used = false;  // of a type that it names
};

// A name that an import names.
struct ImportedName {
  Symbol symbol;  // None: only a variant has this name
  uint32_t import = 0;
  Span span;
  bool used = false;
};

using ImportedVariants =
    std::unordered_map<NameId, std::vector<std::pair<VariantRef, uint32_t>>>;  // and the import

// What stands for a module before `.` and `::`: `a.b`, `b`, `m`.
struct ModuleName {
  uint32_t module = 0;
  uint32_t import = 0;
  bool ambiguous = false;
};

struct Module {
  static constexpr uint32_t kNoModule = ~uint32_t{0};
  static constexpr uint32_t kNoImport = ~uint32_t{0};
  std::string path;  // of the main file empty
  std::string file;
  bool is_standard = false;
  bool is_main = false;
  bool is_foreign = false;
  uint32_t place = 0;
  std::unordered_map<uint32_t, std::string> refusals;  // by ast::NodeId of a declaration
  const ast::Tree* tree = nullptr;
  std::unordered_map<uint32_t, uint32_t> import_modules;  // by ast::NodeId of an import
  std::string declared_path;                              // `module a.b`
  Span declared_span;
  // What it declares. Of globals the names; what they are is known when its top level was checked.
  std::unordered_map<NameId, Symbol> symbols;
  std::unordered_map<NameId, std::vector<VariantRef>> variants;
  std::unordered_map<NameId, Span> own_globals;
  std::unordered_map<NameId, LocalName> globals;  // seen from functions: the last of each name
  // What it gives to others.
  std::unordered_map<NameId, Symbol> exports;
  std::unordered_map<NameId, std::vector<VariantRef>> exported_variants;
  // What it imports.
  std::vector<Import> imports;
  std::unordered_map<NameId, std::vector<ImportedName>> items;  // by name
  ImportedVariants item_variants;
  std::unordered_map<uint32_t, uint32_t> open;  // modules that are imported as a whole: the import
  uint32_t prelude = kNoModule;
  std::unordered_map<std::string, ModuleName> module_names;
  std::unordered_set<std::string> module_words;  // first words of these
  std::unordered_map<NameId, Symbol> found;      // imported names that were looked up
  std::unordered_set<std::string> refused;  // names that were refused where they would come from
  bool open_refused = false;  // an unknown module was imported: any unknown name may be its
};

struct LoopContext {
  enum class Kind : uint8_t { Plain, In } kind = Kind::Plain;
  std::vector<tree::LocalId> vars;
  bool wants_value = false;
  TypeId value_type;  // of `break e`
  bool has_break = false;
  bool wrong = false;      // a value of `break` was an error
  size_t first_local = 0;  // locals from here on are made inside
};

// A pattern, as far as it says which values it takes.
struct PatternShape {
  enum class Kind : uint8_t { Any, Variant, Tuple, Literal } kind = Kind::Any;
  uint32_t index = 0;  // Variant
  uint64_t bits = 0;   // Literal: the constant's
  std::vector<PatternShape> parts;
  bool takes_all() const {
    bool tuple = kind == Kind::Tuple;
    for (const PatternShape& part : parts) tuple = tuple && part.takes_all();
    return kind == Kind::Any || tuple;
  }
};

}  // namespace tenure::ng
