#include "oir/text_lex.h"

namespace tenure::oir {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Lexer {
 public:
  Lexer(std::string_view text, FileId file, DiagnosticSink& sink)
      : text_(text), file_(file), sink_(sink) {}

  std::vector<Token> run() {
    while (skip_blank() && one()) {
    }
    tokens_.push_back({TokenKind::End, "", span(text_.size(), text_.size())});
    return std::move(tokens_);
  }

 private:
  Span span(size_t begin, size_t end) const { return {file_, uint32_t(begin), uint32_t(end)}; }
  char at(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  bool skip_blank() {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == ';') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        ++at_;
      } else {
        return true;
      }
    }
    return false;
  }

  void push(TokenKind kind, std::string text, size_t begin) {
    tokens_.push_back({kind, std::move(text), span(begin, at_)});
  }

  bool one() {
    size_t begin = at_;
    char c = text_[at_];
    if (is_letter(c)) {
      while (is_letter(at(at_)) || is_digit(at(at_))) ++at_;
      push(TokenKind::Word, std::string(text_.substr(begin, at_ - begin)), begin);
      return true;
    }
    if (is_digit(c) || (c == '-' && is_digit(at(at_ + 1)))) {
      number(begin);
      return true;
    }
    if (c == '%' && is_digit(at(at_ + 1))) {
      ++at_;
      while (is_digit(at(at_))) ++at_;
      push(TokenKind::Percent, std::string(text_.substr(begin + 1, at_ - begin - 1)), begin);
      return true;
    }
    if (c == '`') return quoted(begin);
    if (c == '"') return string(begin);
    at_ += c == '-' && at(at_ + 1) == '>' ? 2 : 1;
    if (std::string_view("-@$.,:=<>()[]{}*!?#").find(c) == std::string_view::npos) {
      sink_.report(DiagKind::UnexpectedCharacter, span(begin, at_), "unexpected character");
      return false;
    }
    push(TokenKind::Punct, std::string(text_.substr(begin, at_ - begin)), begin);
    return true;
  }

  // After a `.` a number is the index of a part, so that `x.0.1` is not a fraction.
  void number(size_t begin) {
    bool index = begin != 0 && text_[begin - 1] == '.';
    ++at_;
    while (is_digit(at(at_))) ++at_;
    if (!index && at(at_) == '.' && is_digit(at(at_ + 1))) {
      ++at_;
      while (is_digit(at(at_))) ++at_;
    }
    size_t sign = at(at_ + 1) == '-' || at(at_ + 1) == '+' ? 1 : 0;
    if (!index && at(at_) == 'e' && is_digit(at(at_ + 1 + sign))) {
      at_ += 1 + sign;
      while (is_digit(at(at_))) ++at_;
    }
    push(TokenKind::Number, std::string(text_.substr(begin, at_ - begin)), begin);
  }

  bool quoted(size_t begin) {
    ++at_;
    size_t end = text_.find('`', at_);
    if (end == std::string_view::npos) {
      sink_.report(DiagKind::ExpectedToken, span(begin, at_), "a quoted name does not end");
      return false;
    }
    std::string name(text_.substr(at_, end - at_));
    at_ = end + 1;
    push(TokenKind::Quoted, std::move(name), begin);
    return true;
  }

  bool string(size_t begin) {
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n'; ++at_) {
      if (text_[at_] != '\\') {
        out += text_[at_];
        continue;
      }
      ++at_;
      switch (at(at_)) {
        case 'n':
          out += '\n';
          break;
        case 't':
          out += '\t';
          break;
        case '"':
          out += '"';
          break;
        case '\\':
          out += '\\';
          break;
        case 'x': {
          int high = hex_value(at(at_ + 1)), low = hex_value(at(at_ + 2));
          if (high >= 0 && low >= 0) {
            out += static_cast<char>(high * 16 + low);
            at_ += 2;
            break;
          }
          [[fallthrough]];
        }
        default:
          sink_.report(DiagKind::InvalidEscape, span(at_ - 1, at_ + 1), "unknown escape");
          return false;
      }
    }
    if (at(at_) != '"') {
      sink_.report(DiagKind::UnterminatedString, span(begin, at_), "a string does not end");
      return false;
    }
    ++at_;
    push(TokenKind::String, std::move(out), begin);
    return true;
  }

  std::string_view text_;
  FileId file_;
  DiagnosticSink& sink_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> lex_text(const SourceMap& sources, FileId file, DiagnosticSink& sink) {
  return Lexer(sources.file(file).text(), file, sink).run();
}

}  // namespace tenure::oir
