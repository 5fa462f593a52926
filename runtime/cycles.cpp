// Cycles: finding dead sets.
//
// Trial deletion (after Bacon and Rajan, "Concurrent Cycle Collection in Reference Counted
// Systems", 2001, the synchronous form) with a list instead of recursion. From the suspects,
// every edge inside of what they reach is taken off the count of its target; who still has a
// count then is referred to from outside, and so lives, with what it reaches. The rest is the
// dead set [O-CYC-1, -4]. All counts are put back. Only objects of types that can be in a cycle
// are visited [O-CYC-7]. Unwatched garbage is freed at once; unwatched objects never lead to
// watched ones, so trials from unwatched suspects do not meet these. Watched garbage waits for a
// collection point (finalize.cpp).
//
// Unwatched garbage is looked for in slices: so many suspects, the newest first, that some
// thousand objects are visited. A suspect that reaches more is put off: its trial is undone. When
// the objects that can be part of a cycle have doubled since the last one there is a look at
// everything that is suspected, in slices as well (look.cpp), so garbage of any size is found
// before it is as much again as what lives. The next slice comes when the allocations have paid
// for what the last one visited in vain. So a pause grows with the garbage that is found, and
// neither with what lives nor with what of that is suspected.
#include <time.h>

#include "rt_internal.h"
#include "trial.h"

