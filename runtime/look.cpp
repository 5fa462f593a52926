// A look at everything that is suspected, in slices between which the program runs.
//
// A suspect that reaches more objects than a slice may visit is not decided by one trial. A look
// finds out what is probably dead without touching a count, and then asks a trial:
//
//   Gather  takes the suspects over into a list.
//   Count   visits them and all that they reach, and counts, beside the objects, the references
//           that it finds.
//   Sieve   lets live whoever has more or fewer owners than were found, and what it refers to.
//   Sort    leaves only the others in the list, if there is one who lives.
//   Try     makes a trial of each, among the others: what only they keep is dead, and lets go of
//           what it holds.
//   Free    gives the memory of the dead back.
//
// What the program does meanwhile makes the numbers wrong. They are a guess; the trial, which
// nothing interrupts, is exact, and visits only what they say is dead: so a pause grows with the
// garbage that hangs together, and not with what lives. Nothing is missed for good either: who was
// dead before Gather is left alone by everybody, so for it the numbers are right; who died later
// has lost its last owner from outside later, so one of its objects is suspected anew. That is
// only noted while the look leads to it (add_suspect), and is in the list when it is over. There
// are no other slices meanwhile: a suspect that only waits for what the look is about would be
// taken for one that lives.
#include "rt_internal.h"
#include "trial.h"

