// The commands that a whole network gives its DRAM, under the checker, and their energy in the results.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "dram_checker.hpp"
#include "models/memory/dram_presets.hpp"
#include "sim/app/topology.hpp"
#include "sim/engines/timing_engine.hpp"
#include "sim/machine/machine.hpp"

namespace tram::test {
namespace {

/// The layers of ResNet-20 for CIFAR-10 on maps that are padded already.
IntegerNetwork resnet20() {
  std::string text = "Layer, Height, Width, Filter Height, Filter Width, Channels, Filters, Strides,\n";
  const auto add = [&](int side, int in, int out, int stride) {
    text += fmt::format("conv, {0}, {0}, 3, 3, {1}, {2}, {3},\n", side + 2, in, out, stride);
  };
  add(32, 3, 16, 1);
  for (const int out : {16, 32, 64}) {
    add(512 / out * (out > 16 ? 2 : 1), out > 16 ? out / 2 : 16, out, out > 16 ? 2 : 1);
    for (int i = 0; i < 5; ++i) add(512 / out, out, out, 1);
  }
  const auto file = std::filesystem::path(testing::TempDir()) / fmt::format("dram_{}.csv", getpid());
  std::ofstream(file) << text;
  return read_topology(file).network;
}

class DramNetwork : public testing::TestWithParam<const char*> {};

TEST_P(DramNetwork, KeepsEveryDistanceAndItsEnergyIsThatOfTheCommands) {
  const IntegerNetwork network = resnet20();
  Scenario scenario;
  scenario.dram.name = GetParam();
  scenario.array.clock_hz = 1e9;  // as much traffic a time as the DRAM has to take
  scenario.dma.outstanding = 4;
  scenario.bus.width_bytes = 64;
  const auto engine = make_timing_engine();
  Machine machine(scenario, network, *engine);
  std::vector<DramCommand> commands;
  machine.listen_to_dram([&](const DramCommand& command) { commands.push_back(command); });
  const ImageRun run = machine.run(std::vector<uint8_t>(static_cast<size_t>(network.tensors.front().shape.size())));

  const DramDevice& device = *find_dram_preset(GetParam())->device;
  const double seconds = static_cast<double>(run.result.cycles) / scenario.array.clock_hz;
  const auto end = static_cast<int64_t>(seconds / device.clock_s);
  EXPECT_EQ(dram_violations(device, commands, end), std::vector<std::string>{});

  std::map<DramCommandKind, double> count;
  for (const DramCommand& command : commands) ++count[command.kind];
  EnergyBreakdown sum;
  double bytes = 0;
  for (const LayerResult& layer : run.result.layers) {
    sum += layer.energy;
    bytes += layer.dram_bytes;
  }
  EXPECT_EQ((count[DramCommandKind::read] + count[DramCommandKind::write]) * device.burst_bytes, bytes);
  const auto near = [](double found, double expected) { EXPECT_NEAR(found, expected, 1e-9 * expected); };
  near(sum.dram_activate, count[DramCommandKind::activate] * device.energy.activate_j);
  near(sum.dram_read, count[DramCommandKind::read] * device.energy.read_j);
  near(sum.dram_write, count[DramCommandKind::write] * device.energy.write_j);
  near(sum.dram_refresh, count[DramCommandKind::refresh] * device.energy.refresh_j);
  near(sum.dram, sum.dram_activate + sum.dram_read + sum.dram_write + sum.dram_refresh + sum.dram_background);
  EXPECT_LE(sum.dram_background, seconds * device.channels * device.energy.active_w * (1 + 1e-9));
  EXPECT_GE(sum.dram_background, seconds * device.channels * device.energy.self_refresh_w * (1 - 1e-9));
  EXPECT_LE(count[DramCommandKind::refresh], (seconds / (device.clock_s * device.times.refi) + 1) * device.channels);
}

INSTANTIATE_TEST_SUITE_P(Presets, DramNetwork, testing::Values("lpddr4_3200", "lpddr5_6400", "ddr4_2400", "hbm2"),
                         [](const auto& preset) { return std::string(preset.param); });

}  // namespace
}  // namespace tram::test
