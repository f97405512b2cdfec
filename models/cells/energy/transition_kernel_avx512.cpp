#define TRAM_VECTOR_BYTES 64
#define TRAM_VECTORS 1
#include "models/cells/energy/transition_kernel_lanes.hpp"

namespace tram::transition {

const Kernel& avx512_kernel() {
  static constexpr Kernel kernel{"AVX-512", words * 64, workspace_bytes, run, count_toggles};
  return kernel;
}

}  // namespace tram::transition
