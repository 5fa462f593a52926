// Holes.
//
// The marks of empty places in memory (the patterns are at the top of tenure_rt.h), and the
// search for one in a value, which goes through boxes and arrays and keeps its own stack.
#include "holes.h"

namespace tenure::rt {

// The state byte of an aggregate without a `drop` says that all of it was moved. Whoever was lent a
// part since then may have filled it, and cannot know of the byte: so the parts have the last word.
static bool has_only_holes(const char* place, const TnType* type) {
  if (type->kind == TN_FIXED) {
    for (uint64_t i = 0; i < type->count; i++)
      if (!is_hole(place + i * type->elem->size, type->elem)) return false;
    return true;
  }
  for (uint32_t p = 0; p < type->part_count; p++) {
    const TnPart& part = type->parts[p];
    if (!(part.type->flags & TN_PLAIN) && !is_hole(place + part.offset, part.type)) return false;
  }
  return true;
}

bool is_hole(const char* place, const TnType* type) {
  if (!(type->flags & TN_VACATES)) return false;
  if (type->state_offset != TN_NO_STATE && place[type->state_offset])
    return type->drop || has_only_holes(place, type);
  switch (type->kind) {
    case TN_STRING:
    case TN_TEXT:
      return reinterpret_cast<const TnString*>(place)->capacity == ~uint64_t{0};
    case TN_UNION: {
      uint32_t tag;
      memcpy(&tag, place + type->tag_offset, sizeof tag);
      return tag == TN_HOLE_TAG;
    }
    case TN_REF:
    case TN_WEAK:
    case TN_BOX:
    case TN_NATIVE:
    case TN_ARRAY:
    case TN_VIEW: {
      uintptr_t word;
      memcpy(&word, place, sizeof word);
      return word == TN_HOLE_WORD;
    }
    default:
      return false;
  }
}

namespace {

struct Level {  // a place, the next of its parts, and the length of the path up to it
  const char* place;
  const TnType* type;
  uint64_t next;
  uint64_t path;
};

struct Finder {
  List<Level> levels = {};
  PathText path;

  // True: a hole. Else the place's parts wait for their turn.
  bool enter(const char* place, const TnType* type) {
    if (!may_hold(type)) return false;
    if (is_hole(place, type)) return true;
    levels.push({place, type, 0, path.length});
    return false;
  }
  static bool may_hold(const TnType* type) {
    if (type->flags & (TN_PLAIN | TN_VACATES)) return type->flags & TN_VACATES;
    return type->kind >= TN_FIXED || type->kind == TN_ARRAY || type->kind == TN_BOX;
  }

  bool part(Level level, const TnPart* parts, uint32_t count, bool* found) {
    if (level.next >= count) return false;
    const TnPart& p = parts[level.next];
    path.part(p, level.next);
    *found = enter(level.place + p.offset, p.type);
    return true;
  }
  bool element(Level level, const char* first, uint64_t count, const TnType* elem, bool* found) {
    if (level.next >= count || !may_hold(elem)) return false;
    path.element(level.next);
    *found = enter(first + level.next * elem->size, elem);
    return true;
  }

  // The next part of the level; false: there is none.
  bool advance(Level level, bool* found) {
    const TnType* type = level.type;
    switch (type->kind) {
      case TN_STRUCT:
      case TN_TUPLE:
        return part(level, type->parts, type->part_count, found);
      case TN_UNION: {
        uint32_t tag;
        memcpy(&tag, level.place + type->tag_offset, sizeof tag);
        if (tag >= type->part_count) return false;
        return part(level, type->variants[tag].parts, type->variants[tag].part_count, found);
      }
      case TN_FIXED:
        return element(level, level.place, type->count, type->elem, found);
      case TN_ARRAY: {
        Buffer* buffer = *reinterpret_cast<Buffer* const*>(level.place);
        if (!is_word(buffer)) return false;
        return element(level, buffer->elements(), buffer->length, type->elem, found);
      }
      case TN_BOX: {
        const char* content = *reinterpret_cast<const char* const*>(level.place);
        if (!is_word(content) || level.next) return false;
        *found = enter(content, type->elem);
        return true;
      }
      default:
        return false;
    }
  }

