#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tram {

/// One figure of the benchmark.
struct BenchmarkFigure {
  std::string name, unit, meaning;
  double value = 0;
  bool is_measured = true;  ///< false: what it needs is not on this machine; `meaning` says what
};

/// Measures this machine, one core, in about half a minute with caches warm:
///   rtl_ns_per_mac       engine rtl, full 64 x 64 array, stream of 1024, all nets counted
///   table_gmacs          table GEMM with a multiplier that is not exact, M 1576, K 192, N 576
///   lut_loop_gmacs       a look-up a multiply-accumulate, same shape
///   exact_gmacs, sgemm_gmacs   integer GEMM of exact products and fp32 GEMM, same shape
///   table_energy_gmacs   engine table with all energies, glitches included, on the linear layers of a DeiT-Tiny
///                        block (M 197), new activations each time
///   resnet20_image_s, deit_tiny_image_s   CPU time of an image on the whole platform, engine table, golden check
///                        included; where the data is there
/// seed: of operands. Throws as the engines do.
std::vector<BenchmarkFigure> run_benchmark(uint64_t seed);

std::string benchmark_table(const std::vector<BenchmarkFigure>& figures);
std::string benchmark_json(const std::vector<BenchmarkFigure>& figures);

}  // namespace tram
