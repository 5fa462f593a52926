// What a front end can say of a function before it is lowered, and which bodies need not be made.
//
// Where only the mistakes of a program are wanted, most functions are lowered for nothing: what can
// be found wrong with them, the checker of types has found. Such a function is *spared*: it gets no
// blocks, only the list of what it calls (`Function::calls`), so that its callers may know what
// comes of calling it. What they want to know besides is that the call comes back, so a function is
// spared only if that is certain.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "oir/oir.h"

namespace tenure::oir {

// Which functions a front end makes the bodies of.
enum class Bodies : uint8_t {
  All,
  AllOutlined,  // all, and the verifier compares those that could be spared with their outlines
  NotSpared,    // what comes of it is of use for finding mistakes, and nothing else
};

struct Outline {
  // All its values are of quiet types; nothing that has a name is moved, but a local where it is
  // returned; nothing is lent, and no reference or other name made to what lies somewhere; no
  // global is written, and elsewhere in memory nothing but plain values; no function value is
  // called or made, and no `exit` called.
  bool quiet = true;
  bool collects = false;  // reaches a collection point
  // A `return` or its end can be reached, if those calls return that come before.
  bool returns = false;
  uint32_t calls_before_return = 0;  // so many of `calls`
  // What it calls, in the order in which that is written.
  std::vector<FuncId> calls;

  void note_return() {
    if (returns) return;
    returns = true;
    calls_before_return = static_cast<uint32_t>(calls.size());
  }
};

// By type: a value of it can be copied, and its death runs no `drop` of the user, nor does that of
// what it leads to. Asked of the types that there are, which must be complete; there may be more
// the next time.
class QuietTypes {
 public:
  explicit QuietTypes(const TypeTable& types) : types_(types) {}
  bool has(TypeId type) {
    if (type.index() >= quiet_.size()) look();
    return quiet_[type.index()] != 0;
  }

 private:
  void look();

  const TypeTable& types_;
  std::vector<uint8_t> quiet_;
};

// By function: it can be spared.
std::vector<uint8_t> find_spared(const std::vector<Outline>& outlines);

// Marks those functions as spared. `outlines`: of the functions of the program from its first on.
void mark_spared(Program& program, std::vector<Outline> outlines);

// What does not hold of the outlines of functions that could be spared and were not. Of a program
// as it was lowered.
std::vector<std::string> verify_outlines(const Program& program);

}  // namespace tenure::oir
