// What the modules of a program declare, as the checker knows it. Private to check*.cpp.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tape/ast.h"
#include "tape/tree.h"
#include "tape/types.h"

namespace tenure::tape {

struct Param {
  NameId name;
  Ty type;  // invalid: was an error
  ast::NodeId node;
};

struct FunDecl {
  uint32_t module = 0;
  ast::NodeId node;
  NameId name;
  bool is_pub = false;
  bool is_method = false;
  bool has_self = false;
  Ty owner;  // of a method
  std::vector<Param> params;
  Ty result;  // invalid: was an error
  tree::FuncId id;
  bool is_extern = false;
  bool is_foreign = false;  // of another language
  bool is_native = false;
  std::optional<oir::RtFn> native;  // none: the runtime does not have it
  bool refused = false;  // its declaration was an error: what its calls yield is unknown, silently
};

// A `let`, `var` or `const` at the top of a file.
struct GlobalDecl {
  uint32_t module = 0;
  ast::NodeId node;
  NameId name;
  enum class State : uint8_t { Unseen, Busy, Done } state = State::Unseen;
  bool is_const = false;
  bool is_var = false;
  Ty type;                // invalid: not known yet, or was an error
  tree::NodeId constant;  // of a const: its value, once it is known
  oir::GlobalId id;
};

// `type Name = T;`. Known before any body is checked.
struct Alias {
  uint32_t module = 0;
  ast::NodeId node;
  enum class State : uint8_t { Unseen, Busy, Done } state = State::Unseen;
  Ty type;  // invalid: was an error
};

struct Symbol {
  enum class Kind : uint8_t { None, Type, Fun, Global, Module, Refused } kind = Kind::None;
  bool is_pub = false;
  Span span;
  uint32_t module = 0;     // where it was declared; Module: the one that it names
  Alias* alias = nullptr;  // Type: what it stands for
  Ty type;
  FunDecl* fun = nullptr;
  GlobalDecl* global = nullptr;
};

struct Module {
  std::string name;
  bool is_standard = false;
  bool is_main = false;
  bool is_foreign = false;
  uint32_t place = 0;
  std::unordered_map<uint32_t, std::string> refusals;  // by ast::NodeId of a declaration
  const ast::Tree* tree = nullptr;
  std::unordered_map<NameId, Symbol> symbols;
  bool is_t0 = false;  // `@profile(t0)`: no strings
  bool has_main = false;
};

}  // namespace tenure::tape
