// What NG checks, for programs in C++ that do the same: sums, differences and products that overflow, and indexes.
#pragma once
#include <cstddef>
#include <cstdio>
#include <cstdlib>

[[noreturn]] [[gnu::cold]] inline void fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

template <typename T>
inline T add(T a, T b) {
  T result;
  if (__builtin_add_overflow(a, b, &result)) fail("overflow");
  return result;
}

template <typename T>
inline T subtract(T a, T b) {
  T result;
  if (__builtin_sub_overflow(a, b, &result)) fail("overflow");
  return result;
}

template <typename T>
inline T multiply(T a, T b) {
  T result;
  if (__builtin_mul_overflow(a, b, &result)) fail("overflow");
  return result;
}

// The element of anything that has a size.
template <typename Array>
inline auto& at(Array& array, std::size_t index) {
  if (index >= array.size()) fail("index out of range");
  return array[index];
}
