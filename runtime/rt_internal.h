// What the files of the runtime share.
//
// The central types first: objects' headers, the step programs that types are flattened into,
// the heap's slices, and the one global state `g`. Single-threaded; libc only; nothing here
// allocates behind a caller's back. The public side is tenure_rt.h.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rt_containers.h"
#include "tenure_rt.h"

#define RT_HIDDEN __attribute__((visibility("hidden")))

// Counts an operation, in the runtime that counts (tenure_rt.h: TnCounters).
#ifdef TENURE_COUNTERS
#define RT_COUNTED(what) (tn_counters.what++)
#else
#define RT_COUNTED(what) ((void)0)
#endif
// While one lives, counts that go up and down are the collector's own business, not the program's.
struct Uncounted {
#ifdef TENURE_COUNTERS
  TnCounters before = tn_counters;
  ~Uncounted() {
    tn_counters.retains = before.retains;
    tn_counters.releases = before.releases;
  }
#endif
};

namespace tenure::rt {

// ---- objects

struct Header {
  int32_t count;
  uint32_t info;
};
inline Header& header(void* body) {
  return static_cast<Header*>(body)[-1];
}
inline const Header& header(const void* body) {
  return static_cast<const Header*>(body)[-1];
}

// In front of the header of objects that are TN_F_CYCLIC and TN_F_WATCHED: when it was allocated,
// and marks. Others have neither.
constexpr uint64_t kMarkUserNew = 1;  // made by a user's `new`: counts in N of O-CYC-2
constexpr uint64_t kMarkOwned = 2;  // in a dead set, held by value (array or box) by another member
constexpr uint64_t kMarkEmptied = 4;  // in a dead set, its contents have died
constexpr uint64_t kMarkTurned = 8;   // in a dead set, it has had its turn
constexpr uint32_t kStampShift = 4;
inline bool has_stamp(const void* body) {
  constexpr uint32_t kBoth = TN_F_CYCLIC | TN_F_WATCHED;
  return (header(body).info & kBoth) == kBoth;
}
inline uint64_t& stamp_and_marks(void* body) {
  return static_cast<uint64_t*>(body)[-2];
}

constexpr uint32_t kColourShift = 24;
constexpr uint32_t kBlack = 0;    // not in a collection
constexpr uint32_t kGrey = 1;     // inner edges taken off its count
constexpr uint32_t kSaved = 2;    // of a dead set, but referred to from outside again
constexpr uint32_t kGarbage = 3;  // of a dead set; also held once by the collector
constexpr uint32_t kAsked = 2;    // unwatched, of a look: nothing is known yet
inline uint32_t colour(const void* body) {
  return (header(body).info & TN_F_COLOUR) >> kColourShift;
}
inline void set_colour(void* body, uint32_t c) {
  uint32_t& info = header(body).info;
  info = (info & ~TN_F_COLOUR) | (c << kColourShift);
}

constexpr int32_t kSticky = INT32_MIN / 2;   // the middle of the negative counts
constexpr int32_t kDying = 0x40000000;       // while a user's drop runs inside of the object
constexpr uint32_t kFreeInfo = 0xFFFFFFFFu;  // info of a free block; its count is 0
constexpr uint32_t kReasonLastReference = 3, kReasonCycle = 4, kReasonEndOfProgram = 5;
constexpr uint32_t kReasonOverwritten = 2;

inline bool is_word(const void* word) {
  return reinterpret_cast<uintptr_t>(word) > TN_HOLE_WORD;
}

// The body of a buffer of an array.
struct Buffer {
  uint64_t length;
  uint64_t capacity;
  char* elements() { return reinterpret_cast<char*>(this) + TN_BUFFER_ELEMS; }
};

// ---- step programs (steps.cpp)

// What a value owns, as a small program over its bytes: run to let it die, to count a copy of it,
// to list its edges. Order: own drop, then parts as declared.
enum class Op : uint8_t {
  End,
  Ref,          // a counted word, to the start of an object
  RefInterior,  // a counted word, perhaps into the middle
  Box,
  Array,
  View,
  String,
  Weak,
  Native,
  Drop,       // the user's drop of `type` at offset
  SkipState,  // jump if the state byte at offset says hole
  SkipWord,   // jump if the word at offset is a hole
  Union,      // to table[tag], or jump
  Jump,
  Loop,        // count elements of stride bytes from offset; jump: behind the LoopEnd
  BufferLoop,  // the same over the elements of a buffer
  LoopEnd,     // jump: its Loop
};
constexpr uint32_t kNoLoop = 0xFFFFFFFFu;
struct Step {
  Op op;
  bool own;         // Drop: of the whole value, not of a part
  uint32_t offset;  // from the start of the value, or of the innermost loop's element
  uint32_t jump;
  uint32_t loop;  // the innermost Loop around it
  uint64_t stride, count;
  const TnType* type;  // of the place at offset
  uint32_t* table;     // Union: a step for each variant
};
struct Code {
  Step* steps = nullptr;
  uint32_t length = 0;  // 1: only End
  bool loops = false;
  bool words = false;  // only words to the start of objects: one step after the other
  bool empty() const { return length == 1; }
};

struct TypeInfo {
  const TnType* type;
  uint64_t new_header;  // count 1, type id, flags
  uint32_t slice;       // of an object, kNoSlice: large
  uint32_t body_bytes;  // rounded up to 8, at least 8
  uint8_t prefix;       // bytes before the body: 8, 16
  bool slow_new;        // needs more than the fast path
  bool holds_drop;      // by value: a drop of its own or of a part, element or box's content
  Code value;           // an object of the type, or a value in a place
  Code buffer;          // TN_ARRAY: the body of a buffer
  TypeInfo* next;       // all of them
};
TypeInfo* build_info(const TnType* type);
void free_infos();
inline TypeInfo* info_of(const TnType* type) {
  TypeInfo* info = static_cast<TypeInfo*>(type->steps);
  return RT_LIKELY(info != nullptr) ? info : build_info(type);
}
// The address of the value or element that the steps at `pc` count their offsets from, when
// `address` lies in it.
char* locate(const Code& code, char* body, uint32_t pc, const char* address);

// ---- the heap (heap.cpp, os.cpp)

constexpr uint32_t kSlices = 256, kNoSlice = 0xFFFFFFFFu;
struct Slice {     // equal blocks of one size and prefix
  char* bump;      // the first block never used
  char* limit;     // the end of what is committed
  uint64_t size;   // of a block
  uint64_t magic;  // 2^64 / size, rounded up
  char* start;
  uint32_t prefix;
  uint32_t chunk;  // bytes to commit next
  uint32_t gaps_made;
  uint32_t gaps;  // blocks that were left out and are in no run yet
};
static_assert(kSlices == TN_CLASSES);
constexpr uint64_t kFreeHeader = TN_FREE_HEADER;
constexpr uint64_t kGapHeader = TN_FREE_HEADER | 1;  // of a block that was left out

struct Large {  // a block of its own, sorted by address
  char* start;
  uint64_t bytes;
  uint64_t prefix;
};

// ---- state

struct DropFrame {  // a running drop; second errors end the process [O-PANIC-2]
  bool failed;
  DropFrame* up;
};

// Values in frames that callees may overwrite, while tracing.
struct Lent {
  const char* begin;
  const char* end;
  const TnSite* owner;
};
struct Origin {  // drop trace: where an object came to be owned
  const TnSite* site;
  uint32_t reason;
};

struct WeakCell {
  void* word;    // what upgrade gives; null when the object is dying or gone
  void* object;  // its body
  WeakCell* next;
  uint64_t count;
};

constexpr uint32_t kPauseRows = 4 * 48;

// A look at everything that is suspected, in slices (look.cpp).
enum class LookPhase : uint8_t { None, Gather, Count, Sieve, Sort, Try, Free };
struct Look {
  LookPhase phase;
  bool somebody_lives;     // in the list
  List<void*> seen;        // suspects, then what they reach
  size_t suspects;         // so many of them are suspects
  size_t at;               // how far the phase has come
  size_t kept;             // Sort: so many are left
  List<void*> live;        // what these refer to lives too
  List<void*> dead;        // nobody can get hold of them
  Map<uint32_t*> counts;   // of references that were found, by 64 KiB of addresses
  const void* counts_at;   // which of these were used last,
  uint32_t* counts_there;  // and where they are
  uint64_t parked;         // of `seen`, those that have died
  int64_t left;            // of the objects that there were when it began
};

struct State {
  // heap
  char* region;
  uint64_t region_bytes;  // 0: not reserved yet
  uint32_t slice_shift;
  bool watching_new;          // tracing, stress or a hook: tn_new takes the slow path
  TnFree* free;               // the free blocks of the slices
  TnFree kept_back[kSlices];  // where they are while somebody watches, so that tn_new hears of each
  bool collecting;            // inside a collection: others are put off
  bool finalizing;            // members of a dead set are held by the collector
  bool collect_again;         // asked for meanwhile
  Slice slices[kSlices];
  List<Large> large;
  List<Large> idle;    // free blocks of their own that were not given back, kept for what grows
  uint64_t committed;  // bytes given to slices and large blocks
  uint64_t memory_checked;  // committed at the last look at the machine's memory
  // program
  const TnProgram* program;
  TnOptions options;
  TnHooks hooks;
  TypeInfo* infos;
  TypeInfo** info_by_id;  // of the types that were needed so far
  List<const TnGlobal*> globals;
  bool ending;  // the end has begun: the collection before the globals die was made
  // failing
  DropFrame* drops;
  bool failed;  // an error was reported: 101
  int32_t exit_code;
  bool exiting;     // exit(n) was called
  int output_lost;  // not 0: standard output could not be written; the exit code for that
  // cycles
  List<void*> suspects;  // unwatched
  List<void*> watched_suspects;
  uint64_t stamps;        // allocation stamps given
  uint64_t watched_live;  // of a user's `new`, watched and cyclic
  uint64_t news_left;     // of those until the next collection point
  int64_t cyclic_made;    // unwatched, before cyclic_given
  int64_t cyclic_given;   // what the budget was then
  uint64_t parked;        // dead objects that only the lists of suspects lead to
  uint64_t stress_left;   // allocations until the next collection under stress
  uint64_t visits;        // objects that were looked at since the last one began
  uint64_t collections;
  uint64_t pauses[kPauseRows];          // how many by their length, four rows to a doubling
  uint64_t pause_count, longest_pause;  // nanoseconds; not those at the end of the program
  size_t put_off;  // so many suspects at the start of the list reached too much for a slice
  int64_t complete_look_at;  // at so many unwatched cyclic objects all suspects are looked at
  Look look;
  bool next_is_user_new;
  // weak references, drop trace
  Map<WeakCell*> weak;
  uint64_t weak_cells;
  Map<Origin> origins;
  List<Lent> lent;  // by address, without overlaps
  int32_t native_blocks;
  uint64_t print_objects;
};
extern RT_HIDDEN constinit State g;

inline void set_cyclic_budget(int64_t budget) {
  g.cyclic_made += g.cyclic_given - tn_cyclic_budget;
  g.cyclic_given = tn_cyclic_budget = budget;
}
// Unwatched objects of types that can be part of a cycle.
inline int64_t cyclic_live() {
  return g.cyclic_made + g.cyclic_given - tn_cyclic_budget - tn_cyclic_deaths;
}

// heap.cpp
void heap_start();
void heap_reset();
uint32_t slice_for(uint64_t bytes, uint32_t prefix);
// The slice of blocks with no more than a header, by (bytes with the header + 7) / 8.
extern RT_HIDDEN uint8_t class_of_small[129];
void* heap_alloc_slow(uint32_t slice, uint64_t bytes, uint32_t prefix);
void free_large(void* body);
// Objects that grow from one of these sizes on are moved by the page, and perhaps to where
// something has grown before: with one owner, and nobody who remembers where they are.
constexpr uint64_t kGrowingBytes = 256 << 10, kMostGrowingBytes = 4 << 20;
inline bool grows_by_pages(const void* body, uint64_t bytes);
// `used`: bytes of the body that are to be kept. `bytes`: how many it shall have; gets how many it
// has. Gives where it is now.
void* grow_object(void* body, uint32_t prefix, uint64_t used, uint64_t* bytes);
void free_decommit(Slice& slice, char* body);
struct HeapWalker {  // every live object, in address order
  uint32_t slice = 0;
  uint64_t block = 0;
  size_t large = 0;
  void* next();
};
constexpr uint64_t kDecommitBytes = 4u
                                    << 20;  // free blocks from this size on give their pages back

// A free block, or null.
inline void* take_block(TnFree& free, uint64_t size) {
  void* body = free.first;
  if (RT_LIKELY(free.first != free.end)) {
    free.first += size;
    return body;
  }
  body = free.list;
  if (body) memcpy(&free.list, body, sizeof body);
  return body;
}
inline bool is_in_run(const TnFree& free, const void* body) {
  return body >= free.first && body < free.end;
}

// `bytes`: body bytes for blocks outside the slices.
inline void* heap_alloc(uint32_t slice, uint64_t bytes, uint32_t prefix) {
  if (RT_LIKELY(slice < kSlices))
    if (void* body = take_block(g.free[slice], g.slices[slice].size)) return body;
  return heap_alloc_slow(slice, bytes, prefix);
}
// Before the run lies a gap, and before that `body`, which has died: both join it.
bool joins_over_gap(Slice& s, TnFree& free, char* body);
inline void heap_free(void* body) {
  RT_COUNTED(frees);
  uint64_t offset = static_cast<uint64_t>(static_cast<char*>(body) - g.region);
  if (RT_UNLIKELY(offset >= g.region_bytes)) return free_large(body);
  uint64_t slice = offset >> g.slice_shift;
  Slice& s = g.slices[slice];
  if (RT_UNLIKELY(s.size >= kDecommitBytes)) free_decommit(s, static_cast<char*>(body));
  TnFree& free = g.free[slice];
  if (static_cast<char*>(body) + s.size == free.first) {
    free.first = static_cast<char*>(body);
    return;
  }
  if (RT_UNLIKELY(static_cast<char*>(body) + 2 * s.size == free.first) &&
      joins_over_gap(s, free, static_cast<char*>(body)))
    return;
  memcpy(&header(body), &kFreeHeader, sizeof kFreeHeader);
  memcpy(body, &free.list, sizeof(void*));
  free.list = body;
}
inline bool grows_by_pages(const void* body, uint64_t bytes) {
  constexpr uint32_t kKnown = TN_F_SUSPECT | TN_F_LISTED | TN_F_WEAK;
  const Header& h = header(body);
  return bytes >= kGrowingBytes && bytes <= kMostGrowingBytes && h.count == 1 &&
         !(h.info & kKnown) && !g.watching_new;
}
void* large_object_of(const void* address);
inline void* object_of(const void* address) {
  uint64_t offset = static_cast<uint64_t>(static_cast<const char*>(address) - g.region);
  if (RT_UNLIKELY(offset >= g.region_bytes)) return large_object_of(address);
  Slice& s = g.slices[offset >> g.slice_shift];
  uint64_t inside = offset & ((uint64_t{1} << g.slice_shift) - 1);
  uint64_t block = static_cast<uint64_t>((static_cast<unsigned __int128>(inside) * s.magic) >> 64);
  char* start = s.start + block * s.size;
  return RT_LIKELY(start < s.bump) ? start + s.prefix : nullptr;
}

// os.cpp
char* os_reserve(uint64_t bytes);
bool os_commit(char* start, uint64_t bytes);
void os_decommit(char* start, uint64_t bytes);
void os_large_pages(char* start, uint64_t bytes);  // a wish
bool os_memory_left(uint64_t bytes);
void os_install_stack_guard();
const char* os_stack_end();  // the high end of the program's stack

void clear_weak(void* body);  // weak.cpp

// count.cpp
inline const TnType* type_of(const void* body) {
  return g.program->types[header(body).info & TN_ID_MASK];
}
inline const Code& code_of(const void* body) {
  TypeInfo* info = g.info_by_id[header(body).info & TN_ID_MASK];
  if (RT_UNLIKELY(info == nullptr)) info = build_info(type_of(body));  // made by generated code
  return header(body).info & TN_F_BUFFER ? info->buffer : info->value;
}
void* new_object(TypeInfo* info, const TnSite* site);
void* new_buffer_object(TypeInfo* info, uint64_t bytes);  // body bytes; not zeroed
void before_allocation();                                 // stress collection
void spend_cyclic_budget();
void forget_object(void* body);  // in the books of the trace and the engine
void park(void* body);           // a dead object that a list of suspects leads to
// Takes what is dead out of the list of suspects, and gives it back.
void sweep_parked(List<void*>& suspects);
inline void free_object(void* body) {  // memory only; parts are done
  uint32_t info = header(body).info;
  if (RT_UNLIKELY(info & TN_F_WEAK)) clear_weak(body);
  if (info & TN_F_CYCLIC) {
    if (!(info & TN_F_WATCHED))
      tn_cyclic_deaths++;
    else if (stamp_and_marks(body) & kMarkUserNew)
      g.watched_live--;
  }
  if (RT_UNLIKELY(g.watching_new)) forget_object(body);
  if (RT_UNLIKELY(info & (TN_F_SUSPECT | TN_F_LISTED))) return park(body);
  heap_free(body);
}
void add_suspect(void* body);
TnStatus release_body(void* body);
inline void retain_body(void* body) {
  RT_COUNTED(retains);
  uint32_t count = static_cast<uint32_t>(header(body).count) + 1;
  header(body).count = static_cast<int32_t>(count);
  if (RT_UNLIKELY(static_cast<int32_t>(count) <= 0)) header(body).count = kSticky;
}
// Takes one off; true if the object must die now.
inline bool count_down(void* body) {
  Header& h = header(body);
  int32_t count = static_cast<int32_t>(static_cast<uint32_t>(h.count) - 1);
  if (RT_UNLIKELY(count < 0)) {
    h.count = kSticky;
    return false;
  }
  h.count = count;
  if (count == 0) return true;
  RT_COUNTED(releases);
  if ((h.info & (TN_F_CYCLIC | TN_F_SUSPECT)) == TN_F_CYCLIC) add_suspect(body);
  return false;
}

// death.cpp
TnStatus die(void* body, const Origin* given);  // its count is 0 already
// The object stops being one: nobody can get hold of it any more.
inline void begin_death(void* body) {
  uint32_t info = header(body).info;
  if (RT_UNLIKELY(info & TN_F_SUSPECT)) header(body).info = (info & ~TN_F_SUSPECT) | TN_F_LISTED;
  if (RT_UNLIKELY(info & TN_F_WEAK)) clear_weak(body);
}

// drain.cpp
inline bool can_be_drained(uint32_t info) {
  return (info & (TN_F_WATCHED | TN_F_COLOUR)) == 0;
}
void drain(char* body);  // its count is 0 already
// `finalized`: the value's own drop has run; only its parts die.
TnStatus drop_in_place(void* place, const Code& code, const Origin& origin, bool finalized = false);
TnStatus run_user_drop(const TnType* type, void* self, const Origin& origin);

// look.cpp
inline bool look_is_under_way() {
  return g.look.phase != LookPhase::None;
}
void begin_look();
// So much of it that some `visits` objects are visited.
void go_on_looking(uint64_t visits);
// What is known to be dead goes, what was suspected is suspected again.
void give_look_up();
void forget_look();

// cycles.cpp, finalize.cpp
void collect_unwatched();
void let_dead_part_go(const Step& step, char* at);
void verify_watched();
uint64_t pause_quantile(uint64_t part);
void look_at_threshold();
void finalize_dead_set(List<void*>& dead);
void free_garbage(List<void*>& dead);
template <typename F>
void for_each_edge(void* body, F&& f);

// value.cpp
// `place` holds a bit-wise copy: counts everything in it. `deep`: boxes and move-only arrays are
// cloned.
void adopt(void* place, const TnType* type, bool deep);
void* copy_buffer(void* word, const TnType* type, uint64_t capacity);

// print.cpp
constexpr uint64_t kScalarRoom = 400;
// The text of a number or a bool, without an end; its length. 0: it is none of these.
uint64_t format_scalar(char* room, const char* place, const TnType* type);

// stacks.cpp
constexpr uint32_t kStackWords = 12;
// The call stack of now under a number, from 1. `frame`: the frame of the runtime's function that
// the program has called.
uint32_t keep_stack(const TnSite* site, const void* frame);
const TnSite* site_of_stack(uint32_t number);
uint32_t kept_stacks();
void print_stack(uint32_t number);
void forget_stacks();

// counters.cpp
void write_counters();  // nothing, in the runtime that does not count

// memory.cpp
// Blocks that are still there, of the allocations from the `since`th on: a line a site, once.
uint64_t report_memory_leaks(uint64_t since);
void forget_memory();

// output.cpp
void out(const char* text, uint64_t bytes);
void flush_out();
void err_raw(const char* text, uint64_t bytes);
void err_text(const char* text);
__attribute__((format(printf, 1, 2))) void err_format(const char* format, ...);
void err_site(const TnSite* site);  // `FILE:LINE:COL: `, or nothing

// trace.cpp
Origin origin_of(void* body, const Origin& otherwise);
void remember_origin(void* body, const TnSite* site, uint32_t reason);
// The owner of an array has let go of its elements, but references to them keep them [O-REF-9]:
// they will have been the owner's.
void left_with_viewers(void* buffer, const Origin& owner);
void trace_drop(const TnType* type, const Origin& origin);

// fail.cpp, code_map.cpp
TnStatus native_call_drop(const TnType* type, void* self, void* context);
TnStatus native_call_start(const TnProgram* program, void* context);
void native_print_trace(void* context);
void native_print_captured(const uintptr_t* words, uint32_t count);
void report_failure(const TnSite* site, const char* message);  // and the trace
bool first_site(TnSite* site);
[[noreturn]] void end_process(int code);
// A TnSymbolizer.
bool code_map_symbolize(uintptr_t pc, uint32_t depth, const char** name, TnSite* site, void*);

// start.cpp
void runtime_begin(const TnProgram* program, const TnOptions* options, const TnHooks* hooks);
void end_globals(size_t mark);
int runtime_end();  // leak check, statistics, flush; the exit code
uint64_t report_leaks();
void runtime_forget();  // everything of the program that ran

// verify.cpp
void verify_heap(int level);
uint64_t live_objects();
uint64_t live_bytes();

// ---- visiting what a value owns

// Calls f(step, slot) for each owning slot of the value at `base`. Recursion is over loops in the
// type, never over data.
template <typename F>
void visit_steps(const Step* steps, uint32_t pc, char* base, F&& f) {
  for (;; pc++) {
    const Step& step = steps[pc];
    char* at = base + step.offset;
    switch (step.op) {
      case Op::End:
      case Op::LoopEnd:
        return;
      case Op::Drop:
        break;
      case Op::SkipState:
        if (*at) pc = step.jump - 1;
        break;
      case Op::SkipWord:
        if (*reinterpret_cast<uintptr_t*>(at) == TN_HOLE_WORD) pc = step.jump - 1;
        break;
      case Op::Union: {
        uint32_t tag = *reinterpret_cast<uint32_t*>(at);
        pc = (tag < step.count ? step.table[tag] : step.jump) - 1;
        break;
      }
      case Op::Jump:
        pc = step.jump - 1;
        break;
      case Op::Loop:
      case Op::BufferLoop: {
        uint64_t count = step.op == Op::Loop ? step.count : reinterpret_cast<Buffer*>(base)->length;
        for (uint64_t i = 0; i < count; i++) visit_steps(steps, pc + 1, at + i * step.stride, f);
        pc = step.jump - 1;
        break;
      }
      default:
        f(step, at);
    }
  }
}

// The object that an owning slot keeps alive by a count, or null. Strings and weak words are no
// edges.
inline void* edge_target(const Step& step, char* slot) {
  if (step.op > Op::View) return nullptr;
  void* word = *reinterpret_cast<void**>(slot);
  if (!is_word(word)) return nullptr;
  return step.op == Op::RefInterior ? object_of(word) : word;
}

template <typename F>
void for_each_edge(void* body, F&& f) {
  visit_steps(code_of(body).steps, 0, static_cast<char*>(body), [&](const Step& step, char* slot) {
    if (void* child = edge_target(step, slot)) f(child, step);
  });
}

}  // namespace tenure::rt
