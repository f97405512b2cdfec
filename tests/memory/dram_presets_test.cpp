#include "models/memory/dram_presets.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tram {
namespace {

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
  const DramPreset& lpddr5 = *find_dram_preset("lpddr5_6400");
  EXPECT_NEAR(lpddr5.latency_s, (15 + 17) * 1.25e-9 + 20e-9, 1e-15);
  EXPECT_NEAR(lpddr5.bandwidth, 16 / 8 * 6.4e9, 1);
  EXPECT_NEAR(lpddr5.energy_per_byte, lpddr5.device->energy.read_j / 32, 0.05e-12);
  const DramPreset& ideal = *find_dram_preset("ideal");
  EXPECT_EQ(ideal.latency_s, 0);
  EXPECT_TRUE(std::isinf(ideal.bandwidth));
  EXPECT_EQ(find_dram_preset("sdram"), nullptr);
}

/// What a channel moves while its pins are always busy is the peak rate of the standard.
TEST(DramPresets, BanksHaveTheSamePeakRate) {
  for (const DramPreset& preset : dram_presets()) {
    if (!preset.device) continue;
    const DramDevice& d = *preset.device;
    EXPECT_NEAR(d.channels * d.burst_bytes / (d.burst_clocks * d.clock_s), preset.bandwidth, 1e-3 * preset.bandwidth);
    EXPECT_EQ(d.burst_bytes, preset.burst_bytes);
    EXPECT_LE(d.times.ras + d.times.rp, d.times.rc);
    EXPECT_GE(d.times.rtw, d.times.cl + d.times.dqsck + d.burst_clocks - d.times.cwl) << "data pins turn around";
    for (const double energy : {d.energy.activate_j, d.energy.read_j, d.energy.write_j, d.energy.refresh_j})
      EXPECT_GT(energy, 0) << preset.name;
    EXPECT_GT(d.energy.active_w, d.energy.active_power_down_w);
    EXPECT_GT(d.energy.precharged_w, d.energy.precharged_power_down_w);
  }
}

}  // namespace
}  // namespace tram
