#include "tape/lex.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"

namespace tenure::tape {
namespace {

constexpr std::string_view kTexts[] = {
#define TOKEN(name, text) text,
#include "tape/tokens.def"
#undef TOKEN
};

constexpr std::string_view kWords[] = {
#define TOKEN(name, text)
#define KEYWORD(name, text) text,
#include "tape/tokens.def"
#undef TOKEN
};
constexpr Keywords<Tok> kKeywords{Tok::KwFn, kWords};

// Words after `#` at the start of a line. Of the first two the text is read.
constexpr std::string_view kRegions[] = {"code",         "test",     "view",    "style",
                                         "localization", "resource", "bytecode"};
constexpr size_t kReadRegions = 2;

}  // namespace

class Lexer : public LexerBase<Tok> {
 public:
  Lexer(std::string_view text, TextPart part, FileId file, Names& names, DiagnosticSink& sink)
      : LexerBase(text, part, file, kKeywords, names, sink) {}
  size_t read(Token* to, size_t room) {
    return some(to, room, [this] { return next(); });
  }
  void go_on_after(const Token& last) {
    holes_.clear();  // of what was lexed ahead
    LexerBase::go_on_after(last);
  }

 private:
  // A `{` in a string up to its `}`: in between stand tokens.
  struct Hole {
    size_t begin;         // of the `{`
    uint32_t braces = 0;  // open ones within
  };

  // Lexes one token (or passes over space and comments); false at the end of the text.
  bool next() {
    if (!skip_blank()) {
      skip_space();
      if (at_end()) {
        if (!holes_.empty()) unclosed_hole(holes_.front());
        return false;
      }
    }
    auto c = static_cast<unsigned char>(text_[pos_]);
    if (is_name_start(c)) {
      name();
    } else if (is_digit(c)) {
      if (!plain_number(Tok::Int)) number();
    } else if (c == '"') {
      string(pos_, Tok::Str, Tok::StrBegin);
    } else if (c == '\'') {
      byte();
    } else if (c == '#') {
      region_or_color();
    } else if (c == '@' && is_name_start(at(pos_ + 1))) {
      attribute();
    } else if (c == '}' && !holes_.empty() && holes_.back().braces == 0) {
      holes_.pop_back();
      string(pos_, Tok::StrEnd, Tok::StrMiddle);
    } else {
      other();
    }
    return true;
  }

  void skip_space() {
    while (!at_end()) {
      if (at_space()) {
        skip_blanks();
      } else if (at(pos_) == '/' && at(pos_ + 1) == '/') {
        to_end_of_line();
      } else if (at(pos_) == '/' && at(pos_ + 1) == '*') {
        comment();
      } else {
        return;
      }
    }
  }

  // They nest.
  void comment() {
    size_t begin = pos_;
    size_t depth = 0;
    do {
      pos_ = std::min(text_.find_first_of("/*", pos_), text_.size());
      if (at_end()) return unclosed_comment(begin);
      if (at(pos_) == '/' && at(pos_ + 1) == '*') {
        depth++;
        pos_ += 2;
      } else if (at(pos_) == '*' && at(pos_ + 1) == '/') {
        depth--;
        pos_ += 2;
      } else {
        pos_++;
      }
    } while (depth > 0);
  }

  void number() {
    size_t begin = pos_;
    ScannedNumber number = scan_number(text_, pos_, {.octal = true, .fraction = true});
    pos_ = number.end;
    size_t rest = pos_;
    while (is_name_part(at(pos_))) pos_++;
    if (!number.has_digits) {
      no_digits(begin);
    } else if (pos_ != rest) {
      error(
          DiagKind::InvalidNumber, begin, pos_,
          fmt::format("`{}` cannot stand at the end of a number", text_.substr(rest, pos_ - rest)));
    }
    add(number.is_float ? Tok::Float : Tok::Int, begin, pos_);
  }