namespace tenure::rt {
namespace {

constexpr uintptr_t kPageBits = 16;
constexpr size_t kCounts = size_t{1} << (kPageBits - 4);  // blocks are 16 bytes and more

bool is_free(const void* body) {
  return header(body).info == kFreeInfo;
}

uint32_t& found(const void* body) {
  uintptr_t address = reinterpret_cast<uintptr_t>(body);
  const void* page = reinterpret_cast<const void*>(address >> kPageBits << kPageBits);
  Look& look = g.look;
  if (RT_UNLIKELY(look.counts_at != page)) {
    uint32_t*& counts = look.counts.put(page);
    if (counts == nullptr) counts = static_cast<uint32_t*>(calloc(kCounts, sizeof(uint32_t)));
    if (counts == nullptr) tn_out_of_memory();
    look.counts_at = page;
    look.counts_there = counts;
  }
  return look.counts_there[(address >> 4) & (kCounts - 1)];
}

void forget_counts() {
  Look& look = g.look;
  for (size_t i = 0; i < look.counts.room; i++)
    if (look.counts.rows[i].key) free(look.counts.rows[i].value);
  look.counts.release();
  look.counts_at = nullptr;
}

void enter(void* body) {
  header(body).info |= TN_F_LISTED | TN_F_LOOKED_AT;
  set_colour(body, kAsked);
  found(body) = 0;
  g.look.seen.push(body);
}

void enter_next(LookPhase phase) {
  g.look.phase = phase;
  g.look.at = 0;
}

}  // namespace

void forget_look() {
  forget_counts();
  g.look.seen.release();
  g.look.live.release();
  g.look.dead.release();
  enter_next(LookPhase::None);
}

namespace {

// It is not in the list any more, and suspected if it was meanwhile, or shall be.
void leave(void* body, bool is_suspect) {
  uint32_t& info = header(body).info;
  is_suspect |= (info & TN_F_SUSPECT) != 0;
  info &= ~(TN_F_LISTED | TN_F_LOOKED_AT | TN_F_COLOUR | TN_F_SUSPECT);
  if (is_suspect) add_suspect(body);
}

void leave_dead(void* body) {
  heap_free(body);
  g.look.parked--;
}

// ---- the phases: each does the next of its work, and says how many objects it visited

uint64_t gather() {
  Look& look = g.look;
  if (g.suspects.size == 0) {
    look.suspects = look.seen.size;
    enter_next(LookPhase::Count);
    return 0;
  }
  void* body = g.suspects.pop();
  if (is_free(body)) {
    heap_free(body);
    g.parked--;
    return 1;
  }
  header(body).info &= ~TN_F_SUSPECT;
  if (takes_part(body)) enter(body);
  return 1;
}

uint64_t count() {
  Look& look = g.look;
  if (look.at == look.seen.size) {
    enter_next(LookPhase::Sieve);
    return 0;
  }
  void* body = look.seen[look.at++];
  if (is_free(body)) return 1;
  for_each_edge(body, [](void* child, const Step&) {
    if (!takes_part(child)) return;
    uint32_t info = header(child).info;
    // Who is suspected since lives, until the next look.
    if (!(info & (TN_F_LOOKED_AT | TN_F_SUSPECT | TN_F_LISTED | TN_F_COLOUR))) enter(child);
    if (header(child).info & TN_F_LOOKED_AT) found(child)++;
  });
  return 1;
}

void let_live(void* body) {
  g.look.somebody_lives = true;
  set_colour(body, kBlack);
  g.look.live.push(body);
}

uint64_t sieve() {
  Look& look = g.look;
  if (look.live.size) {
    void* body = look.live.pop();
    if (is_free(body)) return 1;
    for_each_edge(body, [](void* child, const Step&) {
      if (colour(child) == kAsked) let_live(child);
    });
    return 1;
  }
  if (look.at == look.seen.size) {
    look.kept = 0;
    enter_next(look.somebody_lives ? LookPhase::Sort : LookPhase::Try);
    return 0;
  }
  void* body = look.seen[look.at++];
  const Header& h = header(body);
  if (is_free(body) || colour(body) != kAsked) return 1;
  if (static_cast<uint32_t>(h.count) != found(body) || (h.info & TN_F_SUSPECT)) let_live(body);
  return 1;
}

uint64_t sort() {
  Look& look = g.look;
  if (look.at == look.seen.size) {
    look.seen.size = look.kept;
    enter_next(LookPhase::Try);
    return 0;
  }
  void* body = look.seen[look.at++];
  if (is_free(body))
    leave_dead(body);
  else if (colour(body) == kAsked)
    look.seen[look.kept++] = body;
  else
    leave(body, false);
  return 1;
}

// All at once: the dead set among those that `body` reaches and that are in the list.
uint64_t try_one(void* body) {
  Trial trial;
  trial.of = kAsked;
  trial.start(body);
  trial.take_edges_off();
  uint64_t visits = trial.seen.size * 4;
  trial.keep_dead();
  // Who is not in the trial may be owned by the dead alone, and then dies with the last of them.
  trial.put_counts_back();
  for (size_t i = 0; i < trial.seen.size; i++) {
    void* dead = trial.seen[i];
    set_colour(dead, kGarbage);
    if (header(dead).info & TN_F_WEAK) clear_weak(dead);  // nobody can get hold of it from now on
    g.look.dead.push(dead);
  }
  for (size_t i = 0; i < trial.seen.size; i++) Trial::let_parts_go(trial.seen[i]);
  trial.release();
  return visits;
}

uint64_t try_next() {
  Look& look = g.look;
  if (look.at == look.seen.size) {
    look.seen.size = 0;
    look.left -= static_cast<int64_t>(look.dead.size);
    enter_next(LookPhase::Free);
    return 0;
  }
  void* body = look.seen[look.at++];
  if (is_free(body)) {
    leave_dead(body);
    return 1;
  }
  uint64_t visits = 1;
  if (colour(body) == kAsked) visits += try_one(body);
  if (colour(body) != kGarbage) leave(body, false);
  return visits;
}

// The newest first, so that the free blocks lie side by side.
uint64_t free_next() {
  Look& look = g.look;
  if (look.dead.size) {
    void* body = look.dead.pop();
    header(body).info &= ~(TN_F_LISTED | TN_F_LOOKED_AT | TN_F_COLOUR | TN_F_SUSPECT);
    free_object(body);
    return 1;
  }
  forget_look();
  return 0;
}

uint64_t go_on() {
  switch (g.look.phase) {
    case LookPhase::None:
      return 0;
    case LookPhase::Gather:
      return gather();
    case LookPhase::Count:
      return count();
    case LookPhase::Sieve:
      return sieve();
    case LookPhase::Sort:
      return sort();
    case LookPhase::Try:
      return try_next();
    case LookPhase::Free:
      return free_next();
  }
  return 0;
}

// Of those in the list that nothing is known of, the suspects are suspected again.
void leave_all() {
  Look& look = g.look;
  bool sorted = look.phase == LookPhase::Sort || look.phase == LookPhase::Try;
  auto leave_one = [&](size_t i, bool is_suspect) {
    void* body = look.seen[i];
    if (is_free(body)) return leave_dead(body);
    if (colour(body) != kGarbage) leave(body, is_suspect);
  };
  for (size_t i = 0; look.phase == LookPhase::Sort && i < look.kept; i++) leave_one(i, true);
  size_t first = sorted ? look.at : 0;
  for (size_t i = first; i < look.seen.size; i++) {
    bool is_asked = !is_free(look.seen[i]) && colour(look.seen[i]) == kAsked;
    leave_one(i, sorted ? is_asked : i < look.suspects);
  }
  look.seen.size = look.live.size = 0;
}

}  // namespace

void begin_look() {
  Look& look = g.look;
  look.seen.size = look.live.size = look.dead.size = 0;
  look.suspects = SIZE_MAX;  // as long as they are gathered, all are
  look.somebody_lives = false;
  look.left = cyclic_live();
  g.put_off = 0;
  enter_next(LookPhase::Gather);
}

void go_on_looking(uint64_t visits) {
  uint64_t done = 0;
  while (look_is_under_way() && done < visits) done += go_on();
  g.visits += done;
}

void give_look_up() {
  if (!look_is_under_way()) return;
  if (g.look.phase < LookPhase::Free) {
    leave_all();
    enter_next(LookPhase::Free);
  }
  go_on_looking(UINT64_MAX);
}

}  // namespace tenure::rt
