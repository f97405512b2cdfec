#include "models/memory/memory_presets.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tram {
namespace {

TEST(SramEnergy, MeetsThePublishedFigures) {
  EXPECT_NEAR(sram_energy_per_byte(8 << 10) * 8, 10e-12, 1e-20);
  EXPECT_NEAR(sram_energy_per_byte(32 << 10) * 8, 20e-12, 1e-20);
  EXPECT_NEAR(sram_energy_per_byte(1 << 20) * 8, 100e-12, 1e-20);
}

TEST(SramEnergy, BetweenThemFollowsAPowerOfTheSize) {
  // 32 KB -> 1 MB is a factor 32 in size and 5 in energy: 256 KB = 32 KB x 2^3 gives 20 pJ x 5^(3/5).
  EXPECT_NEAR(sram_energy_per_byte(256 << 10) * 8, 20e-12 * std::pow(5, 3.0 / 5), 1e-20);
  // 8 KB -> 32 KB: 4 in size, 2 in energy, so the square root; also below.
  EXPECT_NEAR(sram_energy_per_byte(16 << 10) * 8, 10e-12 * std::sqrt(2), 1e-20);
  EXPECT_NEAR(sram_energy_per_byte(2 << 10) * 8, 5e-12, 1e-20);
}

TEST(DramPresets, FiguresFollowFromTheirSources) {
  const DramPreset& lpddr4 = *find_dram_preset("lpddr4_3200");
  EXPECT_NEAR(lpddr4.latency_s, 18e-9 + 28 * 0.625e-9 + 20e-9, 1e-15);
  EXPECT_NEAR(lpddr4.bandwidth, 16 / 8 * 3.2e9, 1);
  EXPECT_NEAR(lpddr4.energy_per_byte, 8 * 8e-12, 1e-18);
  const DramPreset& ddr4 = *find_dram_preset("ddr4_2400");
  EXPECT_NEAR(ddr4.latency_s, (16 + 16) / 1.2e9 + 20e-9, 5e-11);
  EXPECT_NEAR(ddr4.bandwidth, 64 / 8 * 2.4e9, 1);
  EXPECT_NEAR(ddr4.energy_per_byte, (1.2 * 0.145 + 2.5 * 0.003) / 2.4e9, 1e-18);
  const DramPreset& hbm2 = *find_dram_preset("hbm2");
  EXPECT_NEAR(hbm2.bandwidth, 1024 / 8 * 2e9, 1);
  EXPECT_NEAR(hbm2.energy_per_byte, 8 * 3.9e-12, 1e-18);
  const DramPreset& ideal = *find_dram_preset("ideal");
  EXPECT_EQ(ideal.latency_s, 0);
  EXPECT_TRUE(std::isinf(ideal.bandwidth));
  EXPECT_EQ(find_dram_preset("sdram"), nullptr);
}

}  // namespace
}  // namespace tram