  // From a quote, or from the `}` of a hole, to the quote (`whole`) or the `{` of a hole (`part`).
  void string(size_t begin, Tok whole, Tok part) {
    pos_++;
    for (;;) {
      unsigned char c = at(pos_);
      if (at_end() || c == '\n') return unclosed(begin);
      bool doubled = at(pos_ + 1) == c;
      if (c == '"') {
        pos_++;
        return add(whole, begin, pos_);
      }
      if (c == '{' && !doubled) {
        holes_.push_back({pos_});
        pos_++;
        return add(part, begin, pos_);
      }
      if (c == '}' && !doubled) {
        error(DiagKind::InvalidEscape, pos_, pos_ + 1, "a lone `}` in a string").suggest("}}");
      }
      if (c == '\\') {
        std::string value;
        escape(value);
      } else {
        pos_ += (c == '{' || c == '}') && doubled ? 2 : 1;
      }
    }
  }

  void unclosed(size_t begin) {
    Diagnostic& report = unclosed_string(begin, '"');
    if (!holes_.empty()) {
      size_t hole = holes_.back().begin;
      report.note({file_, static_cast<uint32_t>(hole), static_cast<uint32_t>(hole + 1)},
                  "it stands in what is interpolated here; `{{` stands for a brace");
    }
    holes_.clear();
  }

  void unclosed_hole(Hole hole) {
    error(DiagKind::UnterminatedString, hole.begin, hole.begin + 1,
          "what is interpolated here is not closed; `{{` stands for a brace");
    unclosed_ = true;
    holes_.clear();
  }

  void byte() {
    size_t begin = pos_++;
    size_t length = 0;
    size_t errors = errors_;
    if (at(pos_) == '\\') {
      std::string value;
      escape(value);
      length = value.size();
    } else if (at(pos_) != '\'' && at(pos_) != '\n') {
      length = std::max<size_t>(utf8_sequence(text_, pos_), 1);
      pos_ += length;
    }
    bool closed = at(pos_) == '\'';
    if (!closed || length > 1) {
      size_t line_end = std::min(text_.find_first_of("'\n", pos_), text_.size());
      closed = at(line_end) == '\'';
      size_t end = closed ? line_end + 1 : std::min(line_end, begin + 40);
      error(closed ? DiagKind::UnexpectedCharacter : DiagKind::UnterminatedString, begin, end,
            closed ? "a character is one byte; strings stand in `\"…\"`"
                   : "this character is not closed on its line");
      pos_ = line_end;
      if (!closed) unclosed_ = true;
    } else if (length == 0 && errors_ == errors) {
      error(DiagKind::UnexpectedCharacter, begin, pos_ + 1, "a character is missing");
    }
    if (closed) pos_++;
    add(Tok::Byte, begin, pos_);
  }

  void attribute() {
    size_t begin = pos_++;
    while (is_name_part(at(pos_))) pos_++;
    add(Tok::At, begin, pos_);
  }

  bool at_line_start() const {
    size_t before = text_.substr(0, pos_).find_last_not_of(" \t\r");
    return before == std::string_view::npos || text_[before] == '\n';
  }

  void region_or_color() {
    size_t begin = pos_;
    size_t end = pos_ + 1;
    while (is_name_part(at(end))) end++;
    std::string_view word = text_.substr(begin + 1, end - begin - 1);
    bool hex = std::all_of(word.begin(), word.end(),
                           [](char c) { return hex_value(static_cast<unsigned char>(c)) >= 0; });
    if (hex && (word.size() == 6 || word.size() == 8)) {
      pos_ = end;
      return add(Tok::Color, begin, end);
    }
    if (!word.empty() && !is_digit(at(begin + 1)) && at_line_start()) {
      pos_ = end;
      add(Tok::Region, begin, end);
      const auto* read = std::begin(kRegions) + kReadRegions;
      if (std::find(std::begin(kRegions), read, word) == read) skip_region();
      return;
    }
    pos_ = end;
    error(DiagKind::InvalidNumber, begin, end,
          "this is no color; one has six or eight hexadecimal digits: `#RRGGBB`, `#RRGGBBAA`");
    add(Tok::Bad, begin, end);
  }

