// Making objects and counting references.
//
// tn_new and the slow ends of retain and release. Counts are signed: a negative one is sticky
// (saturated [O-REF-6]) and is put back to the middle of the negative numbers whenever it is
// met. Releasing a cyclic object to a count above zero makes it a suspect of the collector.
#include "rt_internal.h"

namespace tenure::rt {

constinit State g{};

}  // namespace tenure::rt

extern "C" {
TnFree tn_free_blocks[TN_CLASSES];
bool tn_watching;
int64_t tn_cyclic_budget, tn_cyclic_deaths;
}

namespace tenure::rt {

static inline void zero_words(void* body, uint32_t bytes) {
  if (RT_LIKELY(bytes <= 64)) {
    for (uint32_t i = 0; i < bytes; i += 8) memset(static_cast<char*>(body) + i, 0, 8);
    return;
  }
  memset(body, 0, bytes);
}

// Stress: unwatched garbage goes, and of the watched it is only verified that it could [O-CYC-2].
// What is suspected reaches as much of a large heap as it likes, a list of a million nodes say, so
// after a look at more than kStressVisits objects the next waits until the allocations have paid
// for it: the cost of one is bounded, whatever the heap.
void before_allocation() {
  constexpr uint64_t kStressVisits = 1024, kVisitsPerAllocation = 64;
  if (!g.options.gc_stress || g.collecting || --g.stress_left) return;
  g.visits = 0;
  collect_unwatched();
  verify_watched();
  uint64_t turns = g.visits > kStressVisits ? g.visits / kVisitsPerAllocation : 1;
  g.stress_left = turns * g.options.gc_stress;
}

// The book of what can be part of a cycle.
static inline void enter_cyclic(void* body, const TypeInfo* info) {
  if (info->prefix > sizeof(Header))
    stamp_and_marks(body) = ++g.stamps << kStampShift;
  else if (info->type->flags & TN_CYCLIC)
    g.cyclic_made++;
}

// An object of a type that can be part of a cycle is going to be made, and will be in the book.
void spend_cyclic_budget() {
  g.cyclic_made--;
  if (RT_UNLIKELY(--tn_cyclic_budget < 0)) look_at_threshold();
}

void* new_object(TypeInfo* info, const TnSite* site) {
  RT_COUNTED(allocations);
  void* body = heap_alloc(info->slice, info->body_bytes, info->prefix);
  memcpy(&header(body), &info->new_header, sizeof(uint64_t));
  zero_words(body, info->body_bytes);
  enter_cyclic(body, info);
  if (RT_UNLIKELY(info->slow_new) && g.next_is_user_new) {
    g.next_is_user_new = false;
    stamp_and_marks(body) |= kMarkUserNew;
    g.watched_live++;
  }
  if (RT_UNLIKELY(g.watching_new)) {
    if (g.options.trace_drops && (info->type->flags & TN_WATCHED))
      remember_origin(body, site, kReasonLastReference);
    if (g.hooks.object_born) g.hooks.object_born(body, info->type, g.hooks.context);
  }
  return body;
}

void* new_buffer_object(TypeInfo* info, uint64_t bytes) {
  RT_COUNTED(allocations);
  if (bytes < 8) bytes = 8;
  uint32_t slice = slice_for(bytes, info->prefix);
  void* body = heap_alloc(slice, bytes, info->prefix);
  uint64_t first = info->new_header | uint64_t{TN_F_BUFFER} << 32;
  memcpy(&header(body), &first, sizeof first);
  enter_cyclic(body, info);
  if (RT_UNLIKELY(g.hooks.object_born != nullptr))
    g.hooks.object_born(body, info->type, g.hooks.context);
  return body;
}

void forget_object(void* body) {
  if (g.options.trace_drops) g.origins.remove(body);
  if (g.hooks.object_died) g.hooks.object_died(body, g.hooks.context);
}

void add_suspect(void* body) {
  Header& h = header(body);
  constexpr uint32_t kLook = TN_F_WATCHED | TN_F_LOOKED_AT;
  if ((h.info & kLook) == TN_F_LOOKED_AT) {  // the look puts it into the list when it is over
    h.info |= TN_F_SUSPECT;
    return;
  }
  // Dying objects are none (a count of kDying and more), nor members of a dead set at hand.
  if (h.count >= kDying || (h.info & TN_F_COLOUR)) return;
  List<void*>& list = h.info & TN_F_WATCHED ? g.watched_suspects : g.suspects;
  h.info |= TN_F_SUSPECT;
  list.push(body);
}

// Its memory waits in the list, until half of what is in there has died or the look is over.
void park(void* body) {
  constexpr uint64_t kFew = 256;
  constexpr uint32_t kLook = TN_F_WATCHED | TN_F_LOOKED_AT;
  bool looked_at = (header(body).info & kLook) == TN_F_LOOKED_AT;
  memcpy(&header(body), &kFreeHeader, sizeof kFreeHeader);
  if (looked_at) {
    g.look.parked++;
    return;
  }
  if (++g.parked < kFew || g.parked * 2 < g.suspects.size + g.watched_suspects.size) return;
  sweep_parked(g.suspects);
  sweep_parked(g.watched_suspects);
}

void sweep_parked(List<void*>& suspects) {
  size_t kept = 0, put_off = 0;
  for (size_t i = 0; i < suspects.size; i++) {
    void* body = suspects[i];
    if (header(body).info != kFreeInfo) {
      suspects[kept++] = body;
      if (i < g.put_off) put_off++;
      continue;
    }
    heap_free(body);
    g.parked--;
  }
  suspects.size = kept;
  if (&suspects == &g.suspects) g.put_off = put_off;
}

TnStatus release_body(void* body) {
  return count_down(body) ? die(body, nullptr) : TN_OK;
}

static inline void* object_for(void* word, const TnType* type) {
  if (!is_word(word)) return nullptr;
  return RT_UNLIKELY(type->flags & TN_INTERIOR) ? object_of(word) : word;
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void* tn_new(const TnType* type, const TnSite* site) {
  TypeInfo* info = info_of(type);
  if (RT_UNLIKELY(g.options.gc_stress != 0)) before_allocation();
  if (type->flags & TN_CYCLIC) spend_cyclic_budget();
  return new_object(info, site);
}

void tn_retain(void* word, const TnType* type) {
  if (void* body = object_for(word, type)) retain_body(body);
}

TnStatus tn_release(void* word, const TnType* type) {
  void* body = object_for(word, type);
  return body && count_down(body) ? die(body, nullptr) : TN_OK;
}

TnStatus tn_release_as(void* word, const TnType* type, uint32_t reason) {
  void* body = object_for(word, type);
  if (!body || !count_down(body)) return TN_OK;
  if (!g.options.trace_drops) return die(body, nullptr);
  Origin origin = origin_of(body, {nullptr, reason});
  origin.reason = reason;
  return die(body, &origin);
}

bool tn_is_sole(const void* body) {
  return header(const_cast<void*>(body)).count == 1;
}

void tn_free_recycled(void* body) {
  free_object(body);
}

TnStatus tn_release_slow(void* body) {
  Header& h = header(body);
  if (h.count < 0) {
    h.count = kSticky;
    return TN_OK;
  }
  if (h.count == 0) return die(body, nullptr);
  if ((h.info & (TN_F_CYCLIC | TN_F_SUSPECT)) == TN_F_CYCLIC) add_suspect(body);
  return TN_OK;
}

void tn_retain_slow(void* body) {
  header(body).count = kSticky;
}

void* tn_make_ref(void* place) {
  if (void* body = object_of(place)) retain_body(body);
  return place;
}

}  // extern "C"
