// Death of what nobody watches.
//
// When a value of an unwatched type dies cannot be seen [O-KIND-4], and what it leads to is
// unwatched too: no code of the program runs here, nothing can fail, and the order is free. So
// there is no way back to remember: a dead object lets go of what it holds and is freed at once,
// and those of its children that die by it wait in a list through their prefixes. The last child
// comes first, so the free lists give memory out again in the order in which a tree is built. What
// has no prefix (types that cannot be part of a cycle) or loops over elements is the business of
// the walk in death.cpp.
#include "rt_internal.h"

namespace tenure::rt {
namespace {

#define RT_INLINE inline __attribute__((always_inline))

// Not in a cycle, so such walks do not nest.
__attribute__((noinline)) void let_other_go(char* child, DeadList& dead) {
  begin_death(child);
  if (code_of(child).empty())
    free_object(child);
  else
    die_among(child, dead);
}

// One owner less. Gives what is to be drained next: the child if it dies, and `next` waits for it.
RT_INLINE char* let_go(char* child, char* next, DeadList& dead) {
  if (!is_word(child) || !count_down(child)) return next;
  uint32_t info = header(child).info;
  if (RT_UNLIKELY(!can_be_drained(info))) {
    let_other_go(child, dead);
    return next;
  }
  if (next) dead.push(next);
  return child;
}

char* let_part_go(const Step& step, char* at, char* next, DeadList& dead) {
  char* word = *reinterpret_cast<char**>(at);
  switch (step.op) {
    case Op::Ref:
    case Op::Box:
    case Op::Array:
    case Op::View:
      return let_go(word, next, dead);
    case Op::RefInterior:
      return let_go(is_word(word) ? static_cast<char*>(object_of(word)) : nullptr, next, dead);
    case Op::String:
      tn_str_drop(reinterpret_cast<TnString*>(at));
      return next;
    case Op::Weak:
      tn_weak_release(word);
      return next;
    case Op::Native:
      if (is_word(word)) step.type->release(word);
      return next;
    default:
      tn_internal_error("a drop in an unwatched object");
  }
}

}  // namespace

void drain(char* body) {
  DeadList dead;
  // What the last one was and its steps: mostly the next one's too, and then nothing need be
  // loaded.
  uint32_t kind = kFreeInfo;
  const Code* code = nullptr;
  while (body) {
    begin_death(body);
    uint32_t info = header(body).info & (TN_ID_MASK | TN_F_BUFFER);
    if (RT_UNLIKELY(info != kind)) {
      kind = info;
      code = &code_of(body);
    }
    // The one found last is not put into the list: it is often the only one.
    char* next = nullptr;
    if (RT_LIKELY(code->words)) {
      for (const Step* step = code->steps; step->op != Op::End; step++)
        next = let_go(*reinterpret_cast<char**>(body + step->offset), next, dead);
    } else if (!code->loops) {
      visit_steps(code->steps, 0, body,
                  [&](const Step& step, char* at) { next = let_part_go(step, at, next, dead); });
    }
    if (RT_UNLIKELY(code->loops))
      die_among(body, dead);  // frees it
    else
      free_object(body);
    body = next ? next : dead.pop();
  }
}

}  // namespace tenure::rt
