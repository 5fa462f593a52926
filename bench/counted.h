// A pointer that counts in the object itself, without atomic operations: what a C++ programmer writes where std::shared_ptr
// is too slow and one thread is enough.
#pragma once
#include <cstddef>
#include <utility>

// T has a member `unsigned count`, at first 0.
template <typename T>
class Counted {
 public:
  Counted() = default;
  Counted(std::nullptr_t) {}
  explicit Counted(T* object) : object_(object) {
    if (object_ != nullptr) object_->count++;
  }
  Counted(const Counted& other) : Counted(other.object_) {}
  Counted(Counted&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  ~Counted() {
    if (object_ != nullptr && --object_->count == 0) delete object_;
  }
  Counted& operator=(Counted other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }
  bool unique() const { return object_->count == 1; }

 private:
  T* object_ = nullptr;
};
