// Hashing values of any type: what tn_equal finds equal has one hash.
//
// Numbers are mixed by a multiplication of 64 by 64 bits, of which both halves count (as wyhash
// does). What leads from value to value goes through a list: nothing recurses over data
// [O-LIFE-9], only over types that contain each other by value.
#include "bytes.h"

namespace tenure::rt {
namespace {

constexpr uint64_t kSeed = 0xA0761D6478BD642Full, kFactor = 0xE7037ED1A0B428DBull;

uint64_t mixed(uint64_t a, uint64_t b) {
  unsigned __int128 product = static_cast<unsigned __int128>(a ^ kSeed) * (b ^ kFactor);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

template <typename T>
T load(const void* place) {
  T value;
  memcpy(&value, place, sizeof value);
  return value;
}

uint64_t hash_of_bytes(const uint8_t* at, uint64_t length) {
  uint64_t hash = length;
  if (length >= 8) {
    const uint8_t* last = at + length - 8;  // its first bytes may have been mixed in before
    for (; at < last; at += 8) hash = mixed(hash, load<uint64_t>(at));
    return mixed(hash, load<uint64_t>(last));
  }
  uint64_t all = 0;
  if (length >= 4) {
    all = load<uint32_t>(at) | uint64_t{load<uint32_t>(at + length - 4)} << 32;
  } else if (length > 0) {
    all = at[0] | uint64_t{at[length / 2]} << 8 | uint64_t{at[length - 1]} << 16;
  }
  return mixed(hash, all);
}

struct Elements {
  const char* place;
  const TnType* type;
  uint64_t count;
};

struct Hasher {
  uint64_t hash = 0;
  List<Elements> waiting = {};

  void word(uint64_t value) { hash = mixed(hash, value); }
  template <typename T>
  void number(const char* place) {
    word(static_cast<uint64_t>(load<T>(place)));
  }
  // 0.0 and -0.0 are equal.
  void real(double value) { word(value == 0 ? 0 : load<uint64_t>(&value)); }

  void parts(const char* place, const TnPart* list, uint32_t count) {
    for (uint32_t p = 0; p < count; p++) value(place + list[p].offset, list[p].type);
  }

  void elements(const char* place, const TnType* elem) {
    Buffer* buffer = load<Buffer*>(place);
    word(tn_array_length(buffer));
    if (is_word(buffer)) waiting.push({buffer->elements(), elem, buffer->length});
  }

  void value(const char* place, const TnType* type) {
    switch (type->kind) {
      case TN_UNIT:
        return;
      case TN_BOOL:
      case TN_I8:
      case TN_U8:
        return number<uint8_t>(place);
      case TN_I16:
      case TN_U16:
        return number<uint16_t>(place);
      case TN_I32:
      case TN_U32:
        return number<uint32_t>(place);
      case TN_F32:
        return real(static_cast<double>(load<float>(place)));
      case TN_F64:
        return real(load<double>(place));
      case TN_STRING:
      case TN_TEXT: {
        TnString s = load<TnString>(place);
        return word(hash_of_bytes(s.data, s.length));
      }
      case TN_ARRAY:
      case TN_VIEW:
        return elements(place, type->elem);
      case TN_BOX: {
        const char* boxed = load<const char*>(place);
        word(is_word(boxed));
        if (is_word(boxed)) waiting.push({boxed, type->elem, 1});
        return;
      }
      case TN_FIXED:
        for (uint64_t i = 0; i < type->count; i++) value(place + i * type->elem->size, type->elem);
        return;
      case TN_TUPLE:
      case TN_STRUCT:
        return parts(place, type->parts, type->part_count);
      case TN_UNION: {
        uint32_t tag = load<uint32_t>(place + type->tag_offset);
        word(tag);
        if (tag < type->part_count)
          parts(place, type->variants[tag].parts, type->variants[tag].part_count);
        return;
      }
      case TN_SLICE:
        number<uint64_t>(place);
        return number<uint64_t>(place + 8);
      default:  // i64, u64, references and the like: identity
        return number<uint64_t>(place);
    }
  }
};

}  // namespace
}  // namespace tenure::rt

extern "C" int64_t tn_hash_value(const void* value, const TnType* type) {
  using namespace tenure::rt;
  Hasher hasher;
  hasher.value(static_cast<const char*>(value), type);
  while (hasher.waiting.size) {
    Elements next = hasher.waiting.pop();
    for (uint64_t i = 0; i < next.count; i++)
      hasher.value(next.place + i * next.type->size, next.type);
  }
  hasher.waiting.release();
  return static_cast<int64_t>(mixed(hasher.hash, 0));
}
