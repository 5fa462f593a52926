#include "ng/lex.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/check.h"

namespace tenure::ng {
namespace {

constexpr size_t kMaxLexErrors = 20;

constexpr std::string_view kTexts[] = {
#define TOKEN(name, text) text,
#include "ng/tokens.def"
#undef TOKEN
};

const std::unordered_map<std::string_view, Tok>& keywords() {
  static const std::unordered_map<std::string_view, Tok> table = [] {
    std::unordered_map<std::string_view, Tok> t;
#define TOKEN(name, text)
#define KEYWORD(name, text) t.emplace(text, Tok::name);
#include "ng/tokens.def"
#undef TOKEN
    return t;
  }();
  return table;
}

bool is_name_start(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(unsigned char c) {
  return c >= '0' && c <= '9';
}
bool is_name_part(unsigned char c) {
  return is_name_start(c) || is_digit(c);
}
int hex_value(unsigned char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Lexer {
 public:
  Lexer(std::string_view text, FileId file, DiagnosticSink& sink)
      : text_(text), file_(file), sink_(sink) {}

  Lexed run() {
    tokens_.reserve(text_.size() / 4 + 16);
    while (!gave_up_ && next()) {
    }
    add(Tok::End, text_.size(), text_.size());
    return {std::move(tokens_), !unclosed_ && !gave_up_};
  }

 private:
  unsigned char at(size_t i) const {
    return i < text_.size() ? static_cast<unsigned char>(text_[i]) : 0;
  }

  void error(DiagKind kind, size_t begin, size_t end, std::string message) {
    sink_.report(kind, {file_, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)},
                 std::move(message));
    if (++errors_ >= kMaxLexErrors) gave_up_ = true;
  }

  void add(Tok kind, size_t begin, size_t end) {
    tokens_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end), kind});
  }

  // Lexes one token (or passes over space and comments); false at the end of the text.
  bool next() {
    skip_space();
    if (pos_ >= text_.size()) return false;
    unsigned char c = at(pos_);
    if (is_name_start(c)) {
      name();
    } else if (is_digit(c)) {
      number();
    } else if (c == '"' || c == '\'') {
      string(c);
    } else {
      punctuation();
    }
    return true;
  }

