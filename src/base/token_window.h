// What a parser sees of the tokens of a text: the one before where it stands, and those ahead as
// far as it has looked. They are lexed a few hundred at a time, so that they are in the cache when
// the parser comes to them, and forgotten behind it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace tenure {

// `Source` gives tokens: `read(to, room)`. Behind the last one, of kind End, there are more of it.
template <class Token, class Source>
class TokenWindow {
 public:
  template <class... Args>
  explicit TokenWindow(Args&&... args) : source_(std::forward<Args>(args)...) {
    read(1);
  }

  Token& now() const { return *now_; }
  const Token& before() const { return now_ == tokens_.get() ? *now_ : now_[-1]; }
  bool is_first() const { return position() == 0; }
  // May move what `now` and `before` gave.
  const Token& ahead(size_t count) {
    if (static_cast<size_t>(end_ - now_) <= count) [[unlikely]]
      read(count + 1);
    return now_[count];
  }
  // To the next one, if there is one.
  void advance() {
    if (now_->kind != decltype(now_->kind)::End && ++now_ == end_) [[unlikely]]
      read(1);
  }
  void advance_to_end() {
    while (now_->kind != decltype(now_->kind)::End) advance();
  }
  // Passes over the tokens up to `last`, which is one of them, without lexing them. What lies ahead
  // is forgotten.
  void pass_over(const Token& last) {
    *now_++ = last;
    end_ = now_;
    source_.go_on_after(last);
    read(1);
  }
  // How many tokens are lexed at a time, at least.
  void look_ahead(size_t count) { at_once_ = count; }
  // How many were passed.
  size_t position() const { return forgotten_ + static_cast<size_t>(now_ - tokens_.get()); }
  const Source& source() const { return source_; }

 private:
  // From `now` on there are at least `count` then.
  [[gnu::noinline]] void read(size_t count) {
    size_t before = now_ == tokens_.get() ? 0 : 1;
    Token* first = now_ - before;
    size_t wanted = before + count + at_once_;
    forgotten_ += static_cast<size_t>(first - tokens_.get());
    auto kept = static_cast<size_t>(end_ - first);
    if (wanted > room_) {
      Storage more(static_cast<Token*>(::operator new(wanted * 2 * sizeof(Token))));
      std::copy(first, end_, more.get());
      tokens_ = std::move(more);
      room_ = wanted * 2;
    } else {
      std::copy(first, end_, tokens_.get());
    }
    now_ = tokens_.get() + before;
    end_ = tokens_.get() + kept;
    end_ += source_.read(end_, wanted - kept);
    while (end_ < now_ + count) {
      *end_ = end_[-1];
      end_++;
    }
  }

  // Tokens are made where they are read to.
  static_assert(std::is_trivially_copyable_v<Token>);
  struct Free {
    void operator()(Token* tokens) const { ::operator delete(tokens); }
  };
  using Storage = std::unique_ptr<Token, Free>;

  Source source_;
  Storage tokens_;
  size_t room_ = 0;
  Token* now_ = nullptr;
  Token* end_ = nullptr;
  size_t forgotten_ = 0;
  size_t at_once_ = 512;
};

}  // namespace tenure
