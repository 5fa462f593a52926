// Death.
//
// O-LIFE-8 to -10: own drop first, then the parts in order, depth-first, an object that dies by
// it at once, and never on the machine stack. Pointer reversal: when the child in a slot dies,
// the slot takes the way back to *its* owner's owner and the owner's count word the step that it
// stands at. What the walk itself holds is one pointer, `up`, tagged: 0 a body: the owner has no
// loops, so its step gives the slot 2 a slot in an object whose steps loop: the object and the
// element follow from the address 4 a slot in the value at the root of the walk, whose step is
// in the walk User drops run on the machine stack; deaths in them are walks of their own.
#include "rt_internal.h"

namespace tenure::rt {

TnStatus run_user_drop(const TnType* type, void* self, const Origin& origin) {
  if (g.options.trace_drops) trace_drop(type, origin);
  DropFrame frame = {false, g.drops};
  g.drops = &frame;
  TnStatus status = g.hooks.call_drop(type, self, g.hooks.context);
  g.drops = frame.up;
  return status;
}

namespace {

#define RT_INLINE inline __attribute__((always_inline))
#define RT_COLD __attribute__((noinline, cold))

constexpr uintptr_t kTagMask = 7, kTagObject = 0, kTagSlot = 2, kTagRoot = 4;

struct Walk {
  char* object;  // the dying object, null: the root value
  char* base;    // what the steps count from: object, root or element
  const Code* code;
  uint32_t pc = 0;
  uintptr_t up = 0;  // 0: object (or the root) is the first
  TnStatus status = TN_OK;
  char* root;
  const Code* root_code;
  uint32_t root_pc = 0;
  Origin root_origin;  // of the root, also of a first object
  bool finalized;      // the root's own drop has run already

