// Printing values.
//
// As ng.md says: arrays `[1, 2]`, tuples `(1, a)`, `(name: a)`, structs `{ x: 1 }`, variants
// `Ok(1)`, references as what they refer to, what is the one part of a struct or variant and has
// no name (nor has the variant) as itself; an object inside itself is `…`, and so is
// everything after the first 10,000 objects of one print. A stack of its own instead of
// recursion, which that number bounds where types nest through references, boxes and arrays.
//
// The same walk, without a word, looks for holes in what would be printed.
#include <math.h>
#include <stdio.h>

#include "bytes.h"
#include "holes.h"

namespace tenure::rt {
namespace {

constexpr uint64_t kMostObjects = 10000;
constexpr char kMore[] = "…";

template <typename T>
T load(const char* place) {
  T value;
  memcpy(&value, place, sizeof value);
  return value;
}

uint64_t natural(char* room, uint64_t value) {
  uint64_t count = digit_count(value);
  digits_before(reinterpret_cast<uint8_t*>(room) + count, value);
  return count;
}
uint64_t integer(char* room, int64_t value) {
  if (value >= 0) return natural(room, static_cast<uint64_t>(value));
  *room = '-';
  return 1 + natural(room + 1, 0 - static_cast<uint64_t>(value));
}
uint64_t real(char* room, double value) {
  int length = isnan(value) ? snprintf(room, kScalarRoom, "nan")
                            : snprintf(room, kScalarRoom, "%.6f", value);
  return static_cast<uint64_t>(length);
}

struct Level {  // something with parts that is being printed
  const char* place;
  const TnType* type;
  uint64_t next, count;
  const TnPart* parts;  // of struct, tuple, payload; null: elements
  const char* close;
  const void* object;  // the reference that opened it, or null
  bool names;          // of parts
  bool referred;       // it is what a reference refers to, the level above has its parts
};

struct Printer {
  TnString* into = nullptr;  // instead of to standard output
  bool looks = false;        // only looks for a hole,
  bool found = false;        // until there is one
  uint64_t* objects;         // that were met so far
  List<Level> levels = {};
  Map<const TnType*> open = {};  // addresses on the way down

  void put(const char* s, uint64_t bytes) const {
    if (looks) return;
    if (!into) return out(s, bytes);
    tn_append_bytes(into, reinterpret_cast<const uint8_t*>(s), bytes);
  }
  void text(const char* s) const { put(s, strlen(s)); }

  // What has no parts.
  void scalar(const char* place, const TnType* type) const {
    switch (type->kind) {
      case TN_UNIT:
        return text("unit");
      case TN_STRING:
      case TN_TEXT: {
        TnString s = load<TnString>(place);
        return put(reinterpret_cast<const char*>(s.data), s.length);
      }
      case TN_NATIVE:
      case TN_POINTER:
        return text(is_word(load<void*>(place)) ? "native" : "null");
      case TN_FUNCTION:
        return text(load<void*>(place) ? "<function>" : "null");
      default: {
        char room[kScalarRoom];
        return put(room, format_scalar(room, place, type));
      }
    }
  }

  void list(const char* place, const TnType* elem, uint64_t count) {
    text("[");
    if (looks && (elem->flags & TN_PLAIN)) count = 0;
    levels.push({place, elem, 0, count, nullptr, "]", nullptr, false, false});
  }
  void parts(const char* place, const TnPart* first, uint32_t count, const char* before,
             const char* after, bool names) {
    text(before);
    levels.push({place, nullptr, 0, count, first, after, nullptr, names, false});
  }

  void variant(const char* place, const TnType* type) {
    uint32_t tag = load<uint32_t>(place + type->tag_offset);
    if (tag >= type->part_count) return text(kMore);
    const TnVariant& v = type->variants[tag];
    if (!*v.name && v.part_count == 1) return value(place + v.parts[0].offset, v.parts[0].type);
    text(v.name);
    if (v.part_count) parts(place, v.parts, v.part_count, "(", ")", false);
  }

  // What a word leads to; the level that closes it closes the object too.
  void pointee(const char* word, const TnType* type) {
    if (!is_word(word)) return text("null");
    const TnType** outer = open.find(word);
    if ((outer && *outer == type) || *objects >= kMostObjects) return text(kMore);
    ++*objects;
    bool marked = !outer;  // (an object and its first part share an address: the outer one counts)
    if (marked) open.put(word) = type;
    levels.push({word, type, 0, 0, nullptr, "", marked ? word : nullptr, false, true});
    if (looks && (type->flags & TN_PLAIN)) found = tn_find_enclosing_hole(word);
    value(word, type);
  }

  // The elements are met as one object: they may hold the span.
  void span(const char* place, const TnType* type) {
    TnSlice all = load<TnSlice>(place);
    const char* items = reinterpret_cast<const char*>(all.data);
    if (!is_word(items)) return list(nullptr, type->elem, 0);
    const TnType** outer = open.find(items);
    if ((outer && *outer == type) || *objects >= kMostObjects) return text(kMore);
    ++*objects;
    if (looks && (type->elem->flags & TN_PLAIN)) {
      found = tn_find_enclosing_hole(items);
      return;
    }
    list(items, type->elem, all.length);
    if (outer) return;
    open.put(items) = type;
    levels[levels.size - 1].object = items;
  }
  void range(const char* place, const TnType* type) {
    if (looks) return;
    scalar(place + type->parts[0].offset, type->elem);
    text(place[type->parts[2].offset] ? "..=" : "..");
    scalar(place + type->parts[1].offset, type->elem);
  }

