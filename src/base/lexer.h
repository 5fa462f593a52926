// The ground of the lexers: where they stand, what they found, how many mistakes they report. A
// language derives its own from it and says what its tokens look like.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diag.h"
#include "base/scan.h"
#include "base/source.h"
#include "base/text_part.h"

namespace tenure {

template <class Tok>
struct LexedToken {
  uint32_t begin;
  uint32_t end;
  Tok kind;
};

template <class Tok>
struct LexedFile {
  std::vector<LexedToken<Tok>> tokens;  // the last one of kind End
  // Whether it is known where tokens begin and end. Not so after something that is not closed, and
  // where there were so many errors that the rest of the file was passed over: then the parser has
  // nothing sensible to say.
  bool usable = true;
};

// The words of a language that are no names. Made once.
template <class Tok>
class KeywordTable {
 public:
  using Spelling = std::pair<std::string_view, Tok>;
  explicit KeywordTable(std::span<const Spelling> words) {
    for (const Spelling& word : words) {
      size_t slot = first_slot(word.first);
      while (!slots_[slot].first.empty()) slot = (slot + 1) % kSlots;
      slots_[slot] = word;
    }
  }
  // `if_none`: what it is otherwise.
  Tok find(std::string_view word, Tok if_none) const {
    for (size_t slot = first_slot(word); !slots_[slot].first.empty(); slot = (slot + 1) % kSlots) {
      if (slots_[slot].first == word) return slots_[slot].second;
    }
    return if_none;
  }

 private:
  static constexpr size_t kSlots = 256;  // several times as many as there are words
  static size_t first_slot(std::string_view word) {
    auto byte = [&](size_t i) { return static_cast<unsigned char>(word[i]); };
    return (word.size() + byte(0) * 7u + byte(word.size() - 1) * 31u + byte(word.size() / 2) * 3u) %
           kSlots;
  }
  std::array<Spelling, kSlots> slots_{};
};

// Spellings of punctuation by what they begin with.
template <class Tok>
class PunctuationTable {
 public:
  using Spelling = std::pair<std::string_view, Tok>;
  // `table`: the longest first.
  explicit PunctuationTable(std::span<const Spelling> table) {
    for (const Spelling& spelling : table) {
      std::vector<Spelling>& row = rows_[static_cast<unsigned char>(spelling.first[0])];
      row.push_back(spelling);
    }
    for (size_t i = 0; i < rows_.size(); ++i) {
      bool alone = rows_[i].size() == 1 && rows_[i][0].first.size() == 1;
      alone_[i] = alone ? rows_[i][0].second : Tok::Bad;
    }
  }
  // What begins nothing but one token of this byte; else Bad.
  Tok alone(unsigned char byte) const { return alone_[byte]; }
  const std::vector<Spelling>& from(unsigned char first) const { return rows_[first]; }

 private:
  std::array<std::vector<Spelling>, 256> rows_;
  std::array<Tok, 256> alone_{};
};

template <class Tok>
class LexerBase {
 public:
  using Spelling = std::pair<std::string_view, Tok>;

  // Of the text from `part.begin`, where a token or a line begins, to `part.end`.
  LexerBase(std::string_view text, TextPart part, FileId file, DiagnosticSink& sink)
      : text_(text.substr(0, part.end)), file_(file), sink_(sink), pos_(part.begin) {}

 protected:
  static constexpr size_t kMaxErrors = 20;

  // `next` lexes one token; false at the end of the text.
  template <class Next>
  LexedFile<Tok> all(Next next) {
    tokens_.reserve((text_.size() - pos_) / 4 + 16);
    while (!gave_up_ && next()) {
    }
    add(Tok::End, text_.size(), text_.size());
    return {std::move(tokens_), !unclosed_ && !gave_up_};
  }

  unsigned char at(size_t i) const {
    return i < text_.size() ? static_cast<unsigned char>(text_[i]) : 0;
  }
  bool at_end() const { return pos_ >= text_.size(); }
  bool at_space() const { return is_space(at(pos_)); }
  void skip_blanks() {
    const char* text = text_.data();
    size_t end = text_.size(), at = pos_;
    while (at < end && is_space(static_cast<unsigned char>(text[at]))) at++;
    pos_ = at;
  }
  void to_end_of_line() {
    size_t end = text_.find('\n', pos_);
    pos_ = end == std::string_view::npos ? text_.size() : end;
  }

  void add(Tok kind, size_t begin, size_t end) {
    tokens_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end), kind});
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

  void name(const KeywordTable<Tok>& keywords) {
    const char* text = text_.data();
    size_t begin = pos_, size = text_.size(), end = begin + 1;
    while (end < size && is_name_part(static_cast<unsigned char>(text[end]))) end++;
    pos_ = end;
    add(keywords.find({text + begin, end - begin}, Tok::Ident), begin, end);
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
    if (Tok kind = table.alone(at(pos_)); kind != Tok::Bad) {
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
  DiagnosticSink& sink_;
  std::vector<LexedToken<Tok>> tokens_;
  size_t pos_ = 0;
  size_t errors_ = 0;
  bool unclosed_ = false;
  bool gave_up_ = false;
};

}  // namespace tenure