  // All inline, so that the walk lives in registers: what is called out of line gets values, not
  // `this`.
  void run();
  bool finish();
  void descend(char* child, char* slot, bool part);
  void next_turn(const Step& end);
  void let_go(const Step& step, char* slot);
  Origin origin() { return object && up ? origin_of(object, root_origin) : root_origin; }
  void enter(char* child) {
    object = base = child;
    code = &code_of(child);
    pc = 0;
  }
};

// The drop of a part, or of the whole, of the dying object (null: of the root).
RT_COLD TnStatus user_drop(const Step& step, char* object, char* self, Origin origin,
                           bool finalized) {
  if (!object) return step.own && finalized ? TN_OK : run_user_drop(step.type, self, origin);
  Header& h = header(object);
  if (step.own && (h.info & TN_F_FINALIZED)) return TN_OK;
  if (step.own) h.info |= TN_F_FINALIZED;
  // References into the dying object may come and go while the drop runs.
  h.count = kDying;
  return run_user_drop(step.type, self, origin);
}

// A part (the content of a box, the elements of an array) has the history of the whole. What a
// reference leads to has its own; elements that lost their array by its growth have none.
RT_COLD void inherit_origin(char* child, bool part, Origin whole) {
  if (part)
    remember_origin(child, whole.site, whole.reason);
  else if (!g.origins.find(child))
    remember_origin(child, nullptr, kReasonLastReference);
}

// In a dead set what an array or box owns dies with it, though the collector holds its memory.
RT_COLD bool owned_in_dead_set(char* child) {
  if (!has_stamp(child) || colour(child) != kGarbage) return false;
  stamp_and_marks(child) &= ~kMarkOwned;
  if (header(child).count != 1) return false;
  header(child).count = 0;
  return true;
}

RT_INLINE void Walk::descend(char* child, char* slot, bool part) {
  if (can_be_drained(header(child).info)) {
    drain(child);
    pc++;
    return;
  }
  begin_death(child);
  const Code& child_code = code_of(child);
  if (child_code.empty() && !g.finalizing) {
    free_object(child);
    pc++;
    return;
  }
  if (RT_UNLIKELY(g.options.trace_drops)) inherit_origin(child, part, origin());
  uintptr_t way;
  if (!object) {
    root_pc = pc;
    way = reinterpret_cast<uintptr_t>(slot) | kTagRoot;
  } else {
    header(object).count = static_cast<int32_t>(pc);
    way = code->loops ? reinterpret_cast<uintptr_t>(slot) | kTagSlot
                      : reinterpret_cast<uintptr_t>(object) | kTagObject;
  }
  *reinterpret_cast<uintptr_t*>(slot) = up;
  up = way;
  object = base = child;
  code = &child_code;
  pc = 0;
}

// All steps of `object` (or the root) are done. True: so is the walk.
RT_INLINE bool Walk::finish() {
  if (object) {
    if (RT_UNLIKELY(colour(object) == kGarbage)) {  // the collector holds it and frees it later
      if (has_stamp(object)) stamp_and_marks(object) |= kMarkEmptied;
      header(object).count = 1;
    } else {
      free_object(object);
    }
  }
  if (!up) return true;
  uintptr_t tag = up & kTagMask;
  char* back = reinterpret_cast<char*>(up & ~kTagMask);
  if (tag == kTagRoot) {
    object = nullptr;
    code = root_code;
    pc = root_pc;
    base = locate(*code, root, pc, back);
    up = *reinterpret_cast<uintptr_t*>(back);
  } else if (tag == kTagObject) {
    object = base = back;
    code = &code_of(object);
    pc = static_cast<uint32_t>(header(object).count);
    up = *reinterpret_cast<uintptr_t*>(base + code->steps[pc].offset);
  } else {
    object = static_cast<char*>(object_of(back));
    code = &code_of(object);
    pc = static_cast<uint32_t>(header(object).count);
    base = locate(*code, object, pc, back);
    up = *reinterpret_cast<uintptr_t*>(back);
  }
  pc++;
  return false;
}

RT_INLINE void Walk::next_turn(const Step& end) {
  const Step& loop = code->steps[end.jump];
  char* whole = locate(*code, object ? object : root, pc, base);
  uint64_t count = loop.op == Op::Loop ? loop.count : reinterpret_cast<Buffer*>(whole)->length;
  base += loop.stride;
  if (base < whole + loop.offset + count * loop.stride) {
    pc = end.jump + 1;
  } else {
    base = whole;
    pc++;
  }
}

RT_INLINE void Walk::let_go(const Step& step, char* slot) {
  char* child = *reinterpret_cast<char**>(slot);
  if (!is_word(child)) {
    pc++;
    return;
  }
  bool part = step.op != Op::Ref && step.op != Op::RefInterior;
  if (step.op == Op::RefInterior) child = static_cast<char*>(object_of(child));
  if (child && count_down(child)) return descend(child, slot, part);
  if (RT_UNLIKELY(g.options.trace_drops) && step.op == Op::Array)
    left_with_viewers(child, origin());
  if (RT_UNLIKELY(g.finalizing) && child && (step.op == Op::Box || step.op == Op::Array) &&
      owned_in_dead_set(child))
    return descend(child, slot, true);
  pc++;
}

RT_INLINE void Walk::run() {
  for (;;) {
    const Step& step = code->steps[pc];
    char* at = base + step.offset;
    switch (step.op) {
      case Op::Ref:
      case Op::RefInterior:
      case Op::Box:
      case Op::Array:
      case Op::View:
        let_go(step, at);
        break;
      case Op::End:
        if (finish()) return;
        break;
      case Op::String:
        tn_str_drop(reinterpret_cast<TnString*>(at));
        pc++;
        break;
      case Op::Weak:
        tn_weak_release(*reinterpret_cast<void**>(at));
        pc++;
        break;
      case Op::Native: {
        void* word = *reinterpret_cast<void**>(at);
        if (is_word(word)) step.type->release(word);
        pc++;
        break;
      }
      case Op::Drop:
        if (user_drop(step, object, at, origin(), finalized) != TN_OK) status = TN_FAILED;
        pc++;
        break;
      case Op::SkipState:
        pc = *at ? step.jump : pc + 1;
        break;
      case Op::SkipWord:
        pc = *reinterpret_cast<uintptr_t*>(at) == TN_HOLE_WORD ? step.jump : pc + 1;
        break;
      case Op::Union: {
        uint32_t tag = *reinterpret_cast<uint32_t*>(at);
        pc = tag < step.count ? step.table[tag] : step.jump;
        break;
      }
      case Op::Jump:
        pc = step.jump;
        break;
      case Op::Loop:
      case Op::BufferLoop: {
        uint64_t count = step.op == Op::Loop ? step.count : reinterpret_cast<Buffer*>(base)->length;
        if (count == 0) {
          pc = step.jump;
        } else {
          base = at;
          pc++;
        }
        break;
      }
      case Op::LoopEnd:
        next_turn(step);
        break;
    }
  }
}

}  // namespace

TnStatus die(void* body, const Origin* given) {
  if (can_be_drained(header(body).info)) {
    drain(static_cast<char*>(body));
    return TN_OK;
  }
  begin_death(body);
  const Code& code = code_of(body);
  if (code.empty()) {
    free_object(body);
    return TN_OK;
  }
  Walk walk = {};
  if (RT_UNLIKELY(g.options.trace_drops))
    walk.root_origin = given ? *given : origin_of(body, {nullptr, kReasonLastReference});
  walk.enter(static_cast<char*>(body));
  walk.run();
  return walk.status;
}

TnStatus drop_in_place(void* place, const Code& code, const Origin& origin, bool finalized) {
  if (code.empty()) return TN_OK;
  Walk walk = {};
  walk.base = walk.root = static_cast<char*>(place);
  walk.code = walk.root_code = &code;
  walk.root_origin = origin;
  walk.finalized = finalized;
  walk.run();
  return walk.status;
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" TnStatus tn_drop_value(void* place, const TnType* type, uint32_t reason,
                                  const TnSite* origin) {
  if (type->flags & TN_PLAIN) return TN_OK;
  if (type->kind == TN_STRING || type->kind == TN_TEXT) {
    tn_str_drop(static_cast<TnString*>(place));
    return TN_OK;
  }
  return drop_in_place(place, info_of(type)->value, {origin, reason});
}