  void skip_space() {
    for (;;) {
      unsigned char c = at(pos_);
      if (pos_ >= text_.size()) return;
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        pos_++;
      } else if (c == '#' || (c == '/' && at(pos_ + 1) == '/')) {
        size_t end = text_.find('\n', pos_);
        pos_ = end == std::string_view::npos ? text_.size() : end;
      } else if (c == '/' && at(pos_ + 1) == '*') {
        size_t end = text_.find("*/", pos_ + 2);
        if (end == std::string_view::npos) {
          error(DiagKind::UnterminatedComment, pos_, pos_ + 2, "this comment is not closed");
          pos_ = text_.size();
          gave_up_ = true;
          return;
        }
        pos_ = end + 2;
      } else {
        return;
      }
    }
  }

  void name() {
    size_t begin = pos_;
    while (is_name_part(at(pos_))) pos_++;
    auto found = keywords().find(text_.substr(begin, pos_ - begin));
    add(found == keywords().end() ? Tok::Ident : found->second, begin, pos_);
  }

  void digits() {
    while (is_digit(at(pos_)) || at(pos_) == '_') pos_++;
  }

  void number() {
    size_t begin = pos_;
    Tok kind = Tok::Int;
    bool after_dot = !tokens_.empty() && tokens_.back().kind == Tok::Dot;
    if (at(pos_) == '0' && (at(pos_ + 1) == 'x' || at(pos_ + 1) == 'X' || at(pos_ + 1) == 'b' ||
                            at(pos_ + 1) == 'B')) {
      bool hex = at(pos_ + 1) == 'x' || at(pos_ + 1) == 'X';
      pos_ += 2;
      size_t first = pos_;
      while (at(pos_) == '_' ||
             (hex ? hex_value(at(pos_)) >= 0 : at(pos_) == '0' || at(pos_) == '1')) {
        pos_++;
      }
      if (pos_ == first) {
        while (is_name_part(at(pos_))) pos_++;
        error(DiagKind::InvalidNumber, begin, pos_, "this number has no digits");
      }
    } else {
      digits();
      if (!after_dot) kind = fraction_and_exponent(kind);
    }
    suffix(begin, kind);
    add(kind, begin, pos_);
  }

  Tok fraction_and_exponent(Tok kind) {
    if (at(pos_) == '.' && is_digit(at(pos_ + 1))) {
      kind = Tok::Float;
      pos_++;
      digits();
    }
    if (at(pos_) == 'e' || at(pos_) == 'E') {
      size_t digit = pos_ + 1;
      if (at(digit) == '+' || at(digit) == '-') digit++;
      if (is_digit(at(digit))) {
        kind = Tok::Float;
        pos_ = digit;
        digits();
      }
    }
    return kind;
  }

  void suffix(size_t begin, Tok& kind) {
    size_t first = pos_;
    while (is_name_part(at(pos_))) pos_++;
    if (pos_ == first) return;
    std::string_view text = text_.substr(first, pos_ - first);
    static constexpr std::string_view kInts[] = {"i8", "i16", "i32", "i64",
                                                 "u8", "u16", "u32", "u64"};
    if (text == "f32" || text == "f64") {
      kind = Tok::Float;
    } else if (kind == Tok::Float ||
               std::find(std::begin(kInts), std::end(kInts), text) == std::end(kInts)) {
      error(DiagKind::InvalidNumber, begin, pos_,
            fmt::format("`{}` is not a suffix of a number", text));
    }
  }

  void string(unsigned char quote) {
    size_t begin = pos_++;
    for (;;) {
      unsigned char c = at(pos_);
      if (pos_ >= text_.size() || c == '\n') {
        error(DiagKind::UnterminatedString, begin, std::min(pos_, begin + 40),
              "this string is not closed on its line");
        unclosed_ = true;
        break;
      }
      pos_++;
      if (c == quote) break;
      if (c == '\\') escape();
    }
    add(Tok::String, begin, pos_);
  }

  // At the character after a backslash.
  void escape() {
    size_t begin = pos_ - 1;
    unsigned char c = at(pos_);
    if (pos_ >= text_.size() || c == '\n') return;  // the string is not closed, which says enough
    switch (c) {
      case 'n':
      case 't':
      case 'r':
      case '0':
      case '\\':
      case '"':
      case '\'':
        pos_++;
        return;
      case 'x':
        if (hex_value(at(pos_ + 1)) >= 0 && hex_value(at(pos_ + 2)) >= 0) {
          pos_ += 3;
          return;
        }
        break;
      case 'u':
        if (unicode_escape()) return;
        break;
      default:
        break;
    }
    do {
      pos_++;
    } while ((at(pos_) & 0xC0) == 0x80);
    error(DiagKind::InvalidEscape, begin, pos_,
          "unknown escape; there are \\n \\t \\r \\0 \\\\ \\\" \\' \\xHH and \\u{H…}");
  }

  bool unicode_escape() {
    if (at(pos_ + 1) != '{') return false;
    size_t i = pos_ + 2;
    uint32_t value = 0;
    size_t count = 0;
    while (hex_value(at(i)) >= 0 && count < 7) {
      value = value * 16 + static_cast<uint32_t>(hex_value(at(i)));
      i++;
      count++;
    }
    bool good = count > 0 && count < 7 && at(i) == '}' && value <= 0x10FFFF &&
                !(value >= 0xD800 && value <= 0xDFFF);
    if (good) pos_ = i + 1;
    return good;
  }

  void punctuation() {
    // Longest first.
    static constexpr std::pair<std::string_view, Tok> kTable[] = {
        {"..=", Tok::DotDotEq},
        {"...", Tok::Ellipsis},
        {"::", Tok::ColonColon},
        {"..", Tok::DotDot},
        {":=", Tok::ColonAssign},
        {"==", Tok::Eq},
        {"!=", Tok::Ne},
        {"<=", Tok::Le},
        {">=", Tok::Ge},
        {"<<", Tok::Shl},
        {"&&", Tok::AmpAmp},
        {"||", Tok::BarBar},
        {"+=", Tok::PlusAssign},
        {"-=", Tok::MinusAssign},
        {"*=", Tok::StarAssign},
        {"/=", Tok::SlashAssign},
        {"%=", Tok::PercentAssign},
        {"|>", Tok::Pipe},
        {"=>", Tok::FatArrow},
        {"->", Tok::Arrow},
        {"(", Tok::LParen},
        {")", Tok::RParen},
        {"{", Tok::LBrace},
        {"}", Tok::RBrace},
        {"[", Tok::LBracket},
        {"]", Tok::RBracket},
        {",", Tok::Comma},
        {";", Tok::Semi},
        {":", Tok::Colon},
        {".", Tok::Dot},
        {"=", Tok::Assign},
        {"<", Tok::Lt},
        {">", Tok::Gt},
        {"+", Tok::Plus},
        {"-", Tok::Minus},
        {"*", Tok::Star},
        {"/", Tok::Slash},
        {"%", Tok::Percent},
        {"!", Tok::Not},
        {"&", Tok::Amp},
        {"|", Tok::Bar},
        {"^", Tok::Caret},
    };
    std::string_view rest = text_.substr(pos_, 3);
    for (const auto& [text, kind] : kTable) {
      if (rest.substr(0, text.size()) == text) {
        add(kind, pos_, pos_ + text.size());
        pos_ += text.size();
        return;
      }
    }
    unexpected();
  }

  // A run of characters that begin no token is one error.
  void unexpected() {
    size_t begin = pos_;
    auto known = [&](unsigned char c) {
      return is_name_part(c) || c == '"' || c == '\'' || c <= ' ' ||
             std::string_view("(){}[],;:.=<>+-*/%!&|^#").find(static_cast<char>(c)) !=
                 std::string_view::npos;
    };
    while (pos_ < text_.size() && (pos_ == begin || !known(at(pos_)))) pos_++;
    unsigned char c = at(begin);
    bool printable = c > ' ' && c < 0x7F && pos_ - begin == 1;
    error(DiagKind::UnexpectedCharacter, begin, pos_,
          printable ? fmt::format("unexpected character `{}`", static_cast<char>(c))
                    : fmt::format("unexpected character (byte 0x{:02X})", c));
    add(Tok::Bad, begin, pos_);
  }

  std::string_view text_;
  FileId file_;
  DiagnosticSink& sink_;
  std::vector<Token> tokens_;
  size_t pos_ = 0;
  size_t errors_ = 0;
  bool unclosed_ = false;
  bool gave_up_ = false;
};

