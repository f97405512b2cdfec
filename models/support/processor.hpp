#pragma once
#include <algorithm>
#include <thread>

namespace tram {

/// Threads that run at once on this machine, at least 1.
inline int hardware_threads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

/// Whether this processor has AVX-512 F and BW.
inline bool has_avx512() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
  return has;
}

}  // namespace tram
