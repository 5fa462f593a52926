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
// thousand objects are visited. A suspect that reaches more than that is put off: its trial is
// undone. When the objects that can be part of a cycle have doubled since the last complete look
// there is one, over everything, so garbage of any size is found before it is as much again as
// what lives. The next slice comes when the allocations have paid for what the last one visited in
// vain. So a pause grows with the garbage that is found, and neither with what lives nor with what
// of that is suspected.
#include <time.h>

#include "rt_internal.h"

namespace tenure::rt {

static void note_pause(uint64_t nanoseconds) {
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
  uint64_t left = (g.collections * part + 999) / 1000;
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

constexpr int64_t kFirstThreshold = 20000;  // objects until the first complete look
constexpr uint64_t kSliceVisits = 4000;
constexpr uint64_t kSliceAllocations =
    3000;  // between two slices, at least: fewer than are visited
constexpr uint64_t kLeastNews = 1000;

inline bool takes_part(const void* body) {
  const Header& h = header(body);
  return (h.info & TN_F_CYCLIC) && h.count >= 0;
}

struct Trial {
  List<void*> seen = {};
  List<void*> saved = {};

  void start(void* body) {
    if (colour(body) != kBlack || !takes_part(body)) return;
    set_colour(body, kGrey);
    seen.push(body);
  }

  void take_edges_off() {
    for (size_t i = 0; i < seen.size; i++) {
      for_each_edge(seen[i], [this](void* child, const Step&) {
        if (!takes_part(child)) return;
        header(child).count--;
        start(child);
      });
    }
    g.visits += seen.size;
  }

  // One suspect and what it reaches. False: these would be more than `most` objects, and nothing
  // has happened.
  bool reach(void* body, size_t most) {
    size_t before = seen.size;
    start(body);
    for (size_t i = before; i < seen.size; i++) {
      if (seen.size - before > most) {
        undo(before, i);
        return false;
      }
      for_each_edge(seen[i], [this](void* child, const Step&) {
        if (!takes_part(child)) return;
        header(child).count--;
        start(child);
      });
    }
    g.visits += seen.size - before;
    return true;
  }

  // Of those from `first` on: the edges of these before `end` were taken off.
  void undo(size_t first, size_t end) {
    for (size_t i = first; i < end; i++)
      for_each_edge(seen[i], [](void* child, const Step&) {
        if (takes_part(child)) header(child).count++;
      });
    for (size_t i = first; i < seen.size; i++) set_colour(seen[i], kBlack);
    g.visits += end - first;
    seen.size = first;
  }

  void save(void* body) {
    set_colour(body, kBlack);
    saved.push(body);
  }

  void save_what_lives() {
    for (size_t i = 0; i < seen.size; i++) {
      if (colour(seen[i]) != kGrey || header(seen[i]).count == 0) continue;
      save(seen[i]);
      while (saved.size) {
        for_each_edge(saved.pop(), [this](void* child, const Step&) {
          if (!takes_part(child)) return;
          header(child).count++;
          if (colour(child) == kGrey) save(child);
        });
      }
    }
  }

  // Leaves in `seen` what is dead, grey, counts put back.
  void find() {
    take_edges_off();
    find_dead();
  }

  void find_dead() {
    save_what_lives();
    size_t dead = 0;
    for (size_t i = 0; i < seen.size; i++)
      if (colour(seen[i]) == kGrey) seen[dead++] = seen[i];
    seen.size = dead;
    for (size_t i = 0; i < dead; i++)
      for_each_edge(seen[i], [](void* child, const Step&) {
        if (takes_part(child)) header(child).count++;
      });
  }
};

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
  uint64_t in_vain = 0;
  List<void*>& suspects = g.suspects;
  while (suspects.size > g.put_off && trial.seen.size + in_vain < kSliceVisits) {
    void* body = suspects.pop();
    Header& h = header(body);
    if (h.info == kFreeInfo) {
      heap_free(body);
      g.parked--;
      continue;
    }
    if (!(h.info & TN_F_LISTED)) {
      h.info &= ~TN_F_SUSPECT;
      if (trial.reach(body, kSliceVisits)) continue;
      in_vain += kSliceVisits;
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

// Allocations until the next look.
void start_budget(uint64_t visited_in_vain) {
  uint64_t least = g.options.gc_threshold ? g.options.gc_threshold : kSliceAllocations;
  uint64_t paid = visited_in_vain * 2;
  set_cyclic_budget(static_cast<int64_t>(paid > least ? paid : least));
}

// After a complete look: how many objects there are when the next one is due.
void set_complete_look() {
  int64_t least =
      g.options.gc_threshold ? static_cast<int64_t>(g.options.gc_threshold) : kFirstThreshold;
  int64_t live = cyclic_live();
  g.complete_look_at = live + (live > least ? live : least);
}

struct Collection {  // the bookkeeping around one
  [[maybe_unused]] Uncounted uncounted;
  uint64_t begun = nanoseconds();
  uint64_t visited_in_vain = 0;
  Collection() { g.collecting = true; }
  ~Collection() {
    g.collecting = false;
    g.collections++;
    note_pause(nanoseconds() - begun);
    start_budget(visited_in_vain);
    if (g.options.check_level >= 2) verify_heap(static_cast<int>(g.options.check_level));
  }
};

void collect_once() {
  Collection collection;
  Trial trial;
  take_suspects(g.suspects, trial);
  take_suspects(g.watched_suspects, trial);
  trial.find();
  if (trial.seen.size) {
    for (size_t i = 0; i < trial.seen.size; i++) set_colour(trial.seen[i], kGarbage);
    finalize_dead_set(trial.seen);
    free_garbage(trial.seen);
  }
  trial.seen.release();
  trial.saved.release();
  set_complete_look();
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

// What a dead unwatched object holds besides others of its set.
static void let_part_go(const Step& step, char* at) {
  if (void* child = edge_target(step, at)) {
    if (colour(child) != kGarbage) release_body(child);
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
static void free_unwatched_garbage(List<void*>& dead) {
  for (size_t i = 0; i < dead.size; i++) set_colour(dead[i], kGarbage);
  for (size_t i = 0; i < dead.size; i++)
    visit_steps(code_of(dead[i]).steps, 0, static_cast<char*>(dead[i]), let_part_go);
  for (size_t i = dead.size; i > 0; i--) {
    set_colour(dead[i - 1], kBlack);
    if (header(dead[i - 1]).info & TN_F_WEAK) clear_weak(dead[i - 1]);
    free_object(dead[i - 1]);
  }
}

static void look_for_garbage(bool everywhere) {
  if (g.collecting || g.suspects.size == 0) return;
  Collection collection;
  Trial trial;
  if (everywhere) {
    take_suspects(g.suspects, trial);
    trial.find();
  } else {
    uint64_t in_vain = take_some_suspects(trial);
    uint64_t reached = trial.seen.size;
    trial.find_dead();
    collection.visited_in_vain = in_vain + reached - trial.seen.size;
  }
  free_unwatched_garbage(trial.seen);
  trial.seen.release();
  trial.saved.release();
  if (everywhere) set_complete_look();
}

void collect_unwatched() {
  look_for_garbage(true);
}

// Stress: the trial on the watched suspects, without consequences.
void verify_watched() {
  if (g.collecting || g.watched_suspects.size == 0) return;
  g.collecting = true;
  Trial trial;
  for (size_t i = 0; i < g.watched_suspects.size; i++)
    if (header(g.watched_suspects[i]).info & TN_F_SUSPECT) trial.start(g.watched_suspects[i]);
  trial.find();
  for (size_t i = 0; i < trial.seen.size; i++) set_colour(trial.seen[i], kBlack);
  trial.seen.release();
  trial.saved.release();
  g.collecting = false;
}

// The allocations have paid for a look.
void look_at_threshold() {
  bool nothing_new = g.suspects.size == g.put_off;
  bool complete = cyclic_live() >= g.complete_look_at;
  if (g.collecting || (nothing_new && !complete) || g.suspects.size == 0) return start_budget(0);
  look_for_garbage(complete);
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
