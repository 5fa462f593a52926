// A list and a map for the runtime's own use: memory from malloc, all of it out of sight of the
// heap that the program sees. Both are plain data, empty when zeroed, so that they may lie in the
// global state.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tenure_rt.h"

#define RT_LIKELY(x) __builtin_expect(!!(x), 1)
#define RT_UNLIKELY(x) __builtin_expect(!!(x), 0)

namespace tenure::rt {

template <typename T>
struct List {
  T* data;
  size_t size, room;
  void push(const T& value) {
    if (RT_UNLIKELY(size == room)) grow();
    data[size++] = value;
  }
  T pop() { return data[--size]; }
  T& operator[](size_t i) { return data[i]; }
  void grow() {
    size_t more = room ? room * 2 : 16;
    void* bigger = realloc(data, more * sizeof(T));
    if (!bigger) tn_out_of_memory();
    data = static_cast<T*>(bigger);
    room = more;
  }
  void release() {
    free(data);
    data = nullptr;
    size = room = 0;
  }
};

// From body addresses to a T; open addressing, no tombstones.
template <typename T>
struct Map {
  struct Row {
    const void* key;
    T value;
  };
  Row* rows;
  size_t size, room;
  static size_t hash(const void* key) {
    return static_cast<size_t>((reinterpret_cast<uintptr_t>(key) >> 3) * 0x9E3779B97F4A7C15ull >>
                               20);
  }
  T* find(const void* key) {
    if (!room) return nullptr;
    for (size_t i = hash(key) & (room - 1); rows[i].key; i = (i + 1) & (room - 1))
      if (rows[i].key == key) return &rows[i].value;
    return nullptr;
  }
  T& put(const void* key) {  // finds or makes
    if (T* there = find(key)) return *there;
    if ((size + 1) * 2 > room) rehash();
    size_t i = hash(key) & (room - 1);
    while (rows[i].key) i = (i + 1) & (room - 1);
    rows[i].key = key;
    memset(static_cast<void*>(&rows[i].value), 0, sizeof(T));
    size++;
    return rows[i].value;
  }
  void remove(const void* key) {
    if (!room) return;
    size_t mask = room - 1, i = hash(key) & mask;
    while (rows[i].key && rows[i].key != key) i = (i + 1) & mask;
    if (!rows[i].key) return;
    size--;
    for (size_t j = (i + 1) & mask; rows[j].key; j = (j + 1) & mask) {
      size_t home = hash(rows[j].key) & mask;
      if (((j - home) & mask) >= ((j - i) & mask)) {
        rows[i] = rows[j];
        i = j;
      }
    }
    rows[i].key = nullptr;
  }
  void rehash() {
    Row* old = rows;
    size_t old_room = room;
    room = room ? room * 2 : 64;
    rows = static_cast<Row*>(calloc(room, sizeof(Row)));
    if (!rows) tn_out_of_memory();
    for (size_t r = 0; r < old_room; r++) {
      if (!old[r].key) continue;
      size_t i = hash(old[r].key) & (room - 1);
      while (rows[i].key) i = (i + 1) & (room - 1);
      rows[i] = old[r];
    }
    free(old);
  }
  void release() {
    free(rows);
    rows = nullptr;
    size = room = 0;
  }
};

}  // namespace tenure::rt
