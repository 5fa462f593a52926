// What searches for holes have in common: the marks, and the spelling of where one is.
#pragma once

#include <stdio.h>

#include "rt_internal.h"

namespace tenure::rt {

// Whether the place itself is a hole, whatever its parts are.
bool is_hole(const char* place, const TnType* type);

// The path to a part, written behind a name that is there already, within `room` bytes.
struct PathText {
  char* path;  // null: nobody wants it
  uint64_t room, length;

  PathText(char* text, uint64_t bytes)
      : path(bytes ? text : nullptr), room(bytes), length(path ? strnlen(path, bytes) : 0) {}

  void add(const char* text) {
    if (!path) return;
    for (; *text && length + 1 < room; text++) path[length++] = *text;
    path[length] = 0;
  }
  void part(const TnPart& part, uint64_t index) {
    char number[32];
    snprintf(number, sizeof number, ".%llu", static_cast<unsigned long long>(index));
    if (*part.name) add(".");
    add(*part.name ? part.name : number);
  }
  void element(uint64_t index) {
    char number[32];
    snprintf(number, sizeof number, "[%llu]", static_cast<unsigned long long>(index));
    add(number);
  }
  // Before all that is there.
  void put_before(const char* text) {
    uint64_t bytes = strlen(text);
    if (!path || length + bytes + 1 > room) return;
    memmove(path + bytes, path, length + 1);
    memcpy(path, text, bytes);
    length += bytes;
  }
  // The text was `*r`, `length_then` long, before parts were added: `r.s`, `(*r)[3]`.
  void settle_star(uint64_t length_then) {
    if (!path || *path != '*' || length <= length_then || length + 3 > room) return;
    if (path[length_then] == '.') {
      memmove(path, path + 1, length--);
      return;
    }
    memmove(path + length_then + 1, path + length_then, length + 1 - length_then);
    path[length_then] = ')';
    length++;
    put_before("(");
  }
  void cut(uint64_t to) {
    length = to;
    if (path && length < room) path[length] = 0;
  }
};

}  // namespace tenure::rt
