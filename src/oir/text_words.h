// What printer and parser of the text form share: which words are reserved and how names are
// quoted.
#pragma once

#include <string>
#include <string_view>

#include "oir/oir.h"

namespace tenure::oir {

// A word of the text form: operation, mode, kind, attribute. A name that is spelt like one is
// quoted.
bool is_reserved_word(std::string_view word);
// The name as it stands in the text: plain (letters, digits and `_`, not reserved), or between
// backquotes. Names of types and functions may also be several such words with `.` between them.
std::string quoted_name(std::string_view name, bool dotted = false);
// A string literal with its quotes: \n \t \\ \" and \xNN.
std::string quoted_string(std::string_view bytes);
// `end_of_block` for "end of block": a drop reason as one word.
std::string reason_word(std::string_view text);

// What stands behind the operation where Inst::imm is 1: `init.implicit`. Empty: nothing can.
std::string_view imm_word(Op op);
std::string_view mem_access_word(MemAccess access);  // empty for Read

inline constexpr std::string_view kPanicWords[] = {"assertion", "unwrap", "range", "message"};
inline constexpr std::string_view kLocalWords[] = {"result", "param",  "user",  "temp",
                                                   "hold",   "cursor", "alias", "flag"};

}  // namespace tenure::oir