void append_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

}  // namespace

std::string_view token_text(Tok kind) {
  return kTexts[static_cast<size_t>(kind)];
}

bool is_keyword(Tok kind) {
  return kind >= Tok::KwVal;
}

Lexed lex(const SourceMap& sources, FileId file, DiagnosticSink& sink) {
  return Lexer(sources.file(file).text(), file, sink).run();
}

std::string string_value(std::string_view token) {
  std::string out;
  if (token.size() < 2) return out;
  std::string_view s = token.substr(1, token.size() - 2);
  out.reserve(s.size());
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] != '\\' || i + 1 >= s.size()) {
      out += s[i];
      continue;
    }
    unsigned char c = static_cast<unsigned char>(s[++i]);
    switch (c) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case '0':
        out += '\0';
        break;
      case 'x':
        if (i + 2 < s.size()) {
          int high = hex_value(static_cast<unsigned char>(s[i + 1]));
          int low = hex_value(static_cast<unsigned char>(s[i + 2]));
          out += static_cast<char>(high * 16 + low);
          i += 2;
        }
        break;
      case 'u': {
        uint32_t value = 0;
        for (i += 2; i < s.size() && s[i] != '}'; i++) {
          value = value * 16 + static_cast<uint32_t>(hex_value(static_cast<unsigned char>(s[i])));
        }
        append_utf8(out, value);
        break;
      }
      default:
        out += static_cast<char>(c);
        break;
    }
  }
  return out;
}

}  // namespace tenure::ng
