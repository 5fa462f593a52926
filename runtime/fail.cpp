// Failing.
//
// Run-time errors are printed where they happen, with the call trace; then the engine unwinds.
// Native code does it with tn_raise: a forced unwinding (one phase) over the landing pads of its
// frames up to the innermost tn_try. The exception object lies in the tn_try's frame; a raise
// out of a landing pad starts again from there and the one before is forgotten.
#include <setjmp.h>
#include <stdio.h>
#include <unistd.h>
#include <unwind.h>

#include "rt_internal.h"

namespace tenure::rt {

struct TryFrame {
  jmp_buf state;
  uintptr_t frame;  // of tn_try: unwinding ends at the first frame above
  _Unwind_Exception exception;
  TryFrame* up;
};
static TryFrame* tries;

[[noreturn]] void end_process(int code) {
  flush_out();
  _exit(code);
}

// `FILE:LINE:COL: runtime error: ` was printed with its message: the trace, and what follows from
// it.
static void reported() {
  g.failed = true;
  if (g.hooks.print_trace) g.hooks.print_trace(g.hooks.context);
  if (!g.drops) return;
  if (g.drops->failed) end_process(101);  // a second error inside the same drop [O-PANIC-2]
  g.drops->failed = true;
}

static void begin_report(const TnSite* site) {
  err_site(site);
  err_text("runtime error: ");
}

void report_failure(const TnSite* site, const char* message) {
  begin_report(site);
  err_format("%s\n", message);
  reported();
}

static _Unwind_Reason_Code stop(int, _Unwind_Action actions, _Unwind_Exception_Class,
                                _Unwind_Exception*, _Unwind_Context* context, void* target) {
  TryFrame* frame = static_cast<TryFrame*>(target);
  if (actions & _UA_END_OF_STACK) tn_internal_error("unwinding met the end of the stack");
  if (_Unwind_GetCFA(context) > frame->frame) _longjmp(frame->state, 1);
  return _URC_NO_REASON;
}

struct DropCall {
  void (*drop)(void*);
  void* self;
};
static void call_drop_body(void* argument) {
  DropCall* call = static_cast<DropCall*>(argument);
  call->drop(call->self);
}
TnStatus native_call_drop(const TnType* type, void* self, void*) {
  DropCall call = {reinterpret_cast<void (*)(void*)>(type->drop), self};
  return tn_try(call_drop_body, &call);
}
static void call_start_body(void* program) {
  static_cast<const TnProgram*>(program)->start();
}
TnStatus native_call_start(const TnProgram* program, void*) {
  return tn_try(call_start_body, const_cast<TnProgram*>(program));
}

// ---- the native call trace

static TnSymbolizer symbolizer;
static void* symbolizer_context;

static bool symbolize(uintptr_t pc, uint32_t depth, const char** name, TnSite* site) {
  return symbolizer ? symbolizer(pc, depth, name, site, symbolizer_context)
                    : code_map_symbolize(pc, depth, name, site, nullptr);
}

struct Tracer {
  int printed;
  int looked_at;
  bool only_first;
  TnSite first;
};
constexpr int kMostLookedAt = 400;  // each costs a search of the code map

// One function of the program, perhaps inlined into the next. False: enough.
static bool trace_function(Tracer* tracer, const char* name, const TnSite& site) {
  tracer->first = site;
  tracer->printed++;
  if (tracer->only_first) return false;
  if (tracer->printed > TN_MOST_TRACED) {
    err_text("  ...\n");
    return false;
  }
  err_format("  in %s at %s:%u:%u\n", name, site.file, site.line, site.column);
  return true;
}

static _Unwind_Reason_Code trace_frame(_Unwind_Context* context, void* argument) {
  Tracer* tracer = static_cast<Tracer*>(argument);
  if (tracer->looked_at++ == kMostLookedAt) return _URC_END_OF_STACK;
  int before_instruction = 0;
  uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
  if (!pc) return _URC_NO_REASON;
  if (!before_instruction) pc--;  // a return address: the call is before it
  const char* name = nullptr;
  TnSite site = {};
  for (uint32_t depth = 0; symbolize(pc, depth, &name, &site); depth++)
    if (site.line && !trace_function(tracer, name, site)) return _URC_END_OF_STACK;
  return _URC_NO_REASON;
}

void native_print_captured(const uintptr_t* words, uint32_t count) {
  Tracer tracer = {};
  for (uint32_t i = 0; i < count; i++) {
    const char* name = nullptr;
    TnSite site = {};
    for (uint32_t depth = 0; symbolize(words[i], depth, &name, &site); depth++)
      if (site.line && !trace_function(&tracer, name, site)) return;
  }
}

void native_print_trace(void*) {
  Tracer tracer = {};
  _Unwind_Backtrace(trace_frame, &tracer);
}

bool first_site(TnSite* site) {
  if (g.hooks.where) {
    *site = *g.hooks.where(g.hooks.context);
    return true;
  }
  if (g.hooks.print_trace != native_print_trace) return false;
  Tracer tracer = {};
  tracer.only_first = true;
  _Unwind_Backtrace(trace_frame, &tracer);
  *site = tracer.first;
  return tracer.printed != 0;
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void tn_set_symbolizer(TnSymbolizer function, void* context) {
  symbolizer = function;
  symbolizer_context = context;
}

void tn_report(TnError error, const TnSite* site) {
  static const char* const kTexts[] = {"null reference",   "division by zero",
                                       "integer overflow", "value out of range",
                                       "unwrap of null",   "assertion failed"};
  begin_report(site);
  err_format("%s\n", kTexts[error]);
  reported();
}

void tn_report_index(uint64_t index, bool is_signed, uint64_t length, const TnSite* site) {
  begin_report(site);
  err_format(is_signed ? "index out of range: %lld" : "index out of range: %llu",
             static_cast<unsigned long long>(index));
  err_format(" (length %llu)\n", static_cast<unsigned long long>(length));
  reported();
}

void tn_report_moved(const char* place, const TnSite* site, const TnSite* moved) {
  begin_report(site);
  err_format("use after move: `%s`\n", place);
  if (moved && moved->file) {
    err_site(moved);
    err_format("note: use after move: `%s` was moved here\n", place);
  }
  reported();
}

void tn_report_uninit(const char* global, const TnSite* site) {
  begin_report(site);
  err_format("use of `%s` before it is initialised\n", global);
  reported();
}

void tn_report_literal(const TnSite* site) {
  report_failure(site, "write to a literal");
}

void tn_report_message(const char* prefix, const TnString* message, const TnSite* site) {
  begin_report(site);
  if (prefix) err_text(prefix);
  if (message) err_raw(reinterpret_cast<const char*>(message->data), message->length);
  err_text("\n");
  reported();
}

__attribute__((noinline)) TnStatus tn_try(void (*fn)(void*), void* argument) {
  TryFrame frame;
  frame.up = tries;
  frame.frame = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  tries = &frame;
  TnStatus status = TN_OK;
  if (_setjmp(frame.state) == 0)
    fn(argument);
  else
    status = TN_FAILED;
  tries = tries->up;
  return status;
}

TN_NORETURN void tn_raise(void) {
  if (!tries) tn_internal_error("a failure outside of tn_try");
  memset(&tries->exception, 0, sizeof tries->exception);
  _Unwind_ForcedUnwind(&tries->exception, stop, tries);
  tn_internal_error("unwinding failed");
}

void tn_caught(void) {
  g.failed = false;
  g.exiting = false;
  g.exit_code = 0;
  if (g.drops) g.drops->failed = false;
}

void tn_exit_code(int32_t code) {
  g.exit_code = code;
  g.exiting = true;
}

TN_NORETURN void tn_out_of_memory(void) {
  static bool again;
  TnSite site = {};
  if (again) _exit(101);
  again = true;
  begin_report(first_site(&site) ? &site : nullptr);
  err_text("out of memory\n");
  end_process(101);
}

TN_NORETURN void tn_stack_overflow(const TnSite* site) {
  begin_report(site);
  err_text("stack overflow\n");
  if (g.hooks.print_trace) g.hooks.print_trace(g.hooks.context);
  end_process(101);
}

TN_NORETURN void tn_internal_error(const char* what) {
  err_format("internal error: %s\n", what);
  end_process(70);
}

}  // extern "C"
