// Growable arrays.
//
// One word to a buffer object, or null. A copy shares the buffer, a write takes a buffer of its
// own first, unless the buffer is exposed: a reference or a view leads into it. Then it has one
// owner (the other counts are viewers), copies are made at once, writes happen in place, and
// growth leaves the old buffer to the viewers [O-REF-9]. An exposed buffer met with a count of 1
// has lost its viewers and is an ordinary one again, unless it is exposed for good (`outer`).
#include "rt_internal.h"

namespace tenure::rt {

static inline Buffer* buffer(void* word) {
  return static_cast<Buffer*>(word);
}

static Buffer* new_buffer(TypeInfo* info, uint64_t length, uint64_t capacity) {
  uint64_t bytes;
  if (__builtin_mul_overflow(capacity, info->type->elem->size, &bytes) ||
      bytes > (uint64_t{1} << 46))
    tn_out_of_memory();
  // Elements without size have addresses too, and these must be inside.
  bytes += TN_BUFFER_ELEMS + (info->type->elem->size == 0 ? 1 : 0);
  Buffer* made = buffer(new_buffer_object(info, bytes));
  made->length = length;
  made->capacity = capacity;
  return made;
}

// Exposed, viewers included? Clears the flag where the viewers have gone.
static bool still_exposed(void* word) {
  Header& h = header(word);
  if (!(h.info & TN_F_EXPOSED)) return false;
  if (h.count != 1 || (h.info & TN_F_OUTER)) return true;
  h.info &= ~TN_F_EXPOSED;
  return false;
}

// Copies of elements whose bytes lie somewhere.
static Buffer* copy_elements(const void* from, uint64_t length, const TnType* type,
                             uint64_t capacity) {
  TypeInfo* info = info_of(type);
  Buffer* made = new_buffer(info, length, capacity);
  memcpy(made->elements(), from, length * type->elem->size);
  for (uint64_t i = 0; i < length && !info->buffer.empty(); i++)
    adopt(made->elements() + i * type->elem->size, type->elem, false);
  return made;
}

void* copy_buffer(void* word, const TnType* type, uint64_t capacity) {
  Buffer* from = buffer(word);
  return copy_elements(from->elements(), from->length, type, capacity);
}

static uint64_t grown(uint64_t capacity) {
  return capacity < 4 ? 4 : capacity * 2;
}

// The elements move into a larger buffer; nobody but the array looks at the old one.
static Buffer* move_elements(Buffer* from, TypeInfo* info, uint64_t capacity) {
  uint64_t size = info->type->elem->size;
  uint64_t more = 0;
  bool fits = !__builtin_mul_overflow(capacity, size, &more) && size != 0;
  more += TN_BUFFER_ELEMS;
  if (RT_UNLIKELY(fits && grows_by_pages(from, more))) {
    uint64_t used = TN_BUFFER_ELEMS + from->length * size;
    Buffer* made = buffer(grow_object(from, info->prefix, used, &more));
    made->capacity = (more - TN_BUFFER_ELEMS) / size;
    return made;
  }
  Buffer* made = new_buffer(info, from->length, capacity);
  memcpy(made->elements(), from->elements(), from->length * info->type->elem->size);
  free_object(from);
  return made;
}

// The elements that cannot be copied move, and leave holes to the viewers.
static void leave_to_viewers(Buffer* old, const TnType* elem) {
  if (!(elem->flags & TN_MOVE_ONLY)) return;
  if (!(elem->flags & TN_VACATES)) {
    old->length = 0;
    return;
  }
  for (uint64_t i = 0; i < old->length; i++) tn_mark_hole(old->elements() + i * elem->size, elem);
}

static Buffer* grow_away_from_viewers(Buffer* old, TypeInfo* info) {
  const TnType* elem = info->type->elem;
  Buffer* made;
  if (elem->flags & TN_MOVE_ONLY) {
    made = new_buffer(info, old->length, grown(old->length));
    memcpy(made->elements(), old->elements(), old->length * elem->size);
  } else {
    made = buffer(copy_buffer(old, info->type, grown(old->length)));
  }
  leave_to_viewers(old, elem);
  // Whoever looks into an element's own buffer goes on doing so: it moved along.
  if ((header(old).info & TN_F_OUTER) && (elem->flags & TN_MOVE_ONLY))
    header(made).info |= TN_F_EXPOSED | TN_F_OUTER;
  return made;
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void* tn_array_new(uint64_t length, const TnType* type) {
  if (length == 0) return nullptr;
  if (RT_UNLIKELY(g.options.gc_stress != 0)) before_allocation();
  TypeInfo* info = info_of(type);
  if (type->flags & TN_CYCLIC) spend_cyclic_budget();
  return new_buffer(info, length, length);
}

void* tn_array_copy(void* word, const TnType* type) {
  if (!is_word(word)) return word;
  if (still_exposed(word)) return copy_buffer(word, type, buffer(word)->length);
  retain_body(word);
  return word;
}

TnStatus tn_array_release(void* word, const TnType*, uint32_t reason, const TnSite* origin) {
  if (!is_word(word)) return TN_OK;
  Origin given = {origin, reason};
  if (count_down(word)) return die(word, &given);
  left_with_viewers(word, given);
  return TN_OK;
}

void tn_array_unique(void** word, const TnType* type) {
  void* old = *word;
  if (!is_word(old) || header(old).count == 1 || still_exposed(old)) return;
  *word = copy_buffer(old, type, buffer(old)->length);
  count_down(old);  // shared, so it lives on
}

TnStatus tn_array_push(void** word, void* element, const TnType* type) {
  TypeInfo* info = info_of(type);
  void* old = is_word(*word) ? *word : nullptr;
  TnStatus status = TN_OK;
  Buffer* own = buffer(old);
  void* left = nullptr;
  if (!old) {
    own = new_buffer(info, 0, grown(0));
  } else if (still_exposed(old)) {
    own = grow_away_from_viewers(own, info);
    left = old;
  } else if (header(old).count != 1) {
    own = buffer(copy_buffer(old, type, grown(own->length)));
    left = old;
  } else if (own->length == own->capacity) {
    own = move_elements(own, info, grown(own->capacity));
  }
  memcpy(own->elements() + own->length * type->elem->size, element, type->elem->size);
  own->length++;
  *word = own;
  // An outer-exposed buffer without viewers dies here: its elements are copies' originals, or
  // holes.
  if (left && count_down(left)) status = die(left, nullptr);
  return status;
}

TnStatus tn_array_pop(void* dst, void** word, const TnType* type, const TnSite* site) {
  const TnType* elem = type->elem;
  uint64_t length = tn_array_length(*word);
  if (length == 0) {
    tn_report_index(0, true, 0, site);
    return TN_FAILED;
  }
  void* old = *word;
  char* last = buffer(old)->elements() + (length - 1) * elem->size;
  char path[200] = "";
  if ((elem->flags & TN_VACATES) && tn_find_hole(last, elem, path, sizeof path)) {
    tn_report_moved(path, site, nullptr);
    return TN_FAILED;
  }
  bool viewed = still_exposed(old);
  if (!viewed && header(old).count == 1) {
    memcpy(dst, last, elem->size);
    buffer(old)->length--;
    return TN_OK;
  }
  // Others see the buffer too, and go on seeing what is in it.
  Buffer* own = viewed ? grow_away_from_viewers(buffer(old), info_of(type))
                       : buffer(copy_buffer(old, type, length));
  memcpy(dst, own->elements() + (length - 1) * elem->size, elem->size);
  own->length--;
  *word = own;
  return count_down(old) ? die(old, nullptr) : TN_OK;
}

void tn_array_reserve(void** word, uint64_t count, const TnType* type) {
  void* old = is_word(*word) ? *word : nullptr;
  if (static_cast<int64_t>(count) <= 0) return;
  if (!old) {
    *word = new_buffer(info_of(type), 0, count);
  } else if (buffer(old)->capacity < count && !still_exposed(old)) {
    if (header(old).count == 1) {
      *word = move_elements(buffer(old), info_of(type), count);
    } else {
      *word = copy_buffer(old, type, count);
      count_down(old);  // shared, so it lives on
    }
  }
}

void tn_array_shift(void** word, uint64_t from, uint64_t to, const TnType* type) {
  if (from == to) return;
  tn_array_unique(word, type);
  uint64_t size = type->elem->size;
  char* at = buffer(*word)->elements() + from * size;
  char* end = buffer(*word)->elements() + to * size;
  // The element passes the others in pieces, so that its size does not matter.
  char piece[256];
  for (uint64_t left = size; left != 0;) {
    uint64_t bytes = left < sizeof piece ? left : sizeof piece;
    if (from < to) {
      memcpy(piece, at, bytes);
      memmove(at, at + bytes, static_cast<uint64_t>(end + size - at) - bytes);
      memcpy(end + size - bytes, piece, bytes);
    } else {
      // The last bytes first.
      memcpy(piece, at + size - bytes, bytes);
      memmove(end + bytes, end, static_cast<uint64_t>(at + size - end) - bytes);
      memcpy(end, piece, bytes);
    }
    left -= bytes;
  }
}

TnStatus tn_array_arrange(void** word, void* held, const void* bytes, const TnType* type) {
  if (!is_word(held)) return TN_OK;
  uint64_t length = buffer(held)->length, size = length * type->elem->size;
  bool same = *word == held;
  if (same) count_down(held);  // the array's own count is left
  if (header(held).count == 1) {
    memcpy(buffer(held)->elements(), bytes, size);
  } else {
    void* shared = held;
    held = copy_elements(bytes, length, type, length);
    count_down(shared);
  }
  void* old = *word;
  if (!same && is_word(old) && still_exposed(old) && buffer(old)->length == length) {
    // Others look at the elements where they are.
    char* a = buffer(old)->elements();
    char* b = buffer(held)->elements();
    for (uint64_t i = 0; i < size; i++) {
      char byte = a[i];
      a[i] = b[i];
      b[i] = byte;
    }
    old = held;
  } else {
    *word = held;
  }
  return same ? TN_OK : tn_array_release(old, type, kReasonOverwritten, nullptr);
}

void tn_array_expose(void** word, const TnType* type, bool outer) {
  if (!is_word(*word)) return;
  tn_array_unique(word, type);
  header(*word).info |= TN_F_EXPOSED | (outer ? TN_F_OUTER : 0);
}

uint64_t tn_array_length(const void* word) {
  return is_word(word) ? static_cast<const Buffer*>(word)->length : 0;
}

void* tn_array_view(void** word, const TnType* type) {
  if (!is_word(*word)) return nullptr;
  tn_array_expose(word, type, false);
  retain_body(*word);
  return *word;
}

}  // extern "C"
