#define TRAM_VECTOR_BYTES 32
#define TRAM_VECTORS 1
#include "models/cells/energy/transition_kernel_lanes.hpp"
#include "models/support/processor.hpp"

namespace tram::transition {

const Kernel& avx2_kernel() {
  static constexpr Kernel kernel{"AVX2", words * 64, workspace_bytes, run, count_toggles};
  return kernel;
}

const Kernel& best_kernel() { return has_avx512() ? avx512_kernel() : avx2_kernel(); }

}  // namespace tram::transition
