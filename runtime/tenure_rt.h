/* The runtime's one public header: the C ABI shared by generated code, the interpreter and the
 * native room. Nothing of the compiler is included here, and nothing of C++ is needed to read it.
 *
 * Vocabulary
 *   object   a block on the managed heap: a header, then the body that references point to
 *   word     what a Ref, Box, Array, Weak or Native place holds: one pointer
 *   hole     the bit pattern of an empty place in memory: word 1 (TN_HOLE_WORD), a string's
 * capacity -1, a union's tag 0xFFFFFFFF, a state byte of 1. Only types with TN_VACATES ever have
 * one. fail     a function returning TnStatus has reported the error and says TN_FAILED; the caller
 * unwinds (generated code: tn_raise()). No function here unwinds, tn_raise and tn_exit_raise
 * excepted.
 *
 * Object header, 8 bytes before the body:
 *   int32  count   > 0 references; < 0 sticky: saturated, static or not on the heap (never freed);
 *                  0 only while the object dies
 *   uint32 info    bits 0..20 type id, 21..31 flags (TN_F_*)
 * Before it, for types with TN_CYCLIC and TN_WATCHED, 8 bytes: the allocation stamp and marks of
 * the collector.
 *
 * An array's word points to the body of a buffer object (type: the array type), or is null for no
 * elements. Buffer body: uint64 length, uint64 capacity (both in elements), then the elements at
 * TN_BUFFER_ELEMS. A string's bytes, when capacity is not 0, are the body of an object of type 0.
 */
