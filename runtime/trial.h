// A trial: what would die if only the objects that it reaches referred to them?
#pragma once

#include "rt_internal.h"

namespace tenure::rt {

inline bool takes_part(const void* body) {
  const Header& h = header(body);
  return (h.info & TN_F_CYCLIC) && h.count >= 0;
}

struct Trial {
  List<void*> seen = {};
  List<void*> saved = {};
  uint32_t of = kBlack;  // the colour of those that it is about

  void start(void* body) {
    if (colour(body) != of || !takes_part(body)) return;
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

  // Leaves in `seen` what is dead, grey. What its references are to their targets' counts is still
  // missing there.
  void keep_dead() {
    save_what_lives();
    size_t dead = 0;
    for (size_t i = 0; i < seen.size; i++)
      if (colour(seen[i]) == kGrey) seen[dead++] = seen[i];
    seen.size = dead;
  }

  void put_counts_back() {
    for (size_t i = 0; i < seen.size; i++)
      for_each_edge(seen[i], [](void* child, const Step&) {
        if (takes_part(child)) header(child).count++;
      });
  }

  // The unwatched dead one lets go of what it holds besides others of its set.
  static void let_parts_go(void* dead) {
    visit_steps(code_of(dead).steps, 0, static_cast<char*>(dead), let_dead_part_go);
  }

  void release() {
    seen.release();
    saved.release();
  }
};

}  // namespace tenure::rt