  bool run(const char* place, const TnType* type) {
    bool found = enter(place, type);
    while (!found && levels.size) {
      Level& top = levels[levels.size - 1];
      path.cut(top.path);
      Level level = top;
      top.next++;
      if (!advance(level, &found)) levels.size--;
    }
    levels.release();
    return found;
  }
};

// The part of the value at `at` that `address` lies in; false: in none, or in one that cannot be
// a hole or hold one.
bool step_towards(const char* address, const char*& at, const TnType*& type) {
  uint64_t offset = static_cast<uint64_t>(address - at);
  const TnPart* parts = type->parts;
  uint32_t count = type->part_count;
  if (type->kind == TN_FIXED) {
    if (!type->elem->size) return false;
    at += offset / type->elem->size * type->elem->size;
    type = type->elem;
    return true;
  }
  if (type->kind == TN_UNION) {
    uint32_t tag;
    memcpy(&tag, at + type->tag_offset, sizeof tag);
    if (tag >= count) return false;
    parts = type->variants[tag].parts;
    count = type->variants[tag].part_count;
  } else if (type->kind != TN_STRUCT && type->kind != TN_TUPLE) {
    return false;
  }
  for (uint32_t p = 0; p < count; p++) {
    if (offset - parts[p].offset >= parts[p].type->size) continue;
    at += parts[p].offset;
    type = parts[p].type;
    return true;
  }
  return false;
}

}  // namespace
}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

bool tn_find_hole(const void* place, const TnType* type, char* path, uint64_t room) {
  Finder finder = {{}, PathText(path, room)};
  uint64_t length = finder.path.length;
  bool found = finder.run(static_cast<const char*>(place), type);
  if (found) finder.path.settle_star(length);
  return found;
}

bool tn_find_enclosing_hole(const void* address) {
  const char* inner = static_cast<const char*>(address);
  void* body = object_of(address);
  if (!body) return false;
  const char* at = static_cast<const char*>(body);
  const TnType* type = type_of(body);
  if (header(body).info & TN_F_BUFFER) {
    if (type->kind != TN_ARRAY || !type->elem->size) return false;
    at = static_cast<Buffer*>(body)->elements();
    at += static_cast<uint64_t>(inner - at) / type->elem->size * type->elem->size;
    type = type->elem;
  }
  // Of the aggregates around it the innermost one knows: an outer one's byte may be older.
  bool empty = false;
  do {
    bool has_state = (type->flags & TN_VACATES) && type->state_offset != TN_NO_STATE;
    empty = has_state ? at[type->state_offset] != 0 : empty || is_hole(at, type);
  } while (!(type->flags & TN_PLAIN) && step_towards(inner, at, type));
  return empty;
}

void tn_mark_hole(void* place, const TnType* type) {
  if (type->flags & TN_PLAIN) return;
  char* at = static_cast<char*>(place);
  if (type->state_offset != TN_NO_STATE) at[type->state_offset] = 1;
  switch (type->kind) {
    case TN_STRING:
    case TN_TEXT:
      *static_cast<TnString*>(place) = {nullptr, 0, ~uint64_t{0}};
      return;
    case TN_UNION: {
      uint32_t tag = TN_HOLE_TAG;
      memcpy(at + type->tag_offset, &tag, sizeof tag);
      return;
    }
    case TN_STRUCT:
    case TN_TUPLE:
      for (uint32_t p = 0; p < type->part_count; p++)
        tn_mark_hole(at + type->parts[p].offset, type->parts[p].type);
      return;
    case TN_FIXED:
      for (uint64_t i = 0; i < type->count; i++)
        tn_mark_hole(at + i * type->elem->size, type->elem);
      return;
    case TN_REF:
    case TN_WEAK:
    case TN_BOX:
    case TN_NATIVE:
    case TN_ARRAY:
    case TN_VIEW: {
      uintptr_t word = TN_HOLE_WORD;
      memcpy(at, &word, sizeof word);
      return;
    }
    default:
      return;
  }
}

void tn_clear_hole(void* place, const TnType* type) {
  if (!(type->flags & TN_VACATES)) return;
  char* at = static_cast<char*>(place);
  if (type->state_offset != TN_NO_STATE) at[type->state_offset] = 0;
}

}  // extern "C"