namespace tenure::rt {

static void note_pause(uint64_t nanoseconds) {
  g.pause_count++;
  if (nanoseconds > g.longest_pause) g.longest_pause = nanoseconds;
  uint32_t row = 0;
  if (nanoseconds >= 4) {
    uint32_t log = 63 - static_cast<uint32_t>(__builtin_clzll(nanoseconds));
    row = log * 4 + ((nanoseconds >> (log - 2)) & 3);
  }
  g.pauses[row < kPauseRows ? row : kPauseRows - 1]++;
}

// What `part` of a thousand pauses were shorter than, to a quarter of a doubling.
uint64_t pause_quantile(uint64_t part) {
  uint64_t left = (g.pause_count * part + 999) / 1000;
  for (uint32_t row = 0; row < kPauseRows; row++) {
    if (g.pauses[row] < left) {
      left -= g.pauses[row];
      continue;
    }
    uint64_t end = row < 8 ? 4 : uint64_t{5 + row % 4} << (row / 4 - 2);
    return end < g.longest_pause ? end : g.longest_pause;
  }
  return g.longest_pause;
}

namespace {

constexpr int64_t kFirstThreshold = 20000;  // objects until the first look
constexpr uint64_t kSliceVisits = 4000;     // then it ends
constexpr uint64_t kMostReached = 10000;    // by a suspect that is not put off
constexpr uint64_t kSliceAllocations =
    3000;  // between two slices, at least: fewer than are visited
// Between two slices of a look, which visits each object five times: so few that it is over before
// as much garbage is made as it finds.
constexpr int64_t kLookAllocations = 200;
constexpr uint64_t kLeastNews = 1000;

uint64_t at_most(uint64_t visits) {
  uint64_t few = uint64_t{g.options.gc_threshold} * 4;
  return few && few < visits ? few : visits;
}

void take_suspects(List<void*>& suspects, Trial& trial) {
  sweep_parked(suspects);
  size_t kept = 0;
  for (size_t i = 0; i < suspects.size; i++) {
    void* body = suspects[i];
    if (header(body).info & TN_F_LISTED) {  // a drop in it is running
      suspects[kept++] = body;
      continue;
    }
    header(body).info &= ~TN_F_SUSPECT;
    trial.start(body);
  }
  suspects.size = kept;
  if (&suspects == &g.suspects) g.put_off = kept;
}

// The newest suspects, until enough objects were visited. Gives how many visits came to nothing.
uint64_t take_some_suspects(Trial& trial) {
  const uint64_t enough = at_most(kSliceVisits), most = at_most(kMostReached);
  uint64_t in_vain = 0;
  List<void*>& suspects = g.suspects;
  while (suspects.size > g.put_off && trial.seen.size + in_vain < enough) {
    void* body = suspects.pop();
    Header& h = header(body);
    if (h.info == kFreeInfo) {
      heap_free(body);
      g.parked--;
      continue;
    }
    if (!(h.info & TN_F_LISTED)) {
      h.info &= ~TN_F_SUSPECT;
      if (trial.reach(body, most)) continue;
      in_vain += most;
      h.info |= TN_F_SUSPECT;
    }
    // Those that are put off come first in the list.
    suspects.push(body);
    suspects[suspects.size - 1] = suspects[g.put_off];
    suspects[g.put_off++] = body;
  }
  return in_vain;
}

uint64_t nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000 + static_cast<uint64_t>(now.tv_nsec);
}

// Allocations until the next slice.
void start_budget(uint64_t visited_in_vain) {
  uint64_t paid = visited_in_vain * 2;
  int64_t budget = static_cast<int64_t>(paid > kSliceAllocations ? paid : kSliceAllocations);
  if (look_is_under_way()) budget = kLookAllocations;
  if (g.options.gc_threshold) budget = static_cast<int64_t>(g.options.gc_threshold);
  set_cyclic_budget(budget);
}

// After a look at all suspects, of which so many objects are left: how many there are when the
// next one is due.
void set_complete_look(int64_t left) {
  g.complete_look_at = left + (left > kFirstThreshold ? left : kFirstThreshold);
}

struct Collection {  // the bookkeeping around one
  [[maybe_unused]] Uncounted uncounted;
  uint64_t begun = nanoseconds();
  uint64_t visited_in_vain = 0;
  Collection() { g.collecting = true; }
  ~Collection() {
    g.collecting = false;
    g.collections++;
    if (!g.ending) note_pause(nanoseconds() - begun);  // at the end nobody waits for the program
    start_budget(visited_in_vain);
    // (Of a look once: the heap is large then, and slices are many.)
    if (g.options.check_level >= 2 && !look_is_under_way())
      verify_heap(static_cast<int>(g.options.check_level));
  }
};

void collect_once() {
  Collection collection;
  give_look_up();
  Trial trial;
  take_suspects(g.suspects, trial);
  take_suspects(g.watched_suspects, trial);
  trial.take_edges_off();
  trial.keep_dead();
  trial.put_counts_back();
  if (trial.seen.size) {
    for (size_t i = 0; i < trial.seen.size; i++) set_colour(trial.seen[i], kGarbage);
    finalize_dead_set(trial.seen);
    free_garbage(trial.seen);
  }
  trial.release();
  set_complete_look(cyclic_live());
  g.news_left = g.watched_live > kLeastNews ? g.watched_live : kLeastNews;
}

}  // namespace

// The members (garbage, held once more than others count) let go of what they hold, then their
// memory goes. Nothing of the set dies by count on the way.
void free_garbage(List<void*>& dead) {
  g.finalizing = false;
  for (size_t i = 0; i < dead.size; i++) {
    void* body = dead[i];
    if (has_stamp(body) && (stamp_and_marks(body) & kMarkEmptied)) continue;
    Origin origin = origin_of(body, {nullptr, kReasonCycle});
    origin.reason = kReasonCycle;
    drop_in_place(body, code_of(body), origin, true);
  }
  for (size_t i = 0; i < dead.size; i++) free_object(dead[i]);
}

void let_dead_part_go(const Step& step, char* at) {
  if (void* child = edge_target(step, at)) {
    if (colour(child) == kGrey || colour(child) == kGarbage) return;
    // The trial took this reference off. Somebody else has one, or the child would be dead too.
    if (takes_part(child) && !look_is_under_way()) header(child).count++;
    release_body(child);
    return;
  }
  switch (step.op) {
    case Op::String:
      return tn_str_drop(reinterpret_cast<TnString*>(at));
    case Op::Weak:
      return tn_weak_release(*reinterpret_cast<void**>(at));
    case Op::Native: {
      void* word = *reinterpret_cast<void**>(at);
      if (is_word(word)) step.type->release(word);
      return;
    }
    default:  // null
      return;
  }
}

