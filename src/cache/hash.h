// The two hashes of the cache: one that names things by what is in them, one that finds damage.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenure::cache {

// What names a content: nobody finds two of one digest, not even on purpose.
struct Digest {
  std::array<uint8_t, 20> bytes{};
  std::string hex() const;
  bool operator==(const Digest&) const = default;
};

// BLAKE2b (RFC 7693) of 160 bits. Texts and numbers are hashed with their lengths, so that no two
// rows of them run together.
class Hasher {
 public:
  Hasher();
  void bytes(const void* data, size_t size);
  void text(std::string_view text);
  void number(uint64_t value);
  void digest(const Digest& digest) { bytes(digest.bytes.data(), digest.bytes.size()); }
  Digest finish();

 private:
  void compress(bool is_last);

  std::array<uint64_t, 8> state_;
  std::array<uint8_t, 128> block_{};
  size_t used_ = 0;     // of block_
  uint64_t total_ = 0;  // bytes compressed, and those about to be
};

Digest digest_of(std::string_view content);

// Differs, but for one chance in 2^64, if anything was cut off, lost or changed by accident. Many
// times as fast as a digest.
uint64_t checksum(const void* data, size_t size);

}  // namespace tenure::cache
