// A whole program.
//
// Options, start, and the end as O-LIFE-5 has it: collection, the globals last first,
// collection, the leak check. Exit code: 101 if an error was reported, else what exit(n) said,
// else 101 for output that could not be written, else 102 for leaks.
#include <stdio.h>
#include <unistd.h>

#include "rt_internal.h"

namespace tenure::rt {

static bool option_number(const char* word, size_t length, const char* name, uint64_t* value) {
  size_t n = strlen(name);
  if (length <= n || memcmp(word, name, n) != 0 || word[n] != '=') return false;
  char* end = nullptr;
  *value = strtoull(word + n + 1, &end, 10);
  return end == word + length && end != word + n + 1;
}

static void one_option(TnOptions* options, const char* word, size_t length) {
  auto is = [&](const char* name) { return strlen(name) == length && !memcmp(word, name, length); };
  uint64_t number = 0;
  if (is("trace-drops"))
    options->trace_drops = true;
  else if (is("leak-check"))
    options->leak_check = true;
  else if (is("heap-stats"))
    options->heap_stats = true;
  else if (is("check-memory=off"))
    options->check_memory = TN_MEMORY_OFF;
  else if (is("check-memory=on"))
    options->check_memory = TN_MEMORY_ON;
  else if (is("check-memory=full"))
    options->check_memory = TN_MEMORY_FULL;
  else if (option_number(word, length, "gc-stress", &number))
    options->gc_stress = static_cast<uint32_t>(number);
  else if (option_number(word, length, "check", &number))
    options->check_level = static_cast<uint32_t>(number);
  else if (option_number(word, length, "gc-threshold", &number))
    options->gc_threshold = number;
  else
    err_format("TENURE_OPTIONS: unknown option `%.*s`\n", static_cast<int>(length), word);
}

void runtime_begin(const TnProgram* program, const TnOptions* options, const TnHooks* hooks) {
  heap_reset();
  g.program = program;
  g.info_by_id = static_cast<TypeInfo**>(calloc(program->type_count + 1, sizeof(TypeInfo*)));
  if (!g.info_by_id) tn_out_of_memory();
  g.options = options ? *options : TnOptions{};
  g.hooks = hooks ? *hooks : TnHooks{};
  if (!g.hooks.call_drop) g.hooks.call_drop = native_call_drop;
  if (!g.hooks.call_start) g.hooks.call_start = native_call_start;
  if (!hooks) g.hooks.print_trace = native_print_trace;
  g.watching_new =
      g.options.trace_drops || g.options.gc_stress || g.hooks.object_born || g.hooks.object_died;
  if (g.options.check_level >= 2) g.watching_new = true;  // so that bodies are zeroed
  tn_watching = g.watching_new;
  g.free = g.watching_new ? g.kept_back : tn_free_blocks;
  g.stress_left = g.options.gc_stress;
  g.news_left = 1000;
  if (program->type_count) info_of(program->types[0]);  // bytes of strings are made without asking
  tn_cyclic_budget = tn_cyclic_deaths = 0;
  look_at_threshold();
}

// Bytes of strings and nothing else: that they are given back cannot be seen in a process that
// ends.
static bool holds_only_bytes(const Code& code) {
  for (uint32_t i = 0; i < code.length; i++) {
    Op op = code.steps[i].op;
    if (op != Op::String && op != Op::Loop && op != Op::LoopEnd && op != Op::End) return false;
  }
  return true;
}

static bool heap_is_looked_at() {
  return g.options.leak_check || g.options.heap_stats || g.options.check_level ||
         g.hooks.object_died;
}

// Each is emptied before its value dies, so a drop that looks at it sees that it has died. `mark`:
// how many stay.
void end_globals(size_t mark) {
  if (!g.ending) {
    g.ending = true;
    tn_collect();
  }
  while (g.globals.size > mark) {
    const TnGlobal* global = g.globals.pop();
    if (*global->state != TN_G_FULL) continue;
    *global->state = TN_G_DEAD;
    const TnType* type = global->type;
    if (type->flags & TN_PLAIN) continue;
    if (!(type->flags & TN_VACATES) && !heap_is_looked_at() &&
        holds_only_bytes(info_of(type)->value))
      continue;
    char* value = static_cast<char*>(calloc(1, type->size ? type->size : 1));
    if (!value) tn_out_of_memory();
    memcpy(value, global->place, type->size);
    if (type->flags & TN_VACATES) tn_mark_hole(global->place, type);
    if (global->boxed && type->kind == TN_REF)
      tn_release_as(*reinterpret_cast<void**>(value), type->elem, kReasonEndOfProgram);
    else
      tn_drop_value(value, type, kReasonEndOfProgram, global->site);
    free(value);
  }
}

uint64_t report_leaks() {
  uint64_t objects = live_objects() + g.weak_cells;
  if (!objects) return 0;
  err_format("leaked %llu objects\n", static_cast<unsigned long long>(objects));
  uint64_t* counts = static_cast<uint64_t*>(calloc(g.program->type_count, sizeof(uint64_t)));
  if (!counts) tn_out_of_memory();
  HeapWalker walker;
  while (void* body = walker.next()) counts[header(body).info & TN_ID_MASK]++;
  for (uint32_t t = 0; t < g.program->type_count; t++)
    if (counts[t])
      err_format("  %llu of %s\n", static_cast<unsigned long long>(counts[t]),
                 g.program->types[t]->name);
  if (g.weak_cells)
    err_format("  %llu weak references\n", static_cast<unsigned long long>(g.weak_cells));
  free(counts);
  return objects;
}

int runtime_end() {
  end_globals(0);
  tn_collect();
  verify_heap(static_cast<int>(g.options.check_level));
  report_memory_leaks(0);
  flush_out();
  int code = g.failed ? 101 : g.exit_code;
  if (code == 0) code = g.output_lost;
  if (g.options.leak_check && report_leaks() && code == 0) code = 102;
  if (g.options.heap_stats) {
    err_format("heap: %llu objects, %llu bytes, %llu collections, longest pause %llu us\n",
               static_cast<unsigned long long>(live_objects()),
               static_cast<unsigned long long>(live_bytes()),
               static_cast<unsigned long long>(g.collections),
               static_cast<unsigned long long>(g.longest_pause / 1000));
    if (g.collections)
      err_format("pauses: half up to %.1f us, 99 of 100 up to %.1f us, longest %.1f us\n",
                 static_cast<double>(pause_quantile(500)) / 1000,
                 static_cast<double>(pause_quantile(990)) / 1000,
                 static_cast<double>(g.longest_pause) / 1000);
  }
  write_counters();
  return code;
}

void runtime_forget() {
  forget_memory();
  free_infos();
  for (size_t i = 0; g.weak.size && i < g.weak.room; i++) {
    if (!g.weak.rows[i].key) continue;
    for (WeakCell* cell = g.weak.rows[i].value; cell;) {
      WeakCell* next = cell->next;
      free(cell);
      cell = next;
    }
  }
  g.weak.release();
  g.origins.release();
  g.lent.release();
  g.globals.release();
  g.suspects.release();
  forget_look();
  g.watched_suspects.release();
  heap_reset();
  // All else starts from nothing; the region stays.
  State fresh = {};
  fresh.region = g.region;
  fresh.region_bytes = g.region_bytes;
  fresh.slice_shift = g.slice_shift;
  memcpy(fresh.slices, g.slices, sizeof g.slices);
  fresh.free = tn_free_blocks;
  fresh.large = g.large;
  fresh.idle = g.idle;
  g = fresh;
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void tn_options_from_env(TnOptions* options) {
  const char* word = getenv("TENURE_OPTIONS");
  while (word && *word) {
    size_t length = strcspn(word, ", ");
    if (length) one_option(options, word, length);
    word += length;
    if (*word) word++;
  }
}

int tn_run(const TnProgram* program, const TnOptions* options, const TnHooks* hooks) {
  runtime_begin(program, options, hooks);
  os_install_stack_guard();
  g.hooks.call_start(program, g.hooks.context);
  int code = runtime_end();
  runtime_forget();
  return code;
}

int tn_main(const TnProgram* program, int argc, char** argv) {
  TnOptions options = {};
  options.check_memory = program->check_memory;
  options.arg_count = argc > 1 ? argc - 1 : 0;
  options.args = argv + 1;
  tn_options_from_env(&options);
  runtime_begin(program, &options, nullptr);
  os_install_stack_guard();
  g.hooks.call_start(program, g.hooks.context);
  return runtime_end();  // (the process ends; nothing needs to be forgotten)
}

void tn_global_born(const TnGlobal* global) {
  g.globals.push(global);
}

int64_t tn_globals_mark(void) {
  return static_cast<int64_t>(g.globals.size);
}

void tn_end_globals(int64_t mark) {
  end_globals(static_cast<size_t>(mark));
}

}  // extern "C"
