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
#include <time.h>

#include "rt_internal.h"

namespace tenure::rt {
namespace {

constexpr int64_t kFirstThreshold = 20000;
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
}

uint64_t microseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

void start_budget() {
  int64_t least =
      g.options.gc_threshold ? static_cast<int64_t>(g.options.gc_threshold) : kFirstThreshold;
  int64_t live = cyclic_live();
  set_cyclic_budget(live > least ? live : least);
}

struct Collection {  // the bookkeeping around one
  [[maybe_unused]] Uncounted uncounted;
  uint64_t begun = microseconds();
  Collection() { g.collecting = true; }
  ~Collection() {
    g.collecting = false;
    g.collections++;
    uint64_t pause = microseconds() - begun;
    if (pause > g.longest_pause) g.longest_pause = pause;
    start_budget();
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

void collect_unwatched() {
  if (g.collecting || g.suspects.size == 0) return;
  Collection collection;
  Trial trial;
  take_suspects(g.suspects, trial);
  trial.find();
  for (size_t i = 0; i < trial.seen.size; i++) {
    set_colour(trial.seen[i], kGarbage);
    retain_body(trial.seen[i]);
  }
  free_garbage(trial.seen);
  trial.seen.release();
  trial.saved.release();
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

// As many cyclic objects were made as there were at the last collection.
void look_at_threshold() {
  if (g.collecting || g.suspects.size == 0) return start_budget();
  collect_unwatched();
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
      return static_cast<int64_t>(g.longest_pause);
    default:
      return 0;
  }
}

}  // extern "C"
