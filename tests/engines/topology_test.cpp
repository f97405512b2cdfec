// Engine `timing` on topology files: array cycles are those that SCALE-Sim v3 gives for the same shapes (its counts
// have a last-cycle index, one less a layer), with memories that take no time and hold everything. Bad files by line.
#include "sim/app/topology.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <limits>

#include "models/support/error.hpp"
#include "sim/engines/timing_engine.hpp"
#include "sim/machine/machine.hpp"

namespace tram {
namespace {

const char gemm_header[] = "Layer, M, N, K,\n";
const char convolution_header[] =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n";

std::filesystem::path write(const std::string& text) {
  const auto file = std::filesystem::path(testing::TempDir()) / fmt::format("topology_{}.csv", getpid());
  std::ofstream(file) << text;
  return file;
}

struct Totals {
  double macs = 0;
  int64_t scale_sim_cycles = 0;
};

Totals run(const std::string& text, int size) {
  const IntegerNetwork network = read_topology(write(text));
  Scenario scenario;
  scenario.array.rows = scenario.array.columns = size;
  scenario.dram.latency_s = 0;
  scenario.dram.bandwidth = std::numeric_limits<double>::infinity();
  scenario.dram.bytes = int64_t{1} << 30;
  for (auto* memory : {&scenario.weights, &scenario.activations, &scenario.outputs}) {
    memory->bytes = 64 << 20;
    memory->port_bytes = 4096;
  }
  const auto engine = make_timing_engine();
  Machine machine(scenario, network, *engine);
  const ImageRun image = machine.run(std::vector<uint8_t>(static_cast<size_t>(network.tensors.front().shape.size())));
  Totals totals;
  for (const LayerResult& layer : image.result.layers) {
    totals.macs += layer.macs;
    totals.scale_sim_cycles += static_cast<int64_t>(layer.array_cycles) - 1;
  }
  return totals;
}

std::string resnet20() {
  std::string text = convolution_header;
  const auto add = [&](int side, int in, int out, int stride) {
    const int padded = side + (stride == 1 ? 2 : 1);   // 34 with stride 2 would give 17 outputs there
    text += fmt::format("conv, {0}, {0}, 3, 3, {1}, {2}, {3},\n", padded, in, out, stride);
  };
  add(32, 3, 16, 1);
  int side = 32, channels = 16;
  for (const int out : {16, 32, 64})
    for (int block = 0; block < 3; ++block) {
      const int stride = out > 16 && block == 0 ? 2 : 1;
      add(side, channels, out, stride);
      side /= stride;
      add(side, out, out, 1);
      channels = out;
    }
  return text + "linear, 1, 1, 1, 1, 64, 10, 1,\n";
}

/// The 122 GEMMs of DeiT-Tiny at 224 x 224.
std::string deit_tiny() {
  std::string text = std::string(gemm_header) + "patch, 196, 192, 768,\n";
  for (int block = 0; block < 12; ++block) {
    text += "qkv, 197, 576, 192,\n";
    for (int head = 0; head < 3; ++head) text += "qk, 197, 197, 64,\nav, 197, 64, 197,\n";
    text += "proj, 197, 192, 192,\nfc1, 197, 768, 192,\nfc2, 197, 192, 768,\n";
  }
  return text + "head, 1, 1000, 192,\n";
}

const std::string gemm = std::string(gemm_header) + "qkv, 197, 576, 192,\n";

TEST(Topology, GemmOn32) { EXPECT_EQ(run(gemm, 32).scale_sim_cycles, 31427); }
TEST(Topology, GemmOn128) { EXPECT_EQ(run(gemm, 128).scale_sim_cycles, 5789); }

TEST(Topology, ResNet20On32) {
  const Totals totals = run(resnet20(), 32);
  EXPECT_EQ(totals.macs, 40551040);
  EXPECT_EQ(totals.scale_sim_cycles, 83612);
}

TEST(Topology, DeitTinyOn32) {
  const Totals totals = run(deit_tiny(), 32);
  EXPECT_EQ(totals.macs, 1253683200);
  EXPECT_EQ(totals.scale_sim_cycles, 1861750);
}

TEST(Topology, ShapesOfLayers) {
  const IntegerNetwork network =
      read_topology(write(std::string(convolution_header) + "a, 34, 20, 3, 5, 3, 16, 2\n\nb,7,7,7,7,4,9,1,\r\n"));
  ASSERT_EQ(network.steps.size(), 2U);
  const auto& a = std::get<GemmLayer>(network.steps[0].layer);
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.out.height, 17);   // ceil((34 - 3 + 2) / 2)
  EXPECT_EQ(a.out.width, 9);     // ceil((20 - 5 + 2) / 2)
  EXPECT_EQ(a.k(), 45);
  EXPECT_EQ(a.n(), 16);
  EXPECT_EQ(network.last().m(), 1);
  EXPECT_TRUE(network.last().requantise.empty());
}

std::string error_of(const std::string& text) {
  const auto file = write(text);
  try {
    read_topology(file);
  } catch (const InputError& error) {
    const std::string what = error.what();
    return what.substr(std::min(what.size(), file.string().size()));
  }
  return "no error";
}

TEST(Topology, BadFilesByLine) {
  EXPECT_EQ(error_of(""), ": no layers; expected a header and a line for each layer");
  EXPECT_EQ(error_of(gemm_header), ": no layers; expected a header and a line for each layer");
  EXPECT_NE(error_of("a,b,c\n").find(":1: a header of 3 columns; expected 8"), std::string::npos);
  EXPECT_EQ(error_of(gemm + "x, 1, 2\n"), ":3: 3 fields; expected 4, as in the header");
  for (const char* field : {"0", "-1", "x", "1.5", "1048577", "99999999999999999999"})
    EXPECT_EQ(error_of(fmt::format("{}a, 1, {}, 1\n", gemm_header, field)),
              fmt::format(":2: '{}'; expected a whole number from 1 to 1048576", field));
  EXPECT_NE(error_of(std::string(convolution_header) + "a, 2, 9, 3, 3, 1, 1, 1\n")
                .find(":2: a filter of 3 x 3 on a map of 2 x 9"), std::string::npos);
  EXPECT_NE(error_of(std::string(gemm_header) + "a, 1, 1048576, 1048576\n").find("weights; expected at most"),
            std::string::npos);
}

}  // namespace
}  // namespace tram