// The dead set of a trial from unwatched suspects. Nobody can see its end.
static void free_unwatched_garbage(Trial& trial) {
  trial.keep_dead();
  List<void*>& dead = trial.seen;
  for (size_t i = 0; i < dead.size; i++) Trial::let_parts_go(dead[i]);
  for (size_t i = dead.size; i > 0; i--) {
    set_colour(dead[i - 1], kBlack);
    if (header(dead[i - 1]).info & TN_F_WEAK) clear_weak(dead[i - 1]);
    free_object(dead[i - 1]);
  }
}

void collect_unwatched() {
  if (g.collecting || (g.suspects.size == 0 && !look_is_under_way())) return;
  Collection collection;
  give_look_up();
  Trial trial;
  take_suspects(g.suspects, trial);
  trial.take_edges_off();
  free_unwatched_garbage(trial);
  trial.release();
  set_complete_look(cyclic_live());
}

static void look_at_newest() {
  Collection collection;
  Trial trial;
  uint64_t in_vain = take_some_suspects(trial);
  uint64_t reached = trial.seen.size;
  free_unwatched_garbage(trial);
  collection.visited_in_vain = in_vain + reached - trial.seen.size;
  trial.release();
}

static void look_at_all() {
  Collection collection;
  if (!look_is_under_way()) begin_look();
  go_on_looking(at_most(kSliceVisits));
  if (!look_is_under_way()) set_complete_look(g.look.left);
}

// Stress: the trial on the watched suspects, without consequences.
void verify_watched() {
  if (g.collecting || g.watched_suspects.size == 0) return;
  g.collecting = true;
  Trial trial;
  for (size_t i = 0; i < g.watched_suspects.size; i++)
    if (header(g.watched_suspects[i]).info & TN_F_SUSPECT) trial.start(g.watched_suspects[i]);
  trial.take_edges_off();
  trial.keep_dead();
  trial.put_counts_back();
  for (size_t i = 0; i < trial.seen.size; i++) set_colour(trial.seen[i], kBlack);
  trial.release();
  g.collecting = false;
}

// The allocations have paid for a look.
void look_at_threshold() {
  if (g.collecting) return start_budget(0);
  if (look_is_under_way()) return look_at_all();
  if (g.suspects.size == 0) return start_budget(0);
  bool at_once = g.put_off > 0 && g.options.gc_threshold;
  if (at_once || cyclic_live() >= g.complete_look_at) return look_at_all();
  if (g.suspects.size == g.put_off) return start_budget(0);
  look_at_newest();
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

// An error in a drop was reported in it and stops nothing [O-PANIC-2]; exit(n) goes on behind it.
TnStatus tn_collect(void) {
  if (g.collecting) {
    g.collect_again = true;
    return TN_OK;
  }
  bool exiting = g.exiting;
  do {
    g.collect_again = false;
    collect_once();
  } while (g.collect_again);
  return g.exiting && !exiting ? TN_FAILED : TN_OK;
}

TnStatus tn_new_point(const TnType* type) {
  constexpr uint32_t kCounts = TN_CYCLIC | TN_WATCHED;
  if ((type->flags & kCounts) != kCounts) return TN_OK;
  if (g.news_left == 0 && !g.collecting && tn_collect() != TN_OK) return TN_FAILED;
  if (g.news_left) g.news_left--;
  g.next_is_user_new = true;
  return TN_OK;
}

int64_t tn_heap_stat(int32_t which) {
  switch (which) {
    case 0:
      return static_cast<int64_t>(live_objects());
    case 1:
      return static_cast<int64_t>(live_bytes());
    case 2:
      return static_cast<int64_t>(g.collections);
    case 3:
      return static_cast<int64_t>(g.longest_pause / 1000);
    default:
      return 0;
  }
}

}  // extern "C"
