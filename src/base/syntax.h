// What the nodes of every language's syntax tree have in common. A tree of a large program is most
// of what its compilation touches, so a node is small: a value and the place of a name share their
// room, since no kind has both.
#pragma once

#include <cstdint>

#include "base/names.h"
#include "base/rows.h"
#include "base/source.h"

namespace tenure {

// A number that is aligned as the rest of a node is.
class NodeValue {
 public:
  NodeValue() = default;
  NodeValue(uint64_t value)  // NOLINT(google-explicit-constructor): it is one
      : low_(static_cast<uint32_t>(value)), high_(static_cast<uint32_t>(value >> 32)) {}
  operator uint64_t() const { return low_ | uint64_t{high_} << 32; }  // NOLINT

 private:
  uint32_t low_;
  uint32_t high_;
};

template <class Kind, class Id>
struct SyntaxNode {
  Kind kind = Kind::Error;
  uint8_t op = 0;
  uint16_t flags = 0;
  Span span;  // all of what was written for it
  union {
    struct {
      uint32_t begin, end;
    } name_range = {0, 0};
    NodeValue value;
  };
  NameId name;
  Id a, b, c;
  List list;

  // Of the name alone, where there is one.
  Span name_span() const {
    if (name_range.end == 0) return {};
    return {span.file, name_range.begin, name_range.end};
  }
  void name_is_at(Span where) {
    span.file = where.file;
    name_range = {where.begin, where.end};
  }
};

}  // namespace tenure
