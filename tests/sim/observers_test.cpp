#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "sim/observers/meter.hpp"
#include "sim/observers/vcd.hpp"
#include "vcd_reader.hpp"

namespace tram::test {
namespace {

using Changes = std::vector<std::pair<uint64_t, std::string>>;

TEST(Vcd, SortsCutsAndMergesWhatIsRecorded) {
  VcdRecorder recorder(10, 20, 100e6);
  const auto a = recorder.declare("top.unit", "a", 1);
  const auto b = recorder.declare("top", "b", 4);
  const auto c = recorder.declare("top.unit.deep", "c", 64);
  const auto d = recorder.declare("top.unit", "d", 1);
  recorder.record(a, 15, 1);
  recorder.record(a, 12, 0);     // out of order
  recorder.record(a, 5, 1);      // before the window: the value at its start ...
  recorder.record(a, 3, 0);      // ... unless there is a later one
  recorder.record(b, 10, 0x15);  // at its first cycle; cut to 4 bits
  recorder.record(b, 13, 5);     // no change
  recorder.record(b, 14, 0);
  recorder.record(b, 14, 7);  // the last record of a cycle counts
  recorder.record(c, 19, UINT64_MAX);
  recorder.record(c, 20, 0);  // after the window
  recorder.record(d, 25, 1);  // never known in the window

  const Vcd vcd = read_vcd(recorder.text());
  EXPECT_EQ(vcd.timescale, "10 ns");
  EXPECT_EQ(vcd.times.front(), 10U);
  EXPECT_EQ(vcd.times.back(), 20U);
  ASSERT_EQ(vcd.signals.size(), 4U);
  EXPECT_EQ(vcd.signals.at("top.unit.a").changes, (Changes{{10, "1"}, {12, "0"}, {15, "1"}}));
  EXPECT_EQ(vcd.signals.at("top.b").changes, (Changes{{10, "101"}, {14, "111"}}));
  EXPECT_EQ(vcd.signals.at("top.unit.deep.c").changes, (Changes{{10, "x"}, {19, std::string(64, '1')}}));
  EXPECT_EQ(vcd.signals.at("top.unit.d").changes, (Changes{{10, "x"}}));
}

TEST(Vcd, TimeIsThatOfTheClock) {
  const auto timescale_and_end = [](double hz) {
    VcdRecorder recorder(0, 3, hz);
    recorder.declare("top", "a", 1);
    const Vcd vcd = read_vcd(recorder.text());
    return std::pair{vcd.timescale, vcd.times.back()};
  };
  EXPECT_EQ(timescale_and_end(1e9), std::pair(std::string("1 ns"), uint64_t{3}));
  EXPECT_EQ(timescale_and_end(400e6), std::pair(std::string("100 ps"), uint64_t{3 * 25}));
  EXPECT_EQ(timescale_and_end(300e6), std::pair(std::string("1 fs"), uint64_t{3 * 3333333}));
  EXPECT_EQ(timescale_and_end(1e3), std::pair(std::string("1 ms"), uint64_t{3}));
}

TEST(Vcd, ManyVariablesHaveIdentifiersOfTheirOwn) {
  VcdRecorder recorder(0, 2, 1e9);
  for (int i = 0; i < 10000; ++i)
    recorder.record(recorder.declare(fmt::format("top.row{}", i / 100), fmt::format("v{}", i), 16), 1,
                    static_cast<uint64_t>(i));
  const Vcd vcd = read_vcd(recorder.text());
  ASSERT_EQ(vcd.signals.size(), 10000U);
  for (const int i : {0, 93, 94, 95, 8929, 8930, 8931, 9999})
    EXPECT_EQ(vcd.signals.at(fmt::format("top.row{}.v{}", i / 100, i)).at(1), i);
}

TEST(Vcd, RejectsWhatMakesNoFile) {
  EXPECT_THROW(VcdRecorder(5, 5, 1e9), InputError);
  VcdRecorder recorder(0, 5, 1e9);
  recorder.declare("top", "a", 1);
  EXPECT_THROW(recorder.declare("top", "a", 1), std::logic_error);
  EXPECT_THROW(recorder.declare("top", "with space", 1), std::logic_error);
  EXPECT_THROW(recorder.declare("top..x", "b", 1), std::logic_error);
  EXPECT_THROW(recorder.declare("top", "b", 65), std::logic_error);
}

TEST(Vcd, WantsWhatTouchesTheWindow) {
  const VcdRecorder recorder(10, 20, 1e9);
  EXPECT_FALSE(recorder.wants(0, 10));
  EXPECT_TRUE(recorder.wants(0, 11));
  EXPECT_TRUE(recorder.wants(19, 30));
  EXPECT_FALSE(recorder.wants(20, 30));
}

TEST(Vcd, WritesTheFileItGivesAsText) {
  VcdRecorder recorder(0, 5, 1e9);
  recorder.record(recorder.declare("top", "a", 1), 2, 1);
  const auto path = std::filesystem::path(testing::TempDir()) / "observers_test.vcd";
  recorder.write(path);
  EXPECT_EQ(read_file(path), recorder.text());
  std::filesystem::remove(path);
  EXPECT_THROW(recorder.write("/nowhere/at/all.vcd"), InputError);
}

TEST(Meter, SpreadsEnergyOverWindowsAndKeepsItByLayer) {
  Meter meter(100);
  meter.start(1000, 2);
  meter.energy(&EnergyBreakdown::dram, 0, 1050, 1250, 4.0);  // 50, 100 and 50 cycles of three windows
  meter.energy(&EnergyBreakdown::sram, 1, 1299, 1299, 1.0);  // an instant counts as a cycle
  const std::vector<PowerWindow> windows = meter.power(1330, 1e6);
  ASSERT_EQ(windows.size(), 4U);
  EXPECT_DOUBLE_EQ(windows[0].energy.dram, 1.0);
  EXPECT_DOUBLE_EQ(windows[1].energy.dram, 2.0);
  EXPECT_DOUBLE_EQ(windows[2].energy.dram, 1.0);
  EXPECT_DOUBLE_EQ(windows[2].energy.sram, 1.0);
  EXPECT_DOUBLE_EQ(windows[3].energy.total(), 0.0);
  EXPECT_DOUBLE_EQ(windows[1].start_s, 100e-6);
  EXPECT_DOUBLE_EQ(windows[3].length_s, 30e-6);
  EXPECT_DOUBLE_EQ(meter.layers()[0].energy.total(), 4.0);
  EXPECT_DOUBLE_EQ(meter.layers()[1].energy.total(), 1.0);

  meter.start(2000, 1);
  EXPECT_EQ(meter.power(2000, 1e6).size(), 0U);
  EXPECT_DOUBLE_EQ(meter.layers()[0].energy.total(), 0.0);
  EXPECT_DOUBLE_EQ(meter.power(2100, 1e6)[0].energy.total(), 0.0);
}

/// Windows are joined in pairs as often as need be; what was in them stays, and the next image starts anew.
TEST(Meter, LongImagesHaveLongerWindowsAndNoMoreOfThem) {
  Meter meter(10);
  meter.start(100, 1);
  for (uint64_t cycle = 0; cycle < 100; ++cycle) meter.energy(&EnergyBreakdown::sram, 0, 100 + cycle, 101 + cycle, 1.0);
  constexpr uint64_t late = 3 * 10 * kMostPowerWindows;  // twice as long twice over is enough
  meter.energy(&EnergyBreakdown::dram, 0, 100 + late - 40, 100 + late, 8.0);
  const std::vector<PowerWindow> windows = meter.power(100 + late, 1e6);
  ASSERT_EQ(windows.size(), 3 * kMostPowerWindows / 4);
  EXPECT_DOUBLE_EQ(windows[0].length_s, 40e-6);
  for (const size_t i : {0, 1}) EXPECT_DOUBLE_EQ(windows[i].energy.sram, 40.0);
  EXPECT_DOUBLE_EQ(windows[2].energy.sram, 20.0);
  EXPECT_DOUBLE_EQ(windows.back().energy.dram, 8.0);
  meter.start(0, 1);
  EXPECT_EQ(meter.power(100, 1e6).size(), 10U);
}

TEST(Meter, TakesAnyLengthOfTime) {
  Meter meter(1);
  meter.start(0, 1);
  constexpr uint64_t years = uint64_t{1} << 62;
  meter.energy(&EnergyBreakdown::dram, 0, 0, years, 4.0);
  const std::vector<PowerWindow> windows = meter.power(years, 1e9);
  ASSERT_LE(windows.size(), kMostPowerWindows);
  double sum = 0;
  for (const PowerWindow& window : windows) sum += window.energy.dram;
  EXPECT_NEAR(sum, 4.0, 1e-9);
}

/// Energy that ends after the image is in its last window.
TEST(Meter, WindowsHoldAllEnergy) {
  Meter meter(100);
  meter.start(0, 1);
  meter.energy(&EnergyBreakdown::dram, 0, 150, 450, 3.0);
  const std::vector<PowerWindow> windows = meter.power(200, 1e6);
  ASSERT_EQ(windows.size(), 2U);
  EXPECT_DOUBLE_EQ(windows[1].energy.dram, 3.0);
}

TEST(Meter, LayersDivideTheImageAndTheArraysTime) {
  Meter meter(100);
  meter.start(1000, 4);
  meter.fold(0, 1010, 1100);
  meter.layer(0).end = 1150;
  meter.layer(1).end = 1200;  // of the vector unit
  meter.fold(2, 1120, 1180);  // while two layers before drain
  meter.fold(2, 1180, 1260);
  meter.layer(2).end = 1300;
  meter.fold(3, 1350, 1400);  // after that
  meter.layer(3).end = 1450;
  const std::vector<uint64_t> starts = meter.layer_starts();
  EXPECT_EQ(starts, (std::vector<uint64_t>{1000, 1150, 1200, 1300}));
  EXPECT_EQ(meter.array_busy(starts[0], starts[1]), 90U + 30);
  EXPECT_EQ(meter.array_busy(starts[1], starts[2]), 50U);
  EXPECT_EQ(meter.array_busy(starts[2], starts[3]), 60U);
  EXPECT_EQ(meter.array_busy(starts[3], 1450), 50U);
  EXPECT_EQ(meter.layers()[2].fold_cycles, 140U);
}

TEST(Meter, ACycleCountsForTheFirstUnitThatWorks) {
  Meter meter(100);
  meter.start(0, 2);
  meter.active(MachineActivity::weight_load, 10, 20);
  meter.active(MachineActivity::stream, 20, 50);
  meter.active(MachineActivity::drain, 50, 60);
  meter.active(MachineActivity::weight_load, 45, 58);  // hidden but for nothing: what streams and drains goes first
  meter.active(MachineActivity::stream, 58, 90);       // over the drain before
  meter.active(MachineActivity::vector, 55, 120);
  meter.active(MachineActivity::dma_in, 0, 15);
  meter.active(MachineActivity::dma_out, 110, 130);
  const std::vector<CycleBreakdown> parts = meter.breakdown({0, 100, 140});
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].stream, 30 + 32);
  EXPECT_EQ(parts[0].drain, 8);
  EXPECT_EQ(parts[0].weight_load, 10);
  EXPECT_EQ(parts[0].vector, 10);
  EXPECT_EQ(parts[0].dma, 10);
  EXPECT_EQ(parts[0].wait, 0);
  EXPECT_EQ(parts[1].vector, 20);
  EXPECT_EQ(parts[1].dma, 10);
  EXPECT_EQ(parts[1].wait, 10);
  EXPECT_EQ(parts[0].total(), 100);
  EXPECT_EQ(parts[1].total(), 40);
}

TEST(Vcd, SaysHowLargeItsFileCanBecome) {
  VcdRecorder recorder(0, 1000, 100e6);
  recorder.declare("top", "a", 1);
  recorder.declare("top", "b", 22);
  const auto fill = [&](VcdRecorder& to) {
    for (uint64_t cycle = 0; cycle < 1000; ++cycle)
      for (const size_t variable : {0, 1}) to.record(variable, cycle, cycle % 2 ? UINT64_MAX : 0x200000);
  };
  fill(recorder);
  const double size = static_cast<double>(recorder.text().size());
  EXPECT_GE(recorder.most_bytes(), size - 200);  // but for the header
  EXPECT_LE(recorder.most_bytes(), 2 * size);
}

TEST(Vcd, TimesFit64Bits) {
  EXPECT_NO_THROW(VcdRecorder(0, uint64_t{1} << 62, 100e6));
  EXPECT_THROW(VcdRecorder((uint64_t{1} << 62) - 10, uint64_t{1} << 62, 123456789.0), InputError);
}

}  // namespace
}  // namespace tram::test
