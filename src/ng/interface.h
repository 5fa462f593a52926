// What a module of NG gives to modules of another language: functions and structs whose types are
// numbers, `bool`, strings and structs of these; of all else that it exports the name, and why not.
#pragma once

#include <string>
#include <vector>

#include "base/source.h"
#include "oir/oir.h"

namespace tenure::ng {

struct InterfaceType {
  oir::TypeId type;
  // Of a struct: where it is declared, in the order of all modules, and its name there.
  bool is_struct = false;
  uint32_t place = 0;
  std::string name;
};

// A field, a parameter.
struct InterfacePart {
  std::string name;
  InterfaceType type;
  Span span;
};

struct InterfaceName {
  enum class Kind : uint8_t { Function, Struct, Alias, Refused } kind = Kind::Refused;
  std::string name;  // as it is exported
  Span span;
  bool exported = true;  // Struct: or only needed by what is
  std::string refusal;   // Refused: why
  // Function: parameters and result; Struct: fields; Alias: of a struct, which stands elsewhere.
  std::vector<InterfacePart> parts;
  InterfaceType result;
  oir::FuncId func;
};

struct Interface {
  uint32_t place = 0;
  std::vector<InterfaceName> names;
};

}  // namespace tenure::ng