  // To the next line that begins with the marker of a region.
  void skip_region() {
    for (;;) {
      to_end_of_line();
      if (at_end()) return;
      ++pos_;
      while (at(pos_) == ' ' || at(pos_) == '\t') pos_++;
      if (at(pos_) != '#') continue;
      size_t end = pos_ + 1;
      while (is_name_part(at(end))) end++;
      std::string_view word = text_.substr(pos_ + 1, end - pos_ - 1);
      if (std::find(std::begin(kRegions), std::end(kRegions), word) != std::end(kRegions)) return;
    }
  }

  void other() {
    if (!holes_.empty() && at(pos_) == '{') holes_.back().braces++;
    if (!holes_.empty() && at(pos_) == '}') holes_.back().braces--;
    // Longest first.
    static constexpr Spelling kSpellings[] = {
        {"..=", Tok::DotDotEq},
        {"<<=", Tok::ShlAssign},
        {">>=", Tok::ShrAssign},
        {"..", Tok::DotDot},
        {"->", Tok::Arrow},
        {"=>", Tok::FatArrow},
        {"+=", Tok::PlusAssign},
        {"-=", Tok::MinusAssign},
        {"*=", Tok::StarAssign},
        {"/=", Tok::SlashAssign},
        {"%=", Tok::PercentAssign},
        {"&=", Tok::AmpAssign},
        {"|=", Tok::BarAssign},
        {"^=", Tok::CaretAssign},
        {"|>", Tok::Pipe},
        {"||", Tok::BarBar},
        {"&&", Tok::AmpAmp},
        {"==", Tok::Eq},
        {"!=", Tok::Ne},
        {"<=", Tok::Le},
        {">=", Tok::Ge},
        {"<<", Tok::Shl},
        {">>", Tok::Shr},
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
        {"?", Tok::Question},
        {"=", Tok::Assign},
        {"<", Tok::Lt},
        {">", Tok::Gt},
        {"|", Tok::Bar},
        {"^", Tok::Caret},
        {"&", Tok::Amp},
        {"+", Tok::Plus},
        {"-", Tok::Minus},
        {"*", Tok::Star},
        {"/", Tok::Slash},
        {"%", Tok::Percent},
        {"!", Tok::Not},
        {"~", Tok::Tilde},
    };
    static const PunctuationTable<Tok> kTable(kSpellings);
    punctuation(kTable, "\"'@#(){}[],;:.?=<>|^&+-*/%!~");
  }

  std::vector<Hole> holes_;
};

std::string_view token_text(Tok kind) {
  return kTexts[static_cast<size_t>(kind)];
}

bool is_keyword(Tok kind) {
  return kind >= Tok::KwFn;
}

std::string string_value(std::string_view token) {
  std::string out;
  if (token.size() < 2) return out;
  std::string_view s = token.substr(1, token.size() - 2);
  out.reserve(s.size());
  for (size_t i = 0; i < s.size();) {
    size_t length = s[i] == '\\' ? decode_escape(s, i, out) : 0;
    if (length == 0) {
      out += s[i];
      bool doubled = (s[i] == '{' || s[i] == '}') && i + 1 < s.size() && s[i + 1] == s[i];
      length = doubled ? 2 : 1;
    }
    i += length;
  }
  return out;
}

uint8_t byte_value(std::string_view token) {
  std::string out;
  if (token.size() > 2 && (token[1] != '\\' || decode_escape(token, 1, out) == 0)) out = token[1];
  return out.empty() ? 0 : static_cast<uint8_t>(out[0]);
}

uint32_t color_value(std::string_view token) {
  uint32_t value = 0;
  for (char c : token.substr(1)) {
    value = value << 4 | static_cast<uint32_t>(hex_value(static_cast<unsigned char>(c)));
  }
  return token.size() == 7 ? value << 8 | 0xFF : value;
}

}  // namespace tenure::tape

template class tenure::TokenSource<tenure::tape::Tok, tenure::tape::Lexer>;
