// Values of any type, in place.
//
// Copying, cloning, assigning, comparing; holes. What a value owns comes from its step program,
// so a copy is a copy of the bytes and a count for each slot. What leads from value to value
// (boxes, buffers copied at once) goes through lists: nothing recurses over data [O-LIFE-9],
// only over types that contain each other by value.
#include "rt_internal.h"

namespace tenure::rt {
namespace {

struct Fresh {  // a bit-wise copy whose slots are not counted yet
  char* base;
  const Code* code;
};

struct Adopter {
  List<Fresh> waiting = {};
  bool deep = false;

  void array(const Step& step, void** slot) {
    void* word = *slot;
    TypeInfo* info = info_of(step.type);
    if (!deep || !(step.type->elem->flags & TN_MOVE_ONLY)) {
      Header& h = header(word);
      if ((h.info & TN_F_EXPOSED) && h.count == 1 && !(h.info & TN_F_OUTER))
        h.info &= ~TN_F_EXPOSED;
      if (!(h.info & TN_F_EXPOSED)) return retain_body(word);
    }
    uint64_t length = static_cast<Buffer*>(word)->length;
    uint64_t bytes = TN_BUFFER_ELEMS + length * step.type->elem->size;
    Buffer* made = static_cast<Buffer*>(new_buffer_object(info, bytes + 1));
    memcpy(static_cast<void*>(made), word, bytes);
    made->capacity = length;
    *slot = made;
    if (!info->buffer.empty()) waiting.push({reinterpret_cast<char*>(made), &info->buffer});
  }

  void box(const Step& step, void** slot) {
    if (!deep) tn_internal_error("copy of a box");
    TypeInfo* info = info_of(step.type->elem);
    char* made = static_cast<char*>(new_object(info, nullptr));
    memcpy(made, *slot, step.type->elem->size);
    *slot = made;
    if (!info->value.empty()) waiting.push({made, &info->value});
  }

  void slot(const Step& step, char* at) {
    if (step.op == Op::String) {
      TnString* s = reinterpret_cast<TnString*>(at);
      return step.type->kind == TN_TEXT ? tn_text_copy(s, s) : tn_str_copy(s, s);
    }
    void** word = reinterpret_cast<void**>(at);
    if (!is_word(*word)) return;
    switch (step.op) {
      case Op::Ref:
      case Op::View:
        return retain_body(*word);
      case Op::RefInterior:
        if (void* body = object_of(*word)) retain_body(body);
        return;
      case Op::Weak:
        tn_weak_copy(*word);
        return;
      case Op::Array:
        return array(step, word);
      case Op::Box:
        return box(step, word);
      default:
        return;
    }
  }

  void run(char* base, const Code* code) {
    auto each = [this](const Step& step, char* at) { slot(step, at); };
    visit_steps(code->steps, 0, base, each);
    while (waiting.size) {
      Fresh next = waiting.pop();
      visit_steps(next.code->steps, 0, next.base, each);
    }
    waiting.release();
  }
};

// ---- comparing

struct Pair {
  const char *a, *b;
  const TnType* type;
  uint64_t count;
};

struct Comparer {
  List<Pair> waiting = {};

  template <typename T>
  static bool same(const char* a, const char* b) {
    T x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y;
  }

  bool parts(const char* a, const char* b, const TnPart* list, uint32_t count) {
    for (uint32_t p = 0; p < count; p++)
      if (!value(a + list[p].offset, b + list[p].offset, list[p].type)) return false;
    return true;
  }

  bool arrays(const char* a, const char* b, const TnType* elem) {
    Buffer *x, *y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    if (tn_array_length(x) != tn_array_length(y)) return false;
    // (Not equal by being the same: a NaN is not.)
    if (is_word(x)) waiting.push({x->elements(), y->elements(), elem, x->length});
    return true;
  }

  bool spans(const char* a, const char* b, const TnType* elem) {
    TnSlice x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    if (x.length != y.length) return false;
    if (!is_word(x.data)) return true;
    waiting.push(
        {reinterpret_cast<char*>(x.data), reinterpret_cast<char*>(y.data), elem, x.length});
    return true;
  }

