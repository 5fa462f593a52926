// An object file of one piece of constant data, written by hand: LLVM would set up all of its code
// generator for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tenure::native {

// Appends the bytes of `count` values.
template <class T>
void append(std::string& out, const T* values, size_t count) {
  out.append(reinterpret_cast<const char*>(values), count * sizeof(T));
}

class DataObject {
 public:
  // Defines the hidden symbol `name`, whose content are the bytes.
  DataObject(std::string name, std::string bytes)
      : name_(std::move(name)), bytes_(std::move(bytes)) {}

  // The 32 bits at `offset` are the distance from there to a hidden symbol of another object.
  void refer(uint64_t offset, std::string_view symbol) {
    references_.push_back({offset, std::string(symbol)});
  }

  std::string finish() const;

 private:
  struct Reference {
    uint64_t offset;
    std::string symbol;
  };

  std::string name_;
  std::string bytes_;
  std::vector<Reference> references_;
};

}  // namespace tenure::native
