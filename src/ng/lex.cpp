#include "ng/lex.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace tenure::ng {
namespace {

constexpr std::string_view kTexts[] = {
#define TOKEN(name, text) text,
#include "ng/tokens.def"
#undef TOKEN
};

constexpr std::string_view kWords[] = {
#define TOKEN(name, text)
#define KEYWORD(name, text) text,
#include "ng/tokens.def"
#undef TOKEN
};
constexpr Keywords<Tok> kKeywords{Tok::KwVal, kWords};

}  // namespace

class Lexer : public LexerBase<Tok> {
 public:
  Lexer(std::string_view text, TextPart part, FileId file, Names& names, DiagnosticSink& sink)
      : LexerBase(text, part, file, kKeywords, names, sink) {}
  size_t read(Token* to, size_t room) {
    return some(to, room, [this] { return next(); });
  }

 private:
  // Lexes one token (or passes over space and comments); false at the end of the text.
  bool next() {
    if (!skip_blank()) {
      skip_space();
      if (at_end()) return false;
    }
    auto c = static_cast<unsigned char>(text_[pos_]);
    if (is_name_start(c)) {
      name();
    } else if (is_digit(c)) {
      if (!plain_number(Tok::Int)) number();
    } else if (c == '"' || c == '\'') {
      string(c);
    } else {
      other();
    }
    return true;
  }

  void skip_space() {
    for (;;) {
      unsigned char c = at(pos_);
      if (is_space(c)) {
        skip_blanks();
      } else if (c == '#' || (c == '/' && at(pos_ + 1) == '/')) {
        to_end_of_line();
      } else if (c == '/' && at(pos_ + 1) == '*') {
        size_t end = text_.find("*/", pos_ + 2);
        if (end == std::string_view::npos) return unclosed_comment(pos_);
        pos_ = end + 2;
      } else {
        return;
      }
    }
  }

  void number() {
    size_t begin = pos_;
    bool after_dot = last_ == Tok::Dot;
    ScannedNumber number = scan_number(text_, pos_, {.octal = false, .fraction = !after_dot});
    Tok kind = number.is_float ? Tok::Float : Tok::Int;
    pos_ = number.end;
    if (number.has_digits) {
      suffix(begin, kind);
    } else {
      no_digits(begin);
    }
    add(kind, begin, pos_);
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
    std::string value;
    for (;;) {
      unsigned char c = at(pos_);
      if (at_end() || c == '\n') {
        unclosed_string(begin, static_cast<char>(quote));
        break;
      }
      if (c == '\\') {
        escape(value);
        continue;
      }
      pos_++;
      if (c == quote) break;
    }
    add(Tok::String, begin, pos_);
  }

  void other() {
    // Longest first.
    static constexpr Spelling kSpellings[] = {
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
    static const PunctuationTable<Tok> kTable(kSpellings);
    punctuation(kTable, "\"'(){}[],;:.=<>+-*/%!&|^#");
  }
};

std::string_view token_text(Tok kind) {
  return kTexts[static_cast<size_t>(kind)];
}

bool is_keyword(Tok kind) {
  return kind >= Tok::KwVal;
}

std::string string_value(std::string_view token) {
  std::string out;
  if (token.size() < 2) return out;
  std::string_view s = token.substr(1, token.size() - 2);
  out.reserve(s.size());
  for (size_t i = 0; i < s.size();) {
    size_t escape = s[i] == '\\' ? decode_escape(s, i, out) : 0;
    if (escape == 0) out += s[i];
    i += std::max<size_t>(escape, 1);
  }
  return out;
}

}  // namespace tenure::ng

template class tenure::TokenSource<tenure::ng::Tok, tenure::ng::Lexer>;
