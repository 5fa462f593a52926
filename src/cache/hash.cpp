#include "cache/hash.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace tenure::cache {
namespace {

constexpr std::array<uint64_t, 8> kStart = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

// The order in which each round takes the words of a block.
constexpr uint8_t kOrder[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};
constexpr size_t kRounds = 12;

uint64_t word_at(const uint8_t* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;  // x86-64 is little endian, as the hash is
}

void mix(uint64_t& a, uint64_t& b, uint64_t& c, uint64_t& d, uint64_t x, uint64_t y) {
  a += b + x;
  d = std::rotr(d ^ a, 32);
  c += d;
  b = std::rotr(b ^ c, 24);
  a += b + y;
  d = std::rotr(d ^ a, 16);
  c += d;
  b = std::rotr(b ^ c, 63);
}

}  // namespace

std::string Digest::hex() const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Hasher::Hasher() : state_(kStart) {
  state_[0] ^= 0x01010000 ^ Digest {}.bytes.size();
}

void Hasher::compress(bool is_last) {
  uint64_t m[16];
  for (size_t i = 0; i < 16; ++i) m[i] = word_at(block_.data() + 8 * i);
  uint64_t v[16];
  std::copy(state_.begin(), state_.end(), v);
  std::copy(kStart.begin(), kStart.end(), v + 8);
  v[12] ^= total_;
  if (is_last) v[14] = ~v[14];
  for (size_t round = 0; round < kRounds; ++round) {
    const uint8_t* s = kOrder[round % 10];
    mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
  }
  for (size_t i = 0; i < 8; ++i) state_[i] ^= v[i] ^ v[i + 8];
}

void Hasher::bytes(const void* data, size_t size) {
  const auto* from = static_cast<const uint8_t*>(data);
  while (size > 0) {
    if (used_ == block_.size()) {  // never the last block: more follows
      total_ += used_;
      compress(false);
      used_ = 0;
    }
    size_t some = std::min(size, block_.size() - used_);
    std::memcpy(block_.data() + used_, from, some);
    used_ += some;
    from += some;
    size -= some;
  }
}

void Hasher::text(std::string_view text) {
  number(text.size());
  bytes(text.data(), text.size());
}

void Hasher::number(uint64_t value) {
  bytes(&value, sizeof value);
}

Digest Hasher::finish() {
  total_ += used_;
  std::fill(block_.begin() + static_cast<ptrdiff_t>(used_), block_.end(), 0);
  compress(true);
  Digest out;
  std::memcpy(out.bytes.data(), state_.data(), out.bytes.size());
  return out;
}

Digest digest_of(std::string_view content) {
  Hasher hasher;
  hasher.bytes(content.data(), content.size());
  return hasher.finish();
}

uint64_t checksum(const void* data, size_t size) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  const auto* from = static_cast<const uint8_t*>(data);
  uint64_t lanes[4] = {kOdd, ~kOdd, kOdd * 3, kOdd * 5};
  size_t left = size;
  for (; left >= 32; left -= 32, from += 32) {
    for (size_t i = 0; i < 4; ++i) {
      lanes[i] = std::rotl(lanes[i] ^ word_at(from + 8 * i), 29) * kOdd;
    }
  }
  uint8_t rest[32] = {};
  std::memcpy(rest, from, left);
  uint64_t sum = size;
  for (size_t i = 0; i < 4; ++i) {
    lanes[i] = std::rotl(lanes[i] ^ word_at(rest + 8 * i), 29) * kOdd;
    sum = (sum ^ lanes[i] ^ (lanes[i] >> 32)) * kOdd;
  }
  return sum ^ (sum >> 29);
}

}  // namespace tenure::cache
