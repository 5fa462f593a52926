// Death of what nobody watches.
//
// When a value of an unwatched type dies cannot be seen [O-KIND-4], and what it leads to is
// unwatched too: no code of the program runs here, nothing can fail, and the order is free. So
// there is no way back to remember: a dead object lets go of what it holds and is freed at once. If
// one child dies by it, that is the next; if several do, they wait in the dead object itself, which
// has a word for each: in its first words, the way to the object that waits before it behind them,
// and how many they are where its count was. The last child comes first, so the free lists give
// memory out again in the order in which a tree is built. The elements of an array of references
// stay where they are, and are let go of when their turn comes. Generated code does the same for
// small types (native/death.cpp), and comes here when a structure is deep.
#include "rt_internal.h"

namespace tenure::rt {
namespace {

#define RT_INLINE inline __attribute__((always_inline))

RT_INLINE char* load_word(const char* at) {
  char* word;
  memcpy(&word, at, sizeof word);
  return word;
}

// The dead objects in which others wait.
struct Waiting {
  char* last = nullptr;

  static char** words(char* body) { return reinterpret_cast<char**>(body); }

  // `count`: the words of `body` that are children, at least 2. Gives the one to go on with.
  RT_INLINE char* wait_in(char* body, uint32_t count) {
    char* next = words(body)[count - 1];
    words(body)[count - 1] = last;
    header(body).count = static_cast<int32_t>(count - 1);
    last = body;
    return next;
  }

  // An array of references: as many of them as its length says; the way back is its capacity.
  void wait_as_array(char* body) {
    memcpy(body + offsetof(Buffer, capacity), &last, sizeof last);
    header(body).count = 0;
    last = body;
  }

  // The next one that has died, null: there is none.
  RT_INLINE char* next() {
    while (last) {
      char* body = last;
      uint32_t count = static_cast<uint32_t>(header(body).count);
      if (RT_UNLIKELY(count == 0)) {
        if (char* child = next_element(body)) return child;
        continue;
      }
      char* child = words(body)[count - 1];
      char* before = words(body)[count];
      if (count == 1) {
        last = before;
        free_object(body);
      } else {
        words(body)[count - 1] = before;
        header(body).count = static_cast<int32_t>(count - 1);
      }
      return child;
    }
    return nullptr;
  }

  char* next_element(char* body) {
    Buffer* buffer = reinterpret_cast<Buffer*>(body);
    while (buffer->length) {
      char* child = words(buffer->elements())[--buffer->length];
      if (is_word(child) && count_down(child)) return child;
    }
    memcpy(&last, &buffer->capacity, sizeof last);
    free_object(body);
    return nullptr;
  }
};

// What the steps of a dead object let go of, put into its first words if it dies: a word that was
// looked at already is behind none of these.
struct Gathering {
  char* body;
  uint32_t count = 0;

  RT_INLINE void let_go(char* child) {
    if (!is_word(child) || !count_down(child)) return;
    if (RT_UNLIKELY(count == UINT32_MAX)) return drain(child);
    Waiting::words(body)[count++] = child;
  }

  void let_part_go(const Step& step, const char* at) {
    char* word = load_word(at);
    switch (step.op) {
      case Op::Ref:
      case Op::Box:
      case Op::Array:
      case Op::View:
        return let_go(word);
      case Op::RefInterior:
        return let_go(is_word(word) ? static_cast<char*>(object_of(word)) : nullptr);
      case Op::String: {
        TnString text;
        memcpy(&text, at, sizeof text);
        return tn_str_drop(&text);
      }
      case Op::Weak:
        return tn_weak_release(word);
      case Op::Native:
        if (is_word(word)) step.type->release(word);
        return;
      default:
        tn_internal_error("a drop in an unwatched object");
    }
  }
};

bool is_array_of_references(const Code& code) {
  return code.length == 4 && code.steps[0].op == Op::BufferLoop && code.steps[1].op == Op::Ref &&
         code.steps[0].stride == sizeof(char*);
}

}  // namespace

void drain(char* body) {
  Waiting waiting;
  // What the last one was and its steps: mostly the next one's too, and then nothing need be
  // loaded.
  uint32_t kind = kFreeInfo;
  const Code* code = nullptr;
  bool elements = false;
  while (body) {
    begin_death(body);
    uint32_t info = header(body).info & (TN_ID_MASK | TN_F_BUFFER);
    if (RT_UNLIKELY(info != kind)) {
      kind = info;
      code = &code_of(body);
      elements = is_array_of_references(*code);
    }
    if (RT_UNLIKELY(elements)) {
      waiting.wait_as_array(body);
      body = waiting.next();
      continue;
    }
    Gathering dead = {body};
    if (RT_LIKELY(code->words)) {
      for (const Step* step = code->steps; step->op != Op::End; step++)
        dead.let_go(load_word(body + step->offset));
    } else {
      visit_steps(code->steps, 0, body,
                  [&](const Step& step, const char* at) { dead.let_part_go(step, at); });
    }
    if (dead.count > 1) {
      body = waiting.wait_in(body, dead.count);
      continue;
    }
    char* next = dead.count ? *Waiting::words(body) : nullptr;
    free_object(body);
    body = next ? next : waiting.next();
  }
}

}  // namespace tenure::rt

extern "C" void tn_drain(void* body) {
  tenure::rt::drain(static_cast<char*>(body));
}
