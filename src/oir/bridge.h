// Bridges: functions through which a function of one language is called as one of the other.
//
// The two signatures have as many parameters, in the same order, and types that mean the same: the
// same type, a String and a Text, or structs whose fields are alike in this way. A bridge converts
// the arguments, calls, and converts the result:
//
//   * A String is lent as a Text without a copy: they are laid out alike, and who is lent a text
//     only looks. Given away either way, the bytes go along; a text gets bytes of its own only of
//     a string that shares them.
//   * A struct is taken apart and put together field by field.
//
// Its instructions have no place in a source: it is in no call trace, and a failure goes through
// it.
#pragma once

#include "oir/oir.h"

namespace tenure::oir {

// Writes the body of `bridge`, which is declared, as a call of `target`.
void write_bridge(Program& program, FuncId bridge, FuncId target);

}  // namespace tenure::oir
