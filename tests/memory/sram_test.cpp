#include "models/memory/sram.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tram {
namespace {

TEST(Sram, MeetsThePointsOfItsSources) {
  const SramFigures cacti = sram_figures("22nm", 8 << 10, 8);
  EXPECT_NEAR(cacti.read_j, 1.0193e-12, 1e-18);
  EXPECT_NEAR(cacti.write_j, 2.6967e-12, 1e-18);
  EXPECT_NEAR(cacti.leakage_w, 1.404e-6, 1e-12);
  EXPECT_NEAR(cacti.area_mm2, 0.006863, 1e-9);
  EXPECT_NEAR(sram_figures("180nm", 512 << 10, 64).read_j, 1633.7e-12, 1e-16);
  EXPECT_NEAR(sram_figures("45nm", 32 << 10, 64).write_j, 85.912e-12, 1e-17);
}

TEST(Sram, BetweenThemFollowsPowersOfSizeAndWord) {
  // Half-way between 8 and 32 KiB in the logarithm; a third of the way from 8 to 64 B.
  const double narrow = std::sqrt(1.0193 * 2.781), wide = std::sqrt(4.929 * 7.5209);
  EXPECT_NEAR(sram_figures("22nm", 16 << 10, 16).read_j, 1e-12 * narrow * std::cbrt(wide / narrow), 1e-16);
  // Twice the word of 64 B: two SRAMs of half the size.
  const SramFigures half = sram_figures("32nm", 64 << 10, 64), both = sram_figures("32nm", 128 << 10, 128);
  EXPECT_DOUBLE_EQ(both.read_j, 2 * half.read_j);
  EXPECT_DOUBLE_EQ(both.leakage_w, 2 * half.leakage_w);
  // Narrower than 8 B costs as much as 8 B.
  EXPECT_DOUBLE_EQ(sram_figures("65nm", 8 << 10, 1).read_j, sram_figures("65nm", 8 << 10, 8).read_j);
}

TEST(Sram, MacrosOfIhpStandSideBySideAndInStacks) {
  // 256 KiB of 64-B words: 8 macros of 64 bits wide, 4096 deep, so 2 of 2048 x 64: 16 in all, of which 8 are read.
  const SramFigures figures = sram_figures("130nm", 256 << 10, 64);
  EXPECT_NEAR(figures.read_j, 8 * 122.394e-12, 1e-15);
  EXPECT_NEAR(figures.write_j, 8 * 155.3678e-12, 1e-15);
  EXPECT_NEAR(figures.leakage_w, 16 * 1.584e-6, 1e-12);
  EXPECT_NEAR(figures.area_mm2, 16 * 0.491634, 1e-6);
  EXPECT_NEAR(sram_figures("130nm", 4 << 10, 8).read_j, 68.8967e-12, 1e-16);
}

TEST(Sram, BelowTwentyTwoNanometresScalesByStillmaker) {
  const SramFigures from = sram_figures("22nm", 256 << 10, 64), to = sram_figures("7nm", 256 << 10, 64);
  const double at_20 = 0.2632 * 0.8 * 0.8 - 0.14 * 0.8 + 0.06841, at_7 = 0.09365 * 0.7 * 0.7 - 0.03409 * 0.7 + 0.02043;
  EXPECT_NEAR(to.read_j / from.read_j, at_7 / at_20, 1e-12);
  EXPECT_NEAR(to.area_mm2 / from.area_mm2, 49.0 / 484, 1e-12);
  EXPECT_EQ(to.leakage_w, from.leakage_w);
  EXPECT_NE(sram_node("7nm").source.find("x 0.340 (Stillmaker"), std::string::npos) << sram_node("7nm").source;
}

TEST(Sram, SmallerNodesNeedLess) {
  const std::vector<std::string> names = sram_node_names();
  for (size_t i = 1; i < names.size(); ++i) {
    EXPECT_LT(sram_node(names[i]).nm, sram_node(names[i - 1]).nm);
    if (names[i] == "130nm") continue;  // macros of a foundry are dearer than CACTI's
    EXPECT_LT(sram_figures(names[i], 128 << 10, 64).read_j, sram_figures(names[i - 1], 128 << 10, 64).read_j)
        << names[i];
    EXPECT_LT(sram_figures(names[i], 128 << 10, 64).area_mm2, sram_figures(names[i - 1], 128 << 10, 64).area_mm2);
  }
  EXPECT_EQ(nearest_sram_node(350).name, "180nm");
  EXPECT_EQ(nearest_sram_node(28).name, "32nm");
  EXPECT_EQ(nearest_sram_node(5).name, "7nm");
}

}  // namespace
}  // namespace tram
