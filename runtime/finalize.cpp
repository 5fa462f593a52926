// Cycles: the death of a dead set with watched objects.
//
// O-CYC-4. All members are held; their weak references become null; in the order of allocation
// each one's own drop runs and then those by-value parts die that have, or hold, a drop, leaving
// holes. A second trial, inside of the set, finds what is referred to from outside again: it
// lives on, with what it reaches. The rest is left in `dead` for free_garbage. Buffers of arrays
// and contents of boxes are objects of the heap but parts of the language's values: they die
// with the member that owns them (kMarkOwned), not in a turn of their own.
#include "rt_internal.h"

namespace tenure::rt {
namespace {

inline bool in_set(const void* body) {
  return colour(body) >= kSaved;
}
inline bool marked(void* body, uint64_t marks) {
  return has_stamp(body) && (stamp_and_marks(body) & marks);
}

struct Finalizer {
  List<void*>& set;
  Origin origin = {};

  // ---- order
  static uint64_t stamp_of(void* body) {  // (unwatched ones have nothing to do)
    return has_stamp(body) ? stamp_and_marks(body) >> kStampShift : 0;
  }
  static int by_stamp(const void* a, const void* b) {
    uint64_t x = stamp_of(*static_cast<void* const*>(a));
    uint64_t y = stamp_of(*static_cast<void* const*>(b));
    return x < y ? -1 : x > y;
  }

  void mark_owned() {
    for (size_t i = 0; i < set.size; i++)
      for_each_edge(set[i], [](void* child, const Step& step) {
        if ((step.op == Op::Box || step.op == Op::Array) && has_stamp(child) && in_set(child))
          stamp_and_marks(child) |= kMarkOwned;
      });
  }

  // ---- a turn
  // ------------------------------------------------------------------------------------------ The
  // value leaves its place, then it dies.
  void empty_place(char* place, const TnType* type) {
    if (!info_of(type)->holds_drop) return;
    alignas(8) char small[256];
    char* value = type->size <= sizeof small ? small : static_cast<char*>(malloc(type->size));
    if (!value) tn_out_of_memory();
    memcpy(value, place, type->size);
    if (type->flags & TN_VACATES)
      tn_mark_hole(place, type);
    else
      empty_without_hole(place, type);
    drop_in_place(value, info_of(type)->value, origin);
    if (value != small) free(value);
  }

  // A type of which nobody can see an empty place: words become null, tags go out of range.
  static void empty_without_hole(char* place, const TnType* type) {
    memset(place, 0, type->size);
    if (type->kind == TN_UNION || type->kind == TN_STRING || type->kind == TN_TEXT)
      tn_mark_hole(place, type);
  }

  void empty_parts(char* place, const TnPart* parts, uint32_t count) {
    for (uint32_t p = 0; p < count; p++) empty_place(place + parts[p].offset, parts[p].type);
  }

  void empty_value(char* place, const TnType* type) {
    switch (type->kind) {
      case TN_STRUCT:
      case TN_TUPLE:
        return empty_parts(place, type->parts, type->part_count);
      case TN_UNION: {
        uint32_t tag;
        memcpy(&tag, place + type->tag_offset, sizeof tag);
        if (tag < type->part_count)
          empty_parts(place, type->variants[tag].parts, type->variants[tag].part_count);
        return;
      }
      case TN_FIXED:
        for (uint64_t i = 0; i < type->count; i++)
          empty_place(place + i * type->elem->size, type->elem);
        return;
      case TN_ARRAY:
      case TN_BOX:
        return empty_place(place, type);  // a lifted local
      default:
        return;
    }
  }

  void turn(void* body) {
    Header& h = header(body);
    const TnType* type = type_of(body);
    char* place = static_cast<char*>(body);
    origin = origin_of(body, {nullptr, kReasonCycle});
    origin.reason = kReasonCycle;
    bool first = !(h.info & TN_F_FINALIZED);
    h.info |= TN_F_FINALIZED;
    if (h.info & TN_F_BUFFER) {
      Buffer* buffer = static_cast<Buffer*>(body);
      for (uint64_t i = 0; i < buffer->length && info_of(type)->holds_drop; i++)
        empty_place(buffer->elements() + i * type->elem->size, type->elem);
      return;
    }
    if (type->drop && first && !is_hole_object(place, type)) run_user_drop(type, body, origin);
    empty_value(place, type);
  }

  static bool is_hole_object(const char* place, const TnType* type) {
    if (type->state_offset != TN_NO_STATE) return place[type->state_offset] != 0;
    uint32_t tag = 0;
    if (type->kind == TN_UNION) memcpy(&tag, place + type->tag_offset, sizeof tag);
    return tag == TN_HOLE_TAG;
  }

  void take_turns() {
    // What an owner let go of with viewers left has a turn of its own, if late.
    for (bool late = false;; late = true) {
      bool any = false;
      for (size_t i = 0; i < set.size; i++) {
        if (!has_stamp(set[i]) || marked(set[i], kMarkOwned | kMarkEmptied | kMarkTurned)) continue;
        stamp_and_marks(set[i]) |= kMarkTurned;
        any = true;
        turn(set[i]);
      }
      if (late && !any) return;
    }
  }

  // ---- who lives on
  template <typename F>
  void inner_edges(void* body, F&& f) {
    if (marked(body, kMarkEmptied)) return;
    for_each_edge(body, [&](void* child, const Step&) {
      if ((header(child).info & TN_F_CYCLIC) && header(child).count >= 0 && in_set(child)) f(child);
    });
  }

  void save(void* body, List<void*>& saved) {
    if (colour(body) != kGarbage || marked(body, kMarkEmptied)) return;
    set_colour(body, kSaved);
    saved.push(body);
  }

  void let_survivors_go() {
    for (size_t i = 0; i < set.size; i++)
      inner_edges(set[i], [](void* child) { header(child).count--; });
    List<void*> saved = {};
    for (size_t i = 0; i < set.size; i++)
      if (header(set[i]).count != 1) save(set[i], saved);  // more than the hold
    for (size_t i = 0; i < saved.size; i++)
      inner_edges(saved[i], [&](void* child) { save(child, saved); });
    for (size_t i = 0; i < set.size; i++)
      inner_edges(set[i], [](void* child) { header(child).count++; });
    size_t dead = 0;
    for (size_t i = 0; i < set.size; i++) {
      if (has_stamp(set[i])) stamp_and_marks(set[i]) &= ~(kMarkOwned | kMarkTurned);
      if (colour(set[i]) == kGarbage) set[dead++] = set[i];
    }
    set.size = dead;
    for (size_t i = 0; i < saved.size; i++) set_colour(saved[i], kBlack);
    for (size_t i = 0; i < saved.size; i++) count_down(saved[i]);  // suspects again
    saved.release();
  }

  void run() {
    bool watched = false;
    for (size_t i = 0; i < set.size; i++) {
      retain_body(set[i]);
      if (header(set[i]).info & TN_F_WEAK) clear_weak(set[i]);
      watched |= (header(set[i]).info & TN_F_WATCHED) != 0;
    }
    if (!watched) return;
    qsort(set.data, set.size, sizeof(void*), by_stamp);
    mark_owned();
    g.finalizing = true;
    take_turns();
    g.finalizing = false;
    let_survivors_go();
  }
};

}  // namespace

void finalize_dead_set(List<void*>& dead) {
  Finalizer finalizer{dead};
  finalizer.run();
}

}  // namespace tenure::rt
