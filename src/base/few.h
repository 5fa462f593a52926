// A vector of plain values that are mostly few: the first N lie in the vector itself, so that
// making a short list costs no allocation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace tenure {

template <class T, uint32_t N>
class Few {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  Few() = default;
  Few(std::initializer_list<T> items) { append(items.begin(), items.end()); }
  template <std::input_iterator Iterator>
  Few(Iterator first, Iterator last) {
    append(first, last);
  }
  Few(const Few& other) { append(other.begin(), other.end()); }
  Few(Few&& other) noexcept { take(other); }
  Few& operator=(const Few& other) {
    if (this == &other) return *this;
    size_ = 0;
    append(other.begin(), other.end());
    return *this;
  }
  Few& operator=(Few&& other) noexcept {
    if (this == &other) return *this;
    if (data_ != few()) delete[] reinterpret_cast<std::byte*>(data_);
    take(other);
    return *this;
  }
  ~Few() {
    if (data_ != few()) delete[] reinterpret_cast<std::byte*>(data_);
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T& operator[](size_t index) { return data_[index]; }
  const T& operator[](size_t index) const { return data_[index]; }
  T& back() { return data_[size_ - 1]; }
  const T& back() const { return data_[size_ - 1]; }
  friend bool operator==(const Few& a, const Few& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

  void reserve(size_t count) {
    if (count > capacity_) grow(count);
  }
  void push_back(T item) {
    if (size_ == capacity_) grow(size_t{size_} + 1);
    std::construct_at(data_ + size_++, item);
  }
  void pop_back() { --size_; }
  void clear() { size_ = 0; }
  void resize(size_t count) {
    reserve(count);
    while (size_ < count) push_back(T());
    size_ = static_cast<uint32_t>(count);
  }
  template <class Iterator>
  void append(Iterator first, Iterator last) {
    reserve(size_ + static_cast<size_t>(std::distance(first, last)));
    for (; first != last; ++first) push_back(*first);
  }

 private:
  T* few() { return reinterpret_cast<T*>(few_); }
  void grow(size_t least) {
    size_t capacity = std::max(least, size_t{capacity_} * 2);
    auto* more = reinterpret_cast<T*>(new std::byte[capacity * sizeof(T)]);
    std::uninitialized_copy(begin(), end(), more);
    if (data_ != few()) delete[] reinterpret_cast<std::byte*>(data_);
    data_ = more;
    capacity_ = static_cast<uint32_t>(capacity);
  }
  // This one has nothing of its own.
  void take(Few& other) {
    size_ = other.size_;
    if (other.data_ == other.few()) {
      data_ = few();
      capacity_ = N;
      std::uninitialized_copy(other.begin(), other.end(), data_);
    } else {
      data_ = std::exchange(other.data_, other.few());
      capacity_ = std::exchange(other.capacity_, N);
    }
    other.size_ = 0;
  }

  T* data_ = few();
  uint32_t size_ = 0;
  uint32_t capacity_ = N;
  alignas(T) std::byte few_[N * sizeof(T)];
};

}  // namespace tenure
