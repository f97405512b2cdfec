#include "models/multiplier/bit_planes.hpp"

#include <array>

namespace tram {
namespace {

/// Bit l of a byte in byte l.
constexpr std::array<uint64_t, 256> make_spread() {
  std::array<uint64_t, 256> table{};
  for (int byte = 0; byte < 256; ++byte)
    for (int l = 0; l < 8; ++l) table[byte] |= uint64_t(byte >> l & 1) << (8 * l);
  return table;
}

constexpr std::array<uint64_t, 256> spread = make_spread();

/// Byte l holds bits 8 p .. 8 p + 7 of lane 8 group + l.
uint64_t bytes_of_lanes(const uint64_t* planes, int bits, int p, int group) {
  uint64_t bytes = 0;
  for (int i = 0; i < 8 && 8 * p + i < bits; ++i) bytes |= spread[planes[8 * p + i] >> (8 * group) & 255] << i;
  return bytes;
}

}  // namespace

uint64_t index_plane(int bit, size_t word) {
  static constexpr uint64_t patterns[6] = {0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0,
                                           0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffffff00000000};
  if (bit < 6) return patterns[bit];
  return (word >> (bit - 6)) & 1 ? ~uint64_t{0} : 0;
}

void unpack_lanes(const uint64_t* planes, int bits, bool is_signed, int32_t values[64]) {
  const int shift = is_signed ? 32 - bits : 0;
  for (int group = 0; group < 8; ++group) {
    uint32_t lanes[8] = {};
    for (int p = 0; 8 * p < bits; ++p) {
      const uint64_t bytes = bytes_of_lanes(planes, bits, p, group);
      for (int l = 0; l < 8; ++l) lanes[l] |= uint32_t(bytes >> (8 * l) & 255) << (8 * p);
    }
    for (int l = 0; l < 8; ++l) values[8 * group + l] = static_cast<int32_t>(lanes[l] << shift) >> shift;
  }
}

}  // namespace tram