  bool boxes(const char* a, const char* b, const TnType* elem) {
    char *x, *y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    if (!is_word(x) || !is_word(y)) return x == y;
    waiting.push({x, y, elem, 1});
    return true;
  }

  bool value(const char* a, const char* b, const TnType* type) {
    switch (type->kind) {
      case TN_UNIT:
        return true;
      case TN_BOOL:
      case TN_I8:
      case TN_U8:
        return *a == *b;
      case TN_I16:
      case TN_U16:
        return same<uint16_t>(a, b);
      case TN_I32:
      case TN_U32:
        return same<uint32_t>(a, b);
      case TN_F32:
        return same<float>(a, b);
      case TN_F64:
        return same<double>(a, b);
      case TN_STRING:
      case TN_TEXT:
        return tn_str_equal(reinterpret_cast<const TnString*>(a),
                            reinterpret_cast<const TnString*>(b));
      case TN_ARRAY:
      case TN_VIEW:
        return arrays(a, b, type->elem);
      case TN_BOX:
        return boxes(a, b, type->elem);
      case TN_FIXED:
        for (uint64_t i = 0; i < type->count; i++)
          if (!value(a + i * type->elem->size, b + i * type->elem->size, type->elem)) return false;
        return true;
      case TN_STRUCT:
        if (type->flags & TN_SPAN) return spans(a, b, type->elem);
        [[fallthrough]];
      case TN_TUPLE:
        return parts(a, b, type->parts, type->part_count);
      case TN_UNION: {
        if (!same<uint32_t>(a + type->tag_offset, b + type->tag_offset)) return false;
        uint32_t tag;
        memcpy(&tag, a + type->tag_offset, sizeof tag);
        return tag >= type->part_count ||
               parts(a, b, type->variants[tag].parts, type->variants[tag].part_count);
      }
      case TN_SLICE:
        return same<uint64_t>(a, b) && same<uint64_t>(a + 8, b + 8);  // the same elements
      default:
        return same<uint64_t>(a, b);  // i64, u64, references and the like: identity
    }
  }

  bool run(const char* a, const char* b, const TnType* type) {
    bool equal = value(a, b, type);
    while (equal && waiting.size) {
      Pair next = waiting.pop();
      uint64_t size = next.type->size;
      for (uint64_t i = 0; equal && i < next.count; i++)
        equal = value(next.a + i * size, next.b + i * size, next.type);
    }
    waiting.release();
    return equal;
  }
};

}  // namespace

void adopt(void* place, const TnType* type, bool deep) {
  if (type->flags & TN_PLAIN) return;
  Adopter adopter;
  adopter.deep = deep;
  adopter.run(static_cast<char*>(place), &info_of(type)->value);
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void tn_copy_value(void* dst, const void* src, const TnType* type) {
  memmove(dst, src, type->size);
  if (type->kind == TN_STRING)
    tn_str_copy(static_cast<TnString*>(dst), static_cast<TnString*>(dst));
  else if (type->kind == TN_TEXT)
    tn_text_copy(static_cast<TnString*>(dst), static_cast<TnString*>(dst));
  else
    adopt(dst, type, false);
}

void tn_clone_value(void* dst, const void* src, const TnType* type) {
  memmove(dst, src, type->size);
  adopt(dst, type, true);
}

bool tn_equal(const void* a, const void* b, const TnType* type) {
  Comparer comparer;
  return comparer.run(static_cast<const char*>(a), static_cast<const char*>(b), type);
}

TnStatus tn_assign_value(void* dst, void* src, const TnType* type, const TnSite* origin) {
  if (type->flags & TN_PLAIN) {
    memmove(dst, src, type->size);
    return TN_OK;
  }
  alignas(8) char small[256];
  char* old = type->size <= sizeof small ? small : static_cast<char*>(malloc(type->size));
  if (!old) tn_out_of_memory();
  memcpy(old, dst, type->size);
  memmove(dst, src, type->size);
  TnStatus status = tn_drop_value(old, type, kReasonOverwritten, origin);
  if (old != small) free(old);
  return status;
}

}  // extern "C"
