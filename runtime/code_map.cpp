// The code map of an executable.
//
// For call traces: where the code at an address comes from, with the functions that were inlined
// there. The compiler writes the map beside the program's code (src/native/code_map.cpp), so no
// debug information is read here. A linear search with no memory of its own, so it also works in a
// signal handler; a trace is rare and short.
#include "rt_internal.h"

extern "C" {
// Only executables have one: not the process in which the JIT and the interpreter run.
extern const char tn_code_map[] __attribute__((weak));
}

namespace tenure::rt {
namespace {

template <class T>
const T* at(uint32_t offset) {
  return reinterpret_cast<const T*>(tn_code_map + offset);
}

// The frame of the code at pc, innermost; null: none of the program's.
const TnCodeFrame* innermost_frame(uintptr_t pc) {
  const TnCodeMap& map = *at<TnCodeMap>(0);
  const TnCodeFunction* functions = at<TnCodeFunction>(sizeof(TnCodeMap));
  for (uint32_t i = 0; i < map.function_count; i++) {
    const TnCodeFunction& function = functions[i];
    uintptr_t start = reinterpret_cast<uintptr_t>(&function) +
                      static_cast<uintptr_t>(static_cast<intptr_t>(function.start));
    if (pc - start >= function.size) continue;
    const TnCodeRow* rows = at<TnCodeRow>(map.rows) + function.first_row;
    uint32_t frame = 0;
    for (uint32_t r = 0; r < function.row_count && rows[r].offset <= pc - start; r++)
      frame = rows[r].frame;
    return frame ? at<TnCodeFrame>(map.frames) + (frame - 1) : nullptr;
  }
  return nullptr;
}

}  // namespace

bool code_map_symbolize(uintptr_t pc, uint32_t depth, const char** name, TnSite* site, void*) {
  if (!tn_code_map) return false;
  const TnCodeMap& map = *at<TnCodeMap>(0);
  const TnCodeFrame* frame = innermost_frame(pc);
  for (; frame && depth > 0; depth--)
    frame = frame->caller ? at<TnCodeFrame>(map.frames) + (frame->caller - 1) : nullptr;
  if (!frame) return false;
  *name = at<char>(map.texts + frame->name);
  *site = {at<char>(map.texts + frame->file), frame->line, frame->column};
  return true;
}

}  // namespace tenure::rt