#ifndef TENURE_RT_H
#define TENURE_RT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
#define TN_NORETURN [[noreturn]]
extern "C" {
#else
#define TN_NORETURN _Noreturn
#endif

typedef enum TnStatus { TN_OK = 0, TN_FAILED = 1 } TnStatus;

/* ---- source positions: static data of the program
 * ------------------------------------------------ */
typedef struct TnSite {
  const char* file; /* NUL-terminated; null: nowhere */
  uint32_t line;    /* from 1 */
  uint32_t column;  /* from 1 */
} TnSite;

/* ---- types
 * ----------------------------------------------------------------------------------------- */
typedef enum TnKind {
  TN_UNIT,
  TN_BOOL,
  TN_I8,
  TN_I16,
  TN_I32,
  TN_I64,
  TN_U8,
  TN_U16,
  TN_U32,
  TN_U64,
  TN_F32,
  TN_F64,
  TN_STRING,
  TN_TEXT,
  TN_REF,
  TN_WEAK,
  TN_BOX,
  TN_NATIVE,
  TN_POINTER,
  TN_FUNCTION,
  TN_ARRAY,
  TN_VIEW,
  TN_SLICE,
  TN_FIXED,
  TN_TUPLE,
  TN_STRUCT,
  TN_UNION
} TnKind;

enum {
  TN_PLAIN = 1,    /* needs no cleaning */
  TN_CYCLIC = 2,   /* an object of it can be part of a cycle */
  TN_WATCHED = 4,  /* its death can be seen */
  TN_INTERIOR = 8, /* a counted reference into the middle of an object can point to one */
  TN_VACATES = 16, /* can be a hole in memory */
  TN_MOVE_ONLY = 32,
  TN_DROP_FAILS = 64, /* its drop, or that of a part, may fail */
  /* TN_STRUCTs, elem: T. A span begins as a TnSlice, whose pointer is a part and counted. */
  TN_SPAN = 128, /* printed and compared as its elements */
  TN_RANGE = 256 /* start, end, inclusive, descending; printed as it is written */
};

#define TN_NO_STATE 0xFFFFFFFFu
#define TN_HOLE_WORD 1u
#define TN_HOLE_TAG 0xFFFFFFFFu
#define TN_BUFFER_ELEMS 16u

/* ---- the object header, for inline fast paths
 * -------------------------------------------------------- retain:   count = load i32 [body +
 * TN_COUNT_OFFSET] + 1; store; if (count <= 0) tn_retain_slow(body) release:  count = load - 1;
 * store; if (count <= 0 || type is cyclic) tn_release_slow(body) A cyclic object whose count stays
 * above 0 and that has TN_F_SUSPECT already need not go the slow way. For elem types with
 * TN_INTERIOR call tn_retain / tn_release: the word may point into the middle. */
enum {
  TN_COUNT_OFFSET = -8, /* int32 */
  TN_INFO_OFFSET = -4,  /* uint32 */
  TN_ID_MASK = 0x001FFFFF
};
#define TN_F_LISTED 0x00200000u    /* dies while the list of suspects leads to it */
#define TN_F_CYCLIC 0x00400000u    /* as TN_CYCLIC of its type */
#define TN_F_WATCHED 0x00800000u   /* as TN_WATCHED of its type */
#define TN_F_COLOUR 0x03000000u    /* two bits, not 0 only inside a collection or a look */
#define TN_F_SUSPECT 0x04000000u   /* in the list of suspects */
#define TN_F_FINALIZED 0x08000000u /* its own drop has run, and does not run again [O-CYC-4] */
#define TN_F_LOOKED_AT 0x08000000u /* of an unwatched object: the list of a look leads to it */
#define TN_F_WEAK 0x10000000u      /* weak cells refer to it */
#define TN_F_BUFFER \
  0x20000000u /* the elements of an array, the bytes of a string: not a value of its type */
#define TN_F_EXPOSED \
  0x40000000u /* a buffer with viewers: copied eagerly, written in place [O-REF-9] */
#define TN_F_OUTER 0x80000000u /* exposed for good: something inside an element is referred to */

struct TnType;
typedef struct TnPart {
  const char* name; /* "" for the parts of a plain tuple */
  uint32_t offset;  /* bytes from the start of the whole value (payloads too) */
  const struct TnType* type;
} TnPart;
typedef struct TnVariant {
  const char* name;
  uint32_t part_count;
  const TnPart* parts;
} TnVariant;
typedef struct TnType {
  uint32_t id;    /* index in TnProgram::types */
  uint32_t kind;  /* TnKind */
  uint32_t flags; /* TN_PLAIN ... */
  uint32_t size;  /* bytes of a value in its place */
  uint32_t align;
  uint32_t state_offset; /* of the state byte, or TN_NO_STATE */
  uint32_t tag_offset;   /* TN_UNION: of a uint32 */
  uint32_t part_count;   /* TN_STRUCT, TN_TUPLE: parts; TN_UNION: variants */
  const TnPart* parts;
  const TnVariant* variants;
  const struct TnType*
      elem;         /* of ref, weak, box, array, view, fixed, pointer, slice, span, range */
  uint64_t count;   /* TN_FIXED */
  const char* name; /* as the user reads it */
  void* drop;       /* the user's drop, or null: native code: TnStatus-free `void (*)(void* self)`;
                       interpreter: what its call_drop hook understands */
  void (*release)(void* word); /* TN_NATIVE that owns something, else null */
  void* steps; /* the runtime's own: the flattened list of what dies in it; starts null */
} TnType;

/* ---- options, program, start
 * ---------------------------------------------------------------------- */
typedef struct TnOptions {
  bool trace_drops;
  bool leak_check; /* report live objects at exit; exit code 102 if there are any and it would be 0
                    */
  bool heap_stats; /* print a line to standard error at exit */
  uint32_t gc_stress;    /* N: collect unwatched garbage at every Nth allocation; 0: off */
  uint32_t check_level;  /* 0 none .. 3 walk the heap at every collection and at exit */
  uint64_t gc_threshold; /* so many objects from slice to slice, small ones too; 0: adaptive */
  uint32_t check_memory; /* TN_MEMORY_*: of manual memory [O-RAW-2] */
  int32_t arg_count;     /* what the program is given, its own name aside */
  const char* const* args;
} TnOptions;
enum {
  TN_MEMORY_OFF = 0,
  TN_MEMORY_ON = 1,  /* frees, and what the functions of manual memory are given */
  TN_MEMORY_FULL = 2 /* reads and writes through pointers too: the program has the checks in it */
};

typedef struct TnGlobal {
  const char* name;
  void* place;
  uint8_t* state; /* TN_G_* */
  const TnType* type;
  const TnSite* site; /* the declaration */
  bool boxed; /* lives in a heap box (type is ref of what it was): dies with `end of program` all
                 the same */
} TnGlobal;
enum { TN_G_UNINIT = 0, TN_G_FULL = 1, TN_G_MOVED = 2, TN_G_DEAD = 3 };

typedef struct TnProgram {
  const TnType* const* types; /* types[0] is the string type */
  uint32_t type_count;
  void (*start)(void);  /* native: the top level; unwinds out of it when it fails */
  const void* literals; /* bytes that pointers to literals point to: they are never written */
  uint64_t literal_bytes;
  uint32_t check_memory; /* an executable: what TnOptions::check_memory is if nobody says other */
} TnProgram;

#define TN_MOST_TRACED 40
/* What the engine does for the runtime. The runtime's own defaults serve native code. */
typedef struct TnHooks {
  /* Runs type->drop on self. Native default: a call under tn_try. */
  TnStatus (*call_drop)(const TnType* type, void* self, void* context);
  /* Runs program->start. */
  TnStatus (*call_start)(const TnProgram* program, void* context);
  /* Prints the call trace to standard error, innermost first, a line a frame that has a place in
   * the source: `  in NAME at FILE:LINE:COL`; `  ...` if there are more than TN_MOST_TRACED. */
  void (*print_trace)(void* context);
  /* May be null. The interpreter's book of live objects. */
  void (*object_born)(void* body, const TnType* type, void* context);
  void (*object_died)(void* body, void* context);
  /* May be null. A call stack as words that print_captured understands, innermost first; how many.
   */
  uint32_t (*capture)(uintptr_t* words, uint32_t most, void* context);
  void (*print_captured)(const uintptr_t* words, uint32_t count, void* context);
  /* May be null. The instruction that is being executed. */
  const TnSite* (*where)(void* context);
  void* context;
} TnHooks;

/* ---- counters: what a program did, in the runtime that counts (libtenure_rt_counting.a) only. It
 * is linked by `tenure build --counters`, whose code leaves every count to the runtime; copies and
 * moves are counted by that code. */
typedef struct TnCounters {
  uint64_t allocations; /* objects, buffers of arrays, bytes of strings */
  uint64_t frees;
  uint64_t retains;  /* counts that went up, those of the collector aside */
  uint64_t releases; /* counts that went down without a death */
  uint64_t copies;   /* of values that own something, references aside */
  uint64_t moves;    /* of values that own something */
  uint64_t reuses;   /* objects made in the memory of one that died: neither allocated nor freed */
} TnCounters;
extern TnCounters tn_counters;

/* Fills from the environment variable TENURE_OPTIONS
 * (`trace-drops,leak-check,heap-stats,gc-stress=N, check=N,gc-threshold=N`); unknown words are
 * reported and ignored. */
void tn_options_from_env(TnOptions* options);
/* Runs a whole program: start, then collection, the end of the globals, collection, the leak check.
 * Gives the exit code: 0, 101 after a run-time error, what exit(n) said. `hooks` null: native. */
int tn_run(const TnProgram* program, const TnOptions* options, const TnHooks* hooks);
/* `main` of an executable: arguments, options from the environment, tn_run. */
int tn_main(const TnProgram* program, int argc, char** argv);

/* ---- failing
 * ---------------------------------------------------------------------------------------- */
typedef enum TnError {
  TN_E_NULL_REFERENCE,
  TN_E_DIVISION_BY_ZERO,
  TN_E_INTEGER_OVERFLOW,
  TN_E_VALUE_OUT_OF_RANGE,
  TN_E_UNWRAP_OF_NULL,
  TN_E_ASSERTION
} TnError;
/* Print `FILE:LINE:COL: runtime error: MESSAGE` and the trace; remember that the exit code is 101.
 */
void tn_report(TnError error, const TnSite* site);
void tn_report_index(uint64_t index, bool is_signed, uint64_t length, const TnSite* site);
/* `moved` may be null: the note with the place of the move is left out. */
void tn_report_moved(const char* place, const TnSite* site, const TnSite* moved);
void tn_report_uninit(const char* global,
                      const TnSite* site);  /* use of `g` before it is initialised */
void tn_report_literal(const TnSite* site); /* write to a literal */
struct TnString;
/* An assertion with a message, or a failure of a library function. */
void tn_report_message(const char* prefix, const struct TnString* message, const TnSite* site);
/* Starts unwinding to the innermost tn_try; runs landing pads (any cleanup personality) on the way.
 */
TN_NORETURN void tn_raise(void);
/* Calls fn(argument); TN_FAILED if tn_raise was called inside. */
TnStatus tn_try(void (*fn)(void*), void* argument);
/* What failed is over: the unwinding has ended in the program, which goes on. */
void tn_caught(void);
/* Program exit(n): remembers the code; the caller then unwinds as for an error. */
void tn_exit_code(int32_t code);
/* Reported, then the process ends at once with 101. */
TN_NORETURN void tn_out_of_memory(void);
TN_NORETURN void tn_stack_overflow(const TnSite* site);
/* Prints `internal error: ...` and ends the process with 70: a bug of the engine. */
TN_NORETURN void tn_internal_error(const char* what);

/* ---- objects
 * ---------------------------------------------------------------------------------------- */
/* A new object with count 1 and a zeroed body; `site` is remembered for the drop trace if type is
 * watched. Stress collection happens here. */
void* tn_new(const TnType* type, const TnSite* site);
/* A user's `new` of a watched cyclic type, called before the object is made: a collection point may
 * be due. As tn_collect. */
TnStatus tn_new_point(const TnType* type);
/* Null and TN_HOLE_WORD are accepted and ignored by all of these. `type` is what the word refers to
 * (Ref, Box) and tells whether it may point into the middle. */
void tn_retain(void* word, const TnType* type);
TnStatus tn_release(void* word, const TnType* type);
/* As tn_release, for a lifted local: if the object dies now, the drop trace says `reason` and not
 * `last reference`. */
TnStatus tn_release_as(void* word, const TnType* type, uint32_t reason);
/* Whether the object has no reference but the one at hand. Not of types with TN_INTERIOR. */
bool tn_is_sole(const void* body);
/* The memory of an object with count 1, whose parts were taken out, is given back. Not of watched
 * or cyclic types. */
void tn_free_recycled(void* body);
/* The inline fast paths of generated code end here. `body` is the object's. */
TnStatus tn_release_slow(
    void* body);                 /* count was decremented and is now <= 0, or the type is cyclic */
void tn_retain_slow(void* body); /* count was incremented and is now <= 0 */
/* The body of the object that `address` points into; null if it points to none (frame, static). */
void* tn_object_of(const void* address);

/* Blocks of up to TN_QUICK_BYTES with their header (and nothing else in front of the body) are
 * taken and given back by generated code. A row for each size: a run of free blocks that lie side
 * by side, of which the first is taken, and which a block that lies in front of it joins when it is
 * freed; and a list of other free blocks, whose headers are TN_FREE_HEADER and whose first word
 * leads to the next. A block that lies a block's length in front of the run goes to tn_free_block,
 * which knows whether that one was left out. An empty run and no list send the program to tn_new,
 * as where allocations are watched. */
#define TN_QUICK_BYTES 128u
#define TN_QUICK_CLASS(bytes) ((bytes) <= 16 ? 0 : ((bytes) + 7) / 8 - 2)
#define TN_OBJECT_BYTES(size) (((size) < 8 ? 8u : ((size) + 7u) & ~7u) + 8u) /* with the header */
#define TN_FREE_HEADER 0xFFFFFFFF00000000u
#define TN_CLASSES 256
typedef struct TnFree {
  char* first; /* of the run: a body */
  char* end;   /* where the run ends: a body behind it, or the same as first */
  void* list;
} TnFree;
extern TnFree tn_free_blocks[TN_CLASSES];
void tn_free_block(void* body);
/* Whether blocks must be given back by the runtime: somebody watches. */
extern bool tn_watching;
/* Types with TN_CYCLIC and without TN_WATCHED: allocations that may still be made until the next
 * look for garbage (below 1: by tn_new); objects that have died. */
extern int64_t tn_cyclic_budget, tn_cyclic_deaths;
/* An unwatched object whose count has become 0 dies, with what it holds. */
void tn_drain(void* body);

/* ---- values of any type, in place
 * -------------------------------------------------------------------- */
/* dst is raw memory. Copy as [O-KIND]: strings and arrays share buffers, references are retained.
 */
void tn_copy_value(void* dst, const void* src, const TnType* type);
/* The value dies; holes are skipped. `reason`: DropReason of the IR; `origin` may be null. */
TnStatus tn_drop_value(void* place, const TnType* type, uint32_t reason, const TnSite* origin);
/* dst = *src, then what was in dst dies (Overwritten). *src is raw memory afterwards. */
TnStatus tn_assign_value(void* dst, void* src, const TnType* type, const TnSite* origin);
/* For the drop trace, and without effect but while tracing. A value in a frame is lent to a callee,
 * which may overwrite it: where it came to be owned. A later range takes the place of those that it
 * overlaps. */
void tn_lend(const void* begin, uint64_t size, const TnSite* owner);
/* Where what lies at `place` came to be owned: the `new` of its object, the declaration of its
 * global or lent local; `otherwise` if nobody knows. */
const TnSite* tn_origin_at(const void* place, const TnSite* otherwise);
/* Marks a place of a type with TN_VACATES as empty. */
void tn_mark_hole(void* place, const TnType* type);
/* Marks a place full again before it is filled (state byte only; words are written anyway). */
void tn_clear_hole(void* place, const TnType* type);
/* True if the place or a part of it is a hole. If so and `path` is not null, appends the part's
 * path
 * (`.name`) to it, NUL-terminated within `room` bytes. */
bool tn_find_hole(const void* place, const TnType* type, char* path, uint64_t room);
/* The same for all that tn_print_value would print: behind references too. */
bool tn_find_printed_hole(const void* place, const TnType* type, char* path, uint64_t room);
/* True if the address lies in a heap object, and a value around it there is a hole. */
bool tn_find_enclosing_hole(const void* address);
bool tn_equal(const void* a, const void* b, const TnType* type);
/* Deep copy of values, references shared, arrays element by element. Parts with a `drop` and a
 * user's clone are the front end's business: the type given here holds none. */
void tn_clone_value(void* dst, const void* src, const TnType* type);
/* The same of what is equal. */
int64_t tn_hash_value(const void* value, const TnType* type);
void tn_print_value(const void* value, const TnType* type);
void tn_print_text(const char* text, uint64_t bytes);

/* ---- strings
 * ------------------------------------------------------------------------------------------ */
typedef struct TnString {
  uint8_t* data;     /* not NUL-terminated */
  uint64_t length;   /* bytes */
  uint64_t capacity; /* 0: static, nothing is freed; ~0: hole */
} TnString;
typedef struct TnSlice {
  uint8_t* data;
  uint64_t length; /* elements */
} TnSlice;
/* The bytes of a dynamic string, with one owner, and how many there is room for. */
typedef struct TnBytes {
  uint8_t* data;
  uint64_t capacity;
} TnBytes;
/* The parts of what copies and ends a string, for generated code that has the rest in registers. */
TnBytes tn_bytes_copy(const uint8_t* from, uint64_t length); /* none for none: capacity 0 */
void tn_bytes_release(uint8_t* data);                        /* of a dynamic string */
/* The bytes of a string (by its parts, which it takes) with `added` bytes more behind them. */
TnBytes tn_bytes_appended(uint8_t* data, uint64_t length, uint64_t capacity, const uint8_t* from,
                          uint64_t added);
void tn_str_copy(TnString* dst, const TnString* src);
void tn_str_drop(TnString* s);
void tn_str_concat(TnString* dst, const TnString* a, const TnString* b);
void tn_str_append(TnString* s, const TnString* more);
void tn_append_bytes(TnString* s, const uint8_t* from, uint64_t added);
int32_t tn_str_compare(const TnString* a, const TnString* b);
bool tn_str_equal(const TnString* a, const TnString* b);
/* The byte at index, or -1 after reporting. */
int32_t tn_str_byte(const TnString* s, int64_t index, const TnSite* site);

/* The bytes from .. to, to excluded. */
TnStatus tn_str_sub(TnString* dst, const TnString* s, int64_t from, int64_t to, const TnSite* site);
/* Where `what` stands first at or after `from`; -1: nowhere. */
int64_t tn_str_find(const TnString* s, const TnString* what, int64_t from);
void tn_append_byte(TnString* s, uint8_t byte);
/* What tn_print_value prints. */
void tn_show_value(TnString* dst, const void* value, const TnType* type);
void tn_float_text(TnString* dst, double value, int32_t decimals);
double tn_parse_float(const TnString* s); /* a float as C writes one, and nothing else */

/* Texts: strings with one owner. Appending, comparing, reading and dropping are those of strings.
 */
void tn_text_copy(TnString* dst, const TnString* src);
void tn_text_concat(TnString* dst, const TnString* a, const TnString* b); /* shares no buffer */
void tn_text_own(TnString* s);     /* its bytes are dynamic and its own afterwards */
void tn_text_unshare(TnString* s); /* of a string: its bytes are its own afterwards, if dynamic */
void tn_text_of_bytes(TnString* dst, const TnSlice* bytes);
void tn_text_of_cstr(TnString* dst, const void* bytes); /* up to the first 0; null: none */
/* An integer, bool or string as tn_print_value has it, a float with as few digits as it needs. */
void tn_append_value(TnString* s, const void* value, const TnType* type);
void tn_append_integer(TnString* s, int64_t value); /* in decimal */
void tn_append_natural(TnString* s, uint64_t value);

/* ---- arrays. `type` is the array type
 * ------------------------------------------------------------------ */
/* A buffer of exactly `length` elements, raw; null for 0. */
void* tn_array_new(uint64_t length, const TnType* type);
void* tn_array_copy(
    void* word, const TnType* type); /* count + 1, or a copy if exposed; gives the word to own */
TnStatus tn_array_release(void* word, const TnType* type, uint32_t reason, const TnSite* origin);
/* Writes the word of a buffer that may be written: own if shared, the same if exposed. */
void tn_array_unique(void** word, const TnType* type);
/* Consumes *element. Growth with viewers makes a new buffer [O-REF-9]. */
TnStatus tn_array_push(void** word, void* element, const TnType* type);
/* Takes the last element out into raw memory. With viewers the array gets a new buffer, as when it
 * grows. Fails if there is no element or the last one is a hole. */
TnStatus tn_array_pop(void* dst, void** word, const TnType* type, const TnSite* site);
/* Room for so many elements in all, so that the next ones find it. With viewers it does nothing. */
void tn_array_reserve(void** word, uint64_t count, const TnType* type);
/* The element `from` goes to `to`, and those between move by one. Both are in the array. */
void tn_array_shift(void** word, uint64_t from, uint64_t to, const TnType* type);
/* Consumes `held`, a copy of the array whose elements have no `drop` of their own. The array
 * becomes it, with its elements in the order in which their bytes lie at `bytes`. Viewers see that.
 */
TnStatus tn_array_arrange(void** word, void* held, const void* bytes, const TnType* type);
/* The array gets a buffer of its own that is exposed. `outer`: a reference is made to something
 * inside of one of its elements' own buffers, so nobody counts this buffer: it stays exposed for
 * good. */
void tn_array_expose(void** word, const TnType* type, bool outer);
uint64_t tn_array_length(const void* word);
/* A view: the buffer, exposed, counted once more. Released with tn_release on the buffer's body. */
void* tn_array_view(void** word, const TnType* type);

/* A counted reference to `place`, which lies in a heap object (else nothing is counted). */
void* tn_make_ref(void* place);

/* ---- weak references
 * ------------------------------------------------------------------------------------ */
/* type: what is referred to. Takes nothing, gives a counted weak word (null for null). */
void* tn_weak_new(void* word, const TnType* type);
void* tn_weak_upgrade(void* weak, const TnType* type); /* a counted reference, or null */
void* tn_weak_copy(void* weak);
void tn_weak_release(void* weak);

/* ---- cycles
 * -----------------------------------------------------------------------------------------------
 */
/* A collection point: every dead cycle dies. TN_FAILED if a drop called exit; what else failed in
 * one was reported and stops nothing [O-PANIC-2]. */
TnStatus tn_collect(void);
int64_t tn_heap_stat(
    int32_t which); /* 0 objects 1 bytes 2 collections 3 longest pause in microseconds */

/* ---- the native call trace
 * ------------------------------------------------------------------------------------ Where the
 * code at `pc` comes from. `depth` counts the functions that were inlined there, 0 the innermost.
 * False: no such depth, or not code of the program. `name` and the site's file may point to static
 * memory of the symbolizer's. Null: back to the default, which reads the executable's code map. May
 * be called in a signal handler after a stack overflow. */
typedef bool (*TnSymbolizer)(uintptr_t pc, uint32_t depth, const char** name, TnSite* site,
                             void* context);
void tn_set_symbolizer(TnSymbolizer symbolizer, void* context);

/* The symbol `tn_code_map` of an executable, written by the compiler: this header, then the
 * functions. Positions are in bytes from the start of the map, so nothing in it is relocated when
 * the program is loaded. */
typedef struct TnCodeMap {
  uint32_t function_count;
  uint32_t rows;   /* position of TnCodeRow[] */
  uint32_t frames; /* position of TnCodeFrame[] */
  uint32_t texts;  /* position of the texts, each ended by 0 */
} TnCodeMap;
typedef struct TnCodeFunction {
  int32_t start; /* of its code, in bytes from this row */
  uint32_t size; /* of its code, in bytes */
  uint32_t first_row;
  uint32_t row_count;
} TnCodeFunction;
typedef struct TnCodeRow {
  uint32_t offset; /* bytes from the start of the function; the row holds up to the next one */
  uint32_t frame;  /* 1 + its index; 0: unknown */
} TnCodeRow;
typedef struct TnCodeFrame {
  uint32_t name, file; /* bytes from `texts` */
  uint32_t line, column;
  uint32_t caller; /* the frame into which this one was inlined: 1 + its index; 0: none */
} TnCodeFrame;

/* ---- globals and the drop trace
 * ---------------------------------------------------------------------------- */
/* The global was initialised: it dies at the end of the program, last first. `global` stays alive.
 */
void tn_global_born(const TnGlobal* global);
/* Deferred statements of the top level have a place in that order: the globals that were born since
 * the mark was taken die now, before such a statement runs. The first call collects first, as the
 * end of the program starts. */
int64_t tn_globals_mark(void);
void tn_end_globals(int64_t mark);
/* Static memory that is going to be written, much of it: the system may give it in larger pieces.
 */
void tn_large_place(void* place, uint64_t bytes);
/* A deferred statement runs (drop trace). */
void tn_trace_defer(const TnSite* site, uint32_t reason);

/* ---- library
 * ------------------------------------------------------------------------------------------------
 */
void* tn_native_alloc(int32_t bytes, const TnSite* site); /* null after reporting a negative size */
void tn_native_release(void* word);
int32_t tn_native_count(void);
int32_t tn_file_open(const TnString* path); /* a descriptor, or -1 */
void tn_file_close(int32_t fd);
TnStatus tn_read_line(TnString* dst); /* without the end of line; a collection point */
bool tn_input_ended(void);
TnStatus tn_read_file(TnString* dst, const TnString* path, const TnSite* site);
TnStatus tn_write_file(const TnString* path, const TnString* text, const TnSite* site);
bool tn_file_exists(const TnString* path);
TnStatus tn_append_file(const TnString* path, const TnString* text, const TnSite* site);
bool tn_remove_file(const TnString* path); /* whether it was there and could be removed */
TnStatus tn_rename_file(const TnString* from, const TnString* to, const TnSite* site);
int32_t tn_file_create(const TnString* path); /* emptied, for writing: a descriptor, or -1 */
int64_t tn_arg_count(void);
void tn_arg_get(TnString* dst, int64_t index); /* from 0; empty if there is none */
bool tn_env_is_set(const TnString* name);
void tn_env_get(TnString* dst, const TnString* name); /* empty if it is not set */
int64_t tn_time_ms(void);                             /* since 1970 */
int64_t tn_clock_nanos(void);              /* since some moment in the past, never backwards */
TnStatus tn_sleep(int64_t milliseconds);   /* a collection point */
void tn_print_error(const TnString* text); /* to standard error, as it is */
/* Before a call of a foreign function: what it writes to standard output comes after what was
 * printed. */
void tn_before_foreign(void);
/* The address of a foreign function, in this process or in one of the libraries (as `-l` names
 * them); null: there is none. */
void* tn_foreign_function(const char* symbol, const char* const* libraries, uint32_t count);
bool tn_foreign_library(const char* name); /* whether there is one */

/* ---- manual memory. What `site` is for: reports, where memory is checked
 * ------------------------------------------------------------------------------------------------
 */
void* tn_mem_alloc(uint64_t size, const TnSite* site); /* zeroed */
TnStatus tn_mem_free(void* address, uint64_t size, const TnSite* site);
TnStatus tn_mem_set(void* to, uint8_t value, uint64_t count, const TnSite* site);
TnStatus tn_mem_copy(void* to, const void* from, uint64_t count, const TnSite* site);
TnStatus tn_mem_move(void* to, const void* from, uint64_t count, const TnSite* site);
/* -1, 0, 1, or TN_MEM_FAILED after reporting. */
int32_t tn_mem_compare(const void* a, const void* b, uint64_t count, const TnSite* site);
#define TN_MEM_FAILED 2
/* Whether the bytes may be read (written) through a pointer. `from`: the pointer from which it was
 * had by counting elements, or null: a block that this one leads into is the one to stay in. */
TnStatus tn_mem_check(const void* address, uint64_t size, const void* from, bool write,
                      const TnSite* site);
/* How many blocks have been allocated so far; reports those that were allocated since and are still
 * there, a line a site, and says how many. Of unchecked memory nothing is known. */
int64_t tn_mem_mark(void);
int64_t tn_mem_leaks(int64_t mark);

#ifdef __cplusplus
}
#endif
#endif
