#include "models/memory/memory_presets.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace tram {

std::span<const DramPreset> dram_presets() {
  static const std::array<DramPreset, 4> presets{{
      // 18 ns + 28 x 0.625 ns + 20 ns; 16 bit x 3.2 GT/s; 16 bit x BL16; 8 pJ/bit
      {"lpddr4_3200", 55.5e-9, 6.4e9, 32, 64e-12,
       "one x16 channel, JESD209-4 (tRCD 18 ns, RL 28, BL16); 8 pJ/bit as in Accelergy's DRAM table"},
      // 16 x 0.833 ns + 16 x 0.833 ns + 20 ns; 64 bit x 2.4 GT/s; 64 bit x BL8;
      // (1.2 V x 145 mA + 2.5 V x 3 mA) / 2.4 GB/s a chip
      {"ddr4_2400", 46.7e-9, 19.2e9, 64, 75.625e-12,
       "one 64-bit channel, JESD79-4 2400R (16-16, BL8); V x IDD4R of an 8 Gb x8 chip as in Ramulator 2, without I/O"},
      // 16 ns + 16 ns + 20 ns; 1024 bit x 2 GT/s; 64-bit pseudo channel x BL4; 3.9 pJ/bit
      {"hbm2", 52e-9, 256e9, 32, 31.2e-12,
       "one stack, JESD235 at 2 Gb/s a pin (tRCD 16 ns, tCL 16 ns, BL4); 3.9 pJ/bit, O'Connor et al., MICRO 2017"},
      {"ideal", 0, std::numeric_limits<double>::infinity(), 64, 0, "no latency, no limit, no energy"},
  }};
  return presets;
}

const DramPreset* find_dram_preset(const std::string& name) {
  for (const DramPreset& preset : dram_presets())
    if (preset.name == name) return &preset;
  return nullptr;
}

double sram_energy_per_byte(int64_t bytes) {
  struct Point {
    double bytes, joules_per_8_bytes;
  };
  static constexpr std::array<Point, 3> points{{{8192, 10e-12}, {32768, 20e-12}, {1048576, 100e-12}}};
  const auto size = static_cast<double>(bytes);
  const size_t segment = size > points[1].bytes ? 1 : 0;
  const Point& a = points[segment];
  const Point& b = points[segment + 1];
  const double slope = std::log(b.joules_per_8_bytes / a.joules_per_8_bytes) / std::log(b.bytes / a.bytes);
  return a.joules_per_8_bytes / 8 * std::pow(size / a.bytes, slope);
}

}  // namespace tram
