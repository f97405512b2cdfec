#pragma once
#include <algorithm>
#include <cstdint>
#include <span>

namespace tram {

/// Real value = scale * (code - zero).
struct Affine {
  float scale = 1;
  int32_t zero = 0;
};

/// Number format of a tensor's codes: integers of `bits` bits, unsigned (0 .. 2^bits - 1) or two's complement. In
/// memory a code is its low `bits` bits, so that a code of up to 8 bits indexes a truth table as it is; it takes one
/// byte up to 8 bits, else two, low byte first.
struct CodeFormat {
  int bits = 8;  ///< 2 .. 16
  bool is_signed = false;

  int bytes() const { return bits > 8 ? 2 : 1; }
  int32_t lowest() const { return is_signed ? -(1 << (bits - 1)) : 0; }
  int32_t highest() const { return is_signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1; }

  /// Value of the low `bits` bits of raw; the other bits of raw are zero.
  int32_t value(uint32_t raw) const {
    const uint32_t sign = is_signed ? 1U << (bits - 1) : 0U;
    return static_cast<int32_t>(raw ^ sign) - static_cast<int32_t>(sign);
  }
  /// The low `bits` bits of a value in range.
  uint32_t raw(int32_t value) const { return static_cast<uint32_t>(value) & ((1U << bits) - 1); }

  bool operator==(const CodeFormat&) const = default;
};

/// Values of the codes in memory; bytes has values.size() * format.bytes() elements.
void load_codes(CodeFormat format, std::span<const uint8_t> bytes, std::span<int32_t> values);

/// Values in range to memory.
void store_codes(CodeFormat format, std::span<const int32_t> values, std::span<uint8_t> bytes);

}  // namespace tram
