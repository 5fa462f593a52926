#include "oir/text_words.h"

#include <unordered_set>

namespace tenure::oir {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

const std::unordered_set<std::string_view>& reserved() {
  static const std::unordered_set<std::string_view> kWords = {
#define INST(name, text, flags) text,
#include "oir/instructions.def"
#undef INST
#define TYPE_KIND(name, text, size_class) text,
#include "oir/types.def"
#undef TYPE_KIND
      "copy",        "move",     "borrow",     "addr",   "const",   "true",     "false",
      "null",        "type",     "fn",         "start",  "global",  "sites",    "facts",
      "unwind",      "flag",     "checked",    "of",     "show",    "else",     "user",
      "temp",        "hold",     "cursor",     "result", "param",   "drops",    "shown",
      "boxed",       "loop",     "cleanup",    "cyclic", "watched", "interior", "vacates",
      "always_full", "bits",     "incomplete", "packed", "bare",    "align",    "library",
      "extern",      "exported", "dispatches"};
  return kWords;
}

}  // namespace

bool is_reserved_word(std::string_view word) {
  return reserved().count(word) != 0;
}

namespace {

bool is_plain_name(std::string_view name, bool dotted) {
  if (is_reserved_word(name.substr(0, name.find('.')))) return false;
  // `bb7` would be taken for a block.
  if (name.substr(0, 2) == "bb" && name.find_first_not_of("0123456789", 2) == name.npos)
    return false;
  bool fresh = true;  // a word starts here
  for (char c : name) {
    if (c == '.') {
      if (fresh || !dotted) return false;
      fresh = true;
    } else {
      if (!is_letter(c) && (fresh || !is_digit(c))) return false;
      fresh = false;
    }
  }
  return !fresh;
}

}  // namespace

std::string quoted_name(std::string_view name, bool dotted) {
  if (is_plain_name(name, dotted)) return std::string(name);
  std::string out = "`";
  out += name;
  out += '`';
  return out;
}

std::string quoted_string(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : bytes) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += "\\x";
          out += kHex[static_cast<unsigned char>(c) >> 4];
          out += kHex[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
  return out;
}

std::string_view imm_word(Op op) {
  switch (op) {
    case Op::Init:
      return "implicit";
    case Op::New:
      return "user";
    case Op::Cast:
      return "convert";
    case Op::RangeCheck:
      return "with_last";
    default:
      return {};
  }
}

std::string_view mem_access_word(MemAccess access) {
  switch (access) {
    case MemAccess::Read:
      return {};
    case MemAccess::Write:
      return "write";
    case MemAccess::WriteLiteral:
      return "write_literal";
  }
  return {};
}

std::string reason_word(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == ' ' || c == '-') c = '_';
  }
  return out;
}

}  // namespace tenure::oir
