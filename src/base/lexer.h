// The ground of the lexers: where they stand, what they found, how many mistakes they report. A
// language derives its own from it and says what its tokens look like.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/diag.h"
#include "base/names.h"
#include "base/scan.h"
#include "base/source.h"
#include "base/text_part.h"

namespace tenure {

template <class Tok>
struct LexedToken {
  uint32_t begin;
  uint32_t end;
  NameId name;  // of a name or keyword
  Tok kind;
};

// The words of a language that are no names. They are the first names of a program, so that what a
// name is shows in its id.
template <class Tok>
struct Keywords {
  Tok first;  // the others follow it, in the order of `words`
  std::span<const std::string_view> words;

  void begin(Names& names) const {
    if (names.size() == 0) {
      for (std::string_view word : words) names.intern(word);
    }
    TN_CHECK(names.size() >= words.size() && names.text(NameId{0}) == words[0],
             "the first names of a program are the keywords of its language");
  }
  Tok kind_of(NameId name) const {
    if (name.index() >= words.size()) return Tok::Ident;
    return static_cast<Tok>(static_cast<size_t>(first) + name.index());
  }
};

// Spellings of punctuation by what they begin with.
template <class Tok>
class PunctuationTable {
 public:
  using Spelling = std::pair<std::string_view, Tok>;
  // `table`: the longest first.
  explicit PunctuationTable(std::span<const Spelling> table) {
    single_.fill(Tok::Bad);
    for (const Spelling& spelling : table) {
      auto first = static_cast<unsigned char>(spelling.first[0]);
      rows_[first].push_back(spelling);
      if (spelling.first.size() == 1) {
        single_[first] = spelling.second;
      } else {
        goes_on_[static_cast<unsigned char>(spelling.first[1])] = true;
      }
    }
  }
  // What `first` is where `second` follows it and begins nothing that goes on; else Bad.
  Tok alone(unsigned char first, unsigned char second) const {
    return goes_on_[second] ? Tok::Bad : single_[first];
  }
  const std::vector<Spelling>& from(unsigned char first) const { return rows_[first]; }

 private:
  std::array<std::vector<Spelling>, 256> rows_;
  std::array<Tok, 256> single_{};
  std::array<bool, 256> goes_on_{};  // what is second in a spelling
};

template <class Tok>
class LexerBase {
 public:
  using Spelling = std::pair<std::string_view, Tok>;

  // Of the text from `part.begin`, where a token or a line begins, to `part.end`. Behind the text
  // stands a zero byte.
  LexerBase(std::string_view text, TextPart part, FileId file, const Keywords<Tok>& keywords,
            Names& names, DiagnosticSink& sink)
      : text_(text.substr(0, part.end)),
        file_(file),
        keywords_(keywords),
        names_(names),
        sink_(sink),
        pos_(part.begin) {
    keywords_.begin(names_);
  }

  // Whether it is known where tokens begin and end. Not so after something that is not closed, and
  // where there were so many errors that the rest of the file was passed over: then the parser has
  // nothing sensible to say.
  bool is_usable() const { return !unclosed_ && !gave_up_; }
  // Outside of strings; what was lexed behind `last` is lexed again.
  void go_on_after(const LexedToken<Tok>& last) {
    pos_ = last.end;
    last_ = last.kind;
    is_done_ = false;
  }

 protected:
  static constexpr size_t kMaxErrors = 20;

  // The next tokens, at most `room`, into `to`; how many. The last one of all is of kind End.
  // `next` lexes at most one; false at the end of the text.
  template <class Next>
  size_t some(LexedToken<Tok>* to, size_t room, Next next) {
    out_ = to;
    while (out_ != to + room && !is_done_) {
      if (!gave_up_ && next()) continue;
      add(Tok::End, text_.size(), text_.size());
      is_done_ = true;
    }
    return static_cast<size_t>(out_ - to);
  }

  unsigned char at(size_t i) const {
    return i < text_.size() ? static_cast<unsigned char>(text_[i]) : 0;
  }
  bool at_end() const { return pos_ >= text_.size(); }
  // Passes over one blank, which is what mostly stands there. False: there may be more to pass
  // over.
  bool skip_blank() {
    const char* text = text_.data();
    pos_ += text[pos_] == ' ' ? 1 : 0;
    return pos_ < text_.size() && !may_be_between(static_cast<unsigned char>(text[pos_]));
  }
  bool at_space() const { return is_space(at(pos_)); }
  // Mostly there is one blank, or the indentation of a line.
  void skip_blanks() {
    const char* text = text_.data();
    size_t at = pos_ + 1;
    while (is_space(static_cast<unsigned char>(text[at]))) {
      at++;
      if (text[at] == ' ') at += blanks_at(at);
    }
    pos_ = std::min(at, text_.size());
  }
  void to_end_of_line() {
    size_t end = text_.find('\n', pos_);
    pos_ = end == std::string_view::npos ? text_.size() : end;
  }

