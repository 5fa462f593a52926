// Weak references.
//
// A counted cell for each (object, address) that a weak reference was made of. The object knows
// only that it has some (TN_F_WEAK); a side table leads from it to its cells. They become null
// at the moment the object starts to die [O-REF-5], and live on until their last weak reference
// is gone.
#include "rt_internal.h"

namespace tenure::rt {

void clear_weak(void* body) {
  header(body).info &= ~TN_F_WEAK;
  WeakCell** chain = g.weak.find(body);
  if (!chain) return;
  for (WeakCell* cell = *chain; cell;) {
    WeakCell* next = cell->next;
    cell->word = cell->object = cell->next = nullptr;
    cell = next;
  }
  g.weak.remove(body);
}

static void unlink_cell(WeakCell* cell) {
  WeakCell** link = g.weak.find(cell->object);
  WeakCell** head = link;
  while (*link != cell) link = &(*link)->next;
  *link = cell->next;
  if (!*head) {
    header(cell->object).info &= ~TN_F_WEAK;
    g.weak.remove(cell->object);
  }
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void* tn_weak_new(void* word, const TnType* type) {
  if (!is_word(word)) return nullptr;
  void* body = type->flags & TN_INTERIOR ? object_of(word) : word;
  if (!body || header(body).count >= kDying || header(body).count == 0) return nullptr;
  WeakCell** chain = header(body).info & TN_F_WEAK ? g.weak.find(body) : nullptr;
  for (WeakCell* cell = chain ? *chain : nullptr; cell; cell = cell->next) {
    if (cell->word != word) continue;
    cell->count++;
    return cell;
  }
  WeakCell* cell = static_cast<WeakCell*>(malloc(sizeof(WeakCell)));
  if (!cell) tn_out_of_memory();
  WeakCell*& first = g.weak.put(body);
  *cell = {word, body, first, 1};
  first = cell;
  header(body).info |= TN_F_WEAK;
  g.weak_cells++;
  return cell;
}

void* tn_weak_upgrade(void* weak, const TnType*) {
  if (!is_word(weak)) return nullptr;
  WeakCell* cell = static_cast<WeakCell*>(weak);
  if (cell->word) retain_body(cell->object);
  return cell->word;
}

void* tn_weak_copy(void* weak) {
  if (is_word(weak)) static_cast<WeakCell*>(weak)->count++;
  return weak;
}

void tn_weak_release(void* weak) {
  if (!is_word(weak)) return;
  WeakCell* cell = static_cast<WeakCell*>(weak);
  if (--cell->count) return;
  if (cell->object) unlink_cell(cell);
  free(cell);
  g.weak_cells--;
}

}  // extern "C"
