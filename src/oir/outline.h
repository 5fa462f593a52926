// What a front end can say of a function before it is lowered, and which bodies need not be made.
//
// Where only the mistakes of a program are wanted, most functions are lowered for nothing: what can
// be found wrong with them, the checker of types has found. Such a function is *spared*: it gets no
// blocks, only the list of what it calls (`Function::calls`), so that its callers may know what
// comes of calling it. What they want to know besides is that the call comes back, so a function is
// spared only if that is certain.
//
// A function is *gentle* if it is quiet (`Outline::quiet`), certain to come back, and all that it
// lends, it lends to gentle ones. So nothing is empty that it was lent, or that it has lent, which
// was not before. Of a gentle function that borrows somebody may want to know more: what it reads
// of something that is empty, and what it fills. Only its callers ask, and of those only such as
// have blocks. So all gentle functions are spared but those that borrow and are called by one that
// is not spared.
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
  // returned; no reference or other name is made to what lies somewhere, but one that is lent to a
  // call; no global is written or lent; no function value is called or made, and no `exit` called.
  bool quiet = true;
  bool borrows = false;   // a parameter is lent to it
  bool collects = false;  // reaches a collection point
  // A `return` or its end can be reached, if those calls return that come before.
  bool returns = false;
  uint32_t calls_before_return = 0;  // so many of `calls`
  // What it calls, in the order in which that is written. Of one that is not quiet all that borrow
  // and all whose value it takes are among them, which its callers need not know.
  std::vector<FuncId> calls;
  std::vector<Written> writes;  // of a quiet one, as Function::writes

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

// By function, from the first of a program on: it is gentle; and it can be spared.
struct Sparing {
  std::vector<Outline> outlines;
  std::vector<uint8_t> gentle, spared;
};
Sparing find_spared(std::vector<Outline> outlines);

// Marks those functions.
void mark_spared(Program& program, Sparing found);

// What does not hold of the outlines of functions that could be spared and were not. Of a program
// as it was lowered.
std::vector<std::string> verify_outlines(const Program& program);

}  // namespace tenure::oir
