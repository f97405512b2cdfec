#include "sim/results/summary.hpp"

#include <gtest/gtest.h>

#include "models/support/error.hpp"
#include "sim/results/figures.hpp"
#include "tests/report/sample_run.hpp"

namespace tram {
namespace {

TEST(EnergyBreakdown, SumsAndScalesEveryComponent) {
  EnergyBreakdown a{1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(a.total(), 45);
  EXPECT_EQ(a.array(), 15);
  a += EnergyBreakdown{10, 20, 30, 40, 50, 60, 70, 80, 90};
  double expected = 11;
  for (const EnergyComponent& component : energy_components) {
    EXPECT_EQ(a.*component.field, expected) << component.key;
    EXPECT_EQ(a.scaled(0.5).*component.field, expected / 2) << component.key;
    expected += 11;
  }
  double sum = 0;
  for (const EnergyComponent& component : energy_components) sum += a.*component.field;
  EXPECT_EQ(sum, a.total());
  for (const EnergyPart& part : memory_energy_parts) {
    EnergyBreakdown one;
    one.*part.field = 3;
    EXPECT_EQ(one.total(), 0) << part.key << " is in SRAM or DRAM already";
    EXPECT_EQ((one += one).scaled(0.5).*part.field, 3) << part.key;
  }
}

TEST(AreaBreakdown, IsTheSumOfItsParts) {
  const AreaBreakdown area{1, 2, 4, 8, 16, 32, 64, 128};
  double sum = 0;
  for (const AreaPart& part : area_parts) sum += area.*part.field;
  EXPECT_EQ(sum, 255);
  EXPECT_EQ(area.total(), 255);
  EXPECT_EQ(area.array(), 15);
  EXPECT_EQ(area.sram(), 224);
}

TEST(Summary, MeansOfAnImageByHand) {
  const MachineSummary summary = summarise(sample_machine("trunc6", 5e-9));
  EXPECT_EQ(summary.images, 2);
  EXPECT_EQ(summary.correct, 1);
  EXPECT_EQ(summary.golden_correct, 1);
  EXPECT_EQ(summary.logit_mismatches, 0);
  EXPECT_DOUBLE_EQ(summary.cycles, (300 + 900) / 2.0);
  EXPECT_DOUBLE_EQ(summary.latency_s, 6e-6);
  EXPECT_DOUBLE_EQ(summary.macs, 4800);
  EXPECT_DOUBLE_EQ(summary.utilisation, 4800 / (600 * 32.0));
  // By layer: 25.75 nJ times the mean scale (1 + 3) / 2; two layers.
  EXPECT_NEAR(summary.energy.total(), 2 * 2 * 25.75e-9, 1e-20);
  EXPECT_NEAR(summary.energy.multiplier, 2 * 2 * 5e-9, 1e-20);
  EXPECT_NEAR(summary.power_w, 103e-9 / 6e-6, 1e-12);
  EXPECT_NEAR(summary.tops_per_watt, 2 * 4800 / 103e-9 / 1e12, 1e-12);
  ASSERT_EQ(summary.layers.size(), 2u);
  EXPECT_EQ(summary.layers[1].name, "layer1.0.conv1");
  EXPECT_DOUBLE_EQ(summary.layers[0].cycles, 400);
  EXPECT_DOUBLE_EQ(summary.layers[0].dram_bytes, 4096);
  EXPECT_DOUBLE_EQ(summary.layers[0].array_busy_cycles, 100);
  EXPECT_DOUBLE_EQ(summary.layers[0].fold_cycles, 200);
}

TEST(Summary, NoImagesIsNoFigures) {
  const MachineSummary summary = summarise(MachineResult{});
  EXPECT_EQ(summary.images, 0);
  EXPECT_EQ(summary.energy.total(), 0);
  EXPECT_EQ(summary.power_w, 0);
}

TEST(Summary, ImagesWithOtherLayersAreAFault) {
  MachineResult machine = sample_machine("exact", 1e-9);
  machine.images[1].layers[1].name = "other";
  EXPECT_THROW(summarise(machine), RunError);
  machine.images[1].layers.pop_back();
  EXPECT_THROW(summarise(machine), RunError);
}

TEST(Wilson, PublishedValues) {
  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
  // method 3.
  const struct {
    int successes, trials;
    double low, high;
  } cases[] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0000, 0.1611}, {1, 29, 0.0061, 0.1718}};
  for (const auto& c : cases) {
    EXPECT_NEAR(wilson_interval(c.successes, c.trials).low, c.low, 5e-5);
    EXPECT_NEAR(wilson_interval(c.successes, c.trials).high, c.high, 5e-5);
  }
  EXPECT_EQ(wilson_interval(20, 20).high, 1);
}

TEST(Machines, TheExactOneIsFoundBesideOrIsTheMachineItself) {
  RunResult run = sample_run();
  EXPECT_EQ(exact_machine(run), &run.exact);
  EXPECT_EQ(machines(run).size(), 2u);
  run.has_exact = false;
  EXPECT_EQ(exact_machine(run), nullptr);
  EXPECT_EQ(machines(run).size(), 1u);
  run.machine.multiplier = "exact";
  EXPECT_EQ(exact_machine(run), &run.machine);
  EXPECT_EQ(machines(run).size(), 1u);
}

}  // namespace
}  // namespace tram