  void value(const char* place, const TnType* type) {
    if (looks) {
      if (type->flags & TN_PLAIN) return;
      found = is_hole(place, type);
      if (found) return;
    }
    switch (type->kind) {
      case TN_REF:
      case TN_BOX:
        return pointee(load<const char*>(place), type->elem);
      case TN_WEAK: {
        const WeakCell* cell = load<const WeakCell*>(place);
        return pointee(is_word(cell) ? static_cast<const char*>(cell->word) : nullptr, type->elem);
      }
      case TN_ARRAY:
      case TN_VIEW: {
        Buffer* buffer = load<Buffer*>(place);
        return is_word(buffer) ? list(buffer->elements(), type->elem, buffer->length)
                               : list(nullptr, type->elem, 0);
      }
      case TN_SLICE: {
        TnSlice slice = load<TnSlice>(place);
        return list(reinterpret_cast<const char*>(slice.data), type->elem, slice.length);
      }
      case TN_FIXED:
        return list(place, type->elem, type->count);
      case TN_TUPLE:
        return parts(place, type->parts, type->part_count, "(", ")", true);
      case TN_STRUCT:
        if (type->part_count == 1 && !*type->parts[0].name)
          return value(place + type->parts[0].offset, type->parts[0].type);
        if (type->flags & TN_SPAN) return span(place, type);
        if (type->flags & TN_RANGE) return range(place, type);
        return type->part_count ? parts(place, type->parts, type->part_count, "{ ", " }", true)
                                : text("{}");
      case TN_UNION:
        return variant(place, type);
      default:
        scalar(place, type);
    }
  }

  void run(const char* place, const TnType* type) {
    value(place, type);
    while (levels.size && !found) {
      Level& top = levels[levels.size - 1];
      if (top.next == top.count) {
        if (top.object) open.remove(top.object);
        text(top.close);
        levels.size--;
        continue;
      }
      uint64_t i = top.next++;
      if (i) text(", ");
      if (!top.parts) {
        value(top.place + i * top.type->size, top.type);  // (`top` may move)
        continue;
      }
      const TnPart& part = top.parts[i];
      const char* at = top.place + part.offset;
      if (top.names && *part.name) {
        text(part.name);
        text(": ");
      }
      value(at, part.type);
    }
  }

  // Where the hole is: `r.name`, `*r.next`, `(*r)[3]`.
  void spell(PathText& path) {
    bool reference = false;
    for (uint64_t l = 0; l < levels.size; l++) {
      const Level& level = levels[l];
      if (level.referred) {
        if (reference) path.put_before("*");
        reference = true;
        continue;
      }
      uint64_t index = level.next - 1;
      if (level.parts) {
        path.part(level.parts[index], index);
      } else {
        if (reference) path.put_before("(*"), path.add(")");
        path.element(index);
      }
      reference = false;
    }
    if (reference) path.put_before("*");
  }

  void release() {
    levels.release();
    open.release();
  }
};

}  // namespace

uint64_t format_scalar(char* room, const char* place, const TnType* type) {
  switch (type->kind) {
    case TN_BOOL: {
      const char* word = *place ? "true" : "false";
      memcpy(room, word, strlen(word));
      return strlen(word);
    }
    case TN_I8:
      return integer(room, load<int8_t>(place));
    case TN_I16:
      return integer(room, load<int16_t>(place));
    case TN_I32:
      return integer(room, load<int32_t>(place));
    case TN_I64:
      return integer(room, load<int64_t>(place));
    case TN_U8:
      return natural(room, load<uint8_t>(place));
    case TN_U16:
      return natural(room, load<uint16_t>(place));
    case TN_U32:
      return natural(room, load<uint32_t>(place));
    case TN_U64:
      return natural(room, load<uint64_t>(place));
    case TN_F32:
      return real(room, static_cast<double>(load<float>(place)));
    case TN_F64:
      return real(room, load<double>(place));
    default:
      return 0;
  }
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void tn_print_value(const void* value, const TnType* type) {
  Printer printer = {.objects = &g.print_objects};
  printer.run(static_cast<const char*>(value), type);
  printer.release();
}

void tn_show_value(TnString* dst, const void* value, const TnType* type) {
  TnString text = {nullptr, 0, 0};
  uint64_t objects = 0;
  Printer printer = {.into = &text, .objects = &objects};
  printer.run(static_cast<const char*>(value), type);
  printer.release();
  *dst = text;
}

bool tn_find_printed_hole(const void* value, const TnType* type, char* path, uint64_t room) {
  uint64_t objects = 0;
  Printer printer = {.looks = true, .objects = &objects};
  printer.run(static_cast<const char*>(value), type);
  PathText text(path, room);
  if (printer.found) printer.spell(text);
  printer.release();
  return printer.found;
}

void tn_print_text(const char* text, uint64_t bytes) {
  out(text, bytes);
  if (bytes && text[bytes - 1] == '\n') g.print_objects = 0;  // the end of one print
}

}  // extern "C"