  void add(Tok kind, size_t begin, size_t end) { add_named(kind, begin, end, NameId{}); }
  void add_named(Tok kind, size_t begin, size_t end, NameId name) {
    *out_++ = {static_cast<uint32_t>(begin), static_cast<uint32_t>(end), name, kind};
    last_ = kind;
  }
  Diagnostic& error(DiagKind kind, size_t begin, size_t end, std::string message) {
    if (++errors_ >= kMaxErrors) gave_up_ = true;
    return sink_.report(kind, {file_, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)},
                        std::move(message));
  }
  void unclosed_comment(size_t begin) {
    error(DiagKind::UnterminatedComment, begin, begin + 2, "this comment is not closed");
    pos_ = text_.size();
    gave_up_ = true;
  }
  // At the end of the line.
  Diagnostic& unclosed_string(size_t begin, char quote) {
    unclosed_ = true;
    size_t end = std::min(pos_, begin + 40);
    pass_broken_string(quote);
    return error(DiagKind::UnterminatedString, begin, end, "this string is not closed on its line");
  }
  // A string that was broken over lines: the next line with such a quote has an odd number of them,
  // and the first is the end of the string. What is between is text, of which nothing is said.
  void pass_broken_string(char quote) {
    size_t first = text_.find(quote, pos_);
    if (first == std::string_view::npos) return;
    size_t end = std::min(text_.find('\n', first), text_.size());
    if (std::count(text_.begin() + first, text_.begin() + end, quote) % 2 == 1) pos_ = first + 1;
  }

  void name() {
    const char* text = text_.data();
    size_t begin = pos_, size = text_.size();
    if constexpr (std::endian::native == std::endian::little) {
      if (size - begin >= 8) {
        uint64_t word = 0;
        std::memcpy(&word, text + begin, 8);
        if (uint64_t others = no_name_parts(word)) {  // its end is among these bytes
          auto bits = static_cast<uint32_t>(std::countr_zero(others)) & ~7u;
          word &= (uint64_t{1} << bits) - 1;
          return named(begin, begin + bits / 8, word);
        }
      }
    }
    size_t end = begin + 1;
    while (end < size && is_name_part(static_cast<unsigned char>(text[end]))) end++;
    named(begin, end, head_of({text + begin, end - begin}));
  }
  void named(size_t begin, size_t end, uint64_t head) {
    NameId name = names_.intern(text_.substr(begin, end - begin), head);
    add_named(keywords_.kind_of(name), begin, end, name);
    pos_ = end;
  }

  // A whole decimal number that nothing goes on from.
  bool plain_number(Tok kind) {
    const char* text = text_.data();
    size_t end = pos_ + 1;
    while (is_digit(static_cast<unsigned char>(text[end]))) end++;
    auto next = static_cast<unsigned char>(text[end]);
    if (next == '.' || is_name_part(next) || end > text_.size()) return false;
    add(kind, pos_, end);
    pos_ = end;
    return true;
  }

  // Of a number that began at `begin`.
  void no_digits(size_t begin) {
    while (is_name_part(at(pos_))) pos_++;
    error(DiagKind::InvalidNumber, begin, pos_, "this number has no digits");
  }

  // At a backslash.
  void escape(std::string& out) {
    size_t length = decode_escape(text_, pos_, out);
    if (length == 0 && (pos_ + 1 >= text_.size() || at(pos_ + 1) == '\n')) {
      pos_++;
      return;  // the string is not closed, which says enough
    }
    if (length == 0) {
      length = unknown_escape_length(text_, pos_);
      error(DiagKind::InvalidEscape, pos_, pos_ + length,
            fmt::format("unknown escape; there are {}", kKnownEscapes));
    }
    pos_ += length;
  }

  // What begins none of them, up to a byte that could begin a token (`others`: those that are
  // neither names nor blanks), is one error.
  void punctuation(const PunctuationTable<Tok>& table, std::string_view others) {
    const char* text = text_.data() + pos_;
    auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    if (Tok kind = table.alone(byte(0), byte(1)); kind != Tok::Bad) {
      add(kind, pos_, pos_ + 1);
      pos_++;
      return;
    }
    std::string_view rest = text_.substr(pos_, 3);
    for (const auto& [spelling, kind] : table.from(static_cast<unsigned char>(rest[0]))) {
      if (rest.starts_with(spelling)) {
        add(kind, pos_, pos_ + spelling.size());
        pos_ += spelling.size();
        return;
      }
    }
    size_t begin = pos_;
    auto known = [&](unsigned char c) {
      return is_name_part(c) || c <= ' ' || others.find(static_cast<char>(c)) != others.npos;
    };
    while (!at_end() && (pos_ == begin || !known(at(pos_)))) pos_++;
    unsigned char c = at(begin);
    bool printable = c > ' ' && c < 0x7F && pos_ - begin == 1;
    error(DiagKind::UnexpectedCharacter, begin, pos_,
          printable ? fmt::format("unexpected character `{}`", static_cast<char>(c))
                    : fmt::format("unexpected character (byte 0x{:02X})", c));
    add(Tok::Bad, begin, pos_);
  }

  std::string_view text_;
  FileId file_;
  Keywords<Tok> keywords_;
  Names& names_;
  DiagnosticSink& sink_;
  LexedToken<Tok>* out_ = nullptr;
  Tok last_ = Tok::End;  // the kind of the token before; End: there is none
  size_t pos_ = 0;
  size_t errors_ = 0;
  bool unclosed_ = false;
  bool gave_up_ = false;
  bool is_done_ = false;

 private:
  // How many of the next eight bytes are blanks before one that is none.
  size_t blanks_at(size_t at) const {
    if constexpr (std::endian::native == std::endian::little) {
      if (text_.size() >= at + 8) {
        uint64_t word = 0;
        std::memcpy(&word, text_.data() + at, 8);
        word ^= 0x2020202020202020u;
        return word == 0 ? 8 : static_cast<size_t>(std::countr_zero(word)) / 8;
      }
    }
    return 0;
  }
};

}  // namespace tenure
