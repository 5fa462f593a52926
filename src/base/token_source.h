// Where a parser gets the tokens of a text from, a few at a time: they are made as the parser comes
// to them, and lie in the cache then.
#pragma once

#include <cstddef>
#include <memory>

#include "base/diag.h"
#include "base/lexer.h"
#include "base/names.h"
#include "base/source.h"

namespace tenure {

// Errors go to the sink. What begins no token is one token of kind Bad. `Lexer`: the language's,
// derived from LexerBase. Its file makes the members of this (an explicit instantiation), so that
// nobody else sees it.
template <class Tok, class Lexer>
class TokenSource {
 public:
  TokenSource(const SourceMap& sources, FileId file, TextPart part, Names& names,
              DiagnosticSink& sink);
  ~TokenSource();
  TokenSource(const TokenSource&) = delete;
  TokenSource& operator=(const TokenSource&) = delete;

  // Puts the next ones into `to`, at most `room`; how many. None behind that of kind End.
  size_t read(LexedToken<Tok>* to, size_t room);
  // The next one is what stands behind `last`.
  void go_on_after(const LexedToken<Tok>& last);
  // Whether what was read makes sense. See LexerBase.
  bool is_usable() const;

 private:
  std::unique_ptr<Lexer> lexer_;
};

template <class Tok, class Lexer>
TokenSource<Tok, Lexer>::TokenSource(const SourceMap& sources, FileId file, TextPart part,
                                     Names& names, DiagnosticSink& sink)
    : lexer_(std::make_unique<Lexer>(sources.file(file).text(), part, file, names, sink)) {}

template <class Tok, class Lexer>
TokenSource<Tok, Lexer>::~TokenSource() = default;

template <class Tok, class Lexer>
size_t TokenSource<Tok, Lexer>::read(LexedToken<Tok>* to, size_t room) {
  return lexer_->read(to, room);
}

template <class Tok, class Lexer>
void TokenSource<Tok, Lexer>::go_on_after(const LexedToken<Tok>& last) {
  lexer_->go_on_after(last);
}

template <class Tok, class Lexer>
bool TokenSource<Tok, Lexer>::is_usable() const {
  return lexer_->is_usable();
}

}  // namespace tenure
