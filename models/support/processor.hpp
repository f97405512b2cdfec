#pragma once

namespace tram {

/// Whether this processor has AVX-512 F and BW.
inline bool has_avx512() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
  return has;
}

}  // namespace tram
