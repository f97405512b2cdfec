#pragma once
#include <cstdint>

namespace tram {

__extension__ typedef __int128 Int128;

/// numerator / 2^shift rounded to nearest, ties to even, from the definition: division with remainder in 128 bits.
inline int64_t rounded_quotient(Int128 numerator, int shift) {
  const Int128 divisor = Int128{1} << shift;
  Int128 quotient = numerator / divisor, remainder = numerator % divisor;
  if (remainder < 0) {
    quotient -= 1;
    remainder += divisor;
  }
  if (2 * remainder > divisor || (2 * remainder == divisor && quotient % 2 != 0)) quotient += 1;
  return static_cast<int64_t>(quotient);
}

}  // namespace tram
