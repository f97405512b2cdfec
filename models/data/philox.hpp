#pragma once
#include <array>
#include <cstdint>

namespace tram {

/// Philox4x32 with 10 rounds (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
/// 128 random bits as a function of a 64-bit key and a 128-bit counter. Nothing is carried from one block to the
/// next, so any place of any stream is reached at once and different counters never share a block.
constexpr std::array<uint32_t, 4> philox(uint64_t key, std::array<uint32_t, 4> counter) {
  uint32_t key_low = static_cast<uint32_t>(key), key_high = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t{0xD2511F53} * counter[0];
    const uint64_t b = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(b >> 32) ^ counter[1] ^ key_low, static_cast<uint32_t>(b),
               static_cast<uint32_t>(a >> 32) ^ counter[3] ^ key_high, static_cast<uint32_t>(a)};
    key_low += 0x9E3779B9;
    key_high += 0xBB67AE85;
  }
  return counter;
}

/// The random numbers of one item (an image, an epoch's order, a layer's initial weights): the item is named by
/// seed, stream and index, and its numbers are drawn in order. The same on every machine.
class RandomItem {
 public:
  constexpr RandomItem(uint64_t seed, uint32_t stream, uint64_t index) : seed_(seed), stream_(stream), index_(index) {}

  constexpr uint32_t next() {
    if (drawn_ % 4 == 0)
      block_ = philox(seed_, {drawn_ / 4, stream_, static_cast<uint32_t>(index_), static_cast<uint32_t>(index_ >> 32)});
    return block_[drawn_++ % 4];
  }

  /// Uniform integer in low .. high, both included; the probabilities differ by less than (high - low + 1) / 2^32.
  constexpr int between(int low, int high) {
    const uint64_t count = static_cast<uint64_t>(int64_t{high} - low + 1);
    return static_cast<int>(low + static_cast<int64_t>((next() * count) >> 32));
  }

  /// Uniform in [0, 1), a multiple of 2^-24, so that float holds it exactly.
  constexpr float unit() { return static_cast<float>(next() >> 8) * 0x1p-24f; }

 private:
  uint64_t seed_;
  uint32_t stream_;
  uint64_t index_;
  uint32_t drawn_ = 0;
  std::array<uint32_t, 4> block_{};
};

}  // namespace tram
