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

IntegerNetwork network_of(const std::string& text) { return read_topology(write(text)).network; }

struct Totals {
  double macs = 0;
  int64_t scale_sim_cycles = 0;
  std::vector<int64_t> cycles;  ///< of the array, by layer
};

Totals run(const std::string& text, int size, DataflowKind dataflow = DataflowKind::weight_stationary) {
  const IntegerNetwork network = network_of(text);
  Scenario scenario;
  scenario.array.rows = scenario.array.columns = size;
  scenario.array.dataflow = dataflow;
  scenario.dram.simple = true;
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
  double busy = 0, folds = 0, cycles = 0;
  for (const LayerResult& layer : image.result.layers) {
    totals.macs += layer.macs;
    totals.cycles.push_back(static_cast<int64_t>(layer.fold_cycles));
    totals.scale_sim_cycles += totals.cycles.back() - 1;
    EXPECT_LE(layer.array_busy_cycles, layer.cycles) << layer.name;
    busy += layer.array_busy_cycles;
    folds += layer.fold_cycles;
    cycles += layer.cycles;
  }
  EXPECT_EQ(busy, folds);
  EXPECT_EQ(cycles, static_cast<double>(image.result.cycles));
  return totals;
}

std::string resnet20() {
  std::string text = convolution_header;
  const auto add = [&](int side, int in, int out, int stride) {
    const int padded = side + (stride == 1 ? 2 : 1);  // 34 with stride 2 would give 17 outputs there
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

// Input-stationary, the peer's formula: ceil(K/R) ceil(M/C) (2R + C + N - 2) - 1 a layer.
TEST(Topology, GemmOn32InputStationary) {
  EXPECT_EQ(run(gemm, 32, DataflowKind::input_stationary).scale_sim_cycles, 6 * 7 * (2 * 32 + 32 + 576 - 2) - 1);
}

TEST(Topology, ResNet20On32InputStationary) {
  const IntegerNetwork network = network_of(resnet20());
  int64_t cycles = 0;
  for (const IntegerStep& step : network.steps) {
    const auto& layer = std::get<GemmLayer>(step.layer);
    cycles += ((layer.k() + 31) / 32) * ((layer.m() + 31) / 32) * (2 * 32 + 32 + layer.n() - 2) - 1;
  }
  EXPECT_EQ(run(resnet20(), 32, DataflowKind::input_stationary).scale_sim_cycles, cycles);
}

TEST(Topology, DeitTinyOn32) {
  const Totals totals = run(deit_tiny(), 32);
  EXPECT_EQ(totals.macs, 1253683200);
  EXPECT_EQ(totals.scale_sim_cycles, 1861750);
}

TEST(Topology, ShapesOfLayers) {
  const IntegerNetwork network =
      network_of(std::string(convolution_header) + "a, 34, 20, 3, 5, 3, 16, 2\n\nb,7,7,7,7,4,9,1,\r\n");
  ASSERT_EQ(network.steps.size(), 2U);
  const auto& a = std::get<GemmLayer>(network.steps[0].layer);
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.out.height, 17);  // ceil((34 - 3 + 2) / 2)
  EXPECT_EQ(a.out.width, 9);    // ceil((20 - 5 + 2) / 2)
  EXPECT_EQ(a.k(), 45);
  EXPECT_EQ(a.n(), 16);
  EXPECT_EQ(network.last().m(), 1);
  EXPECT_EQ(network.logits(), 0);
}

/// Two layers of 3 and 5 folds on 64 x 64: 3 (190 + 30 x 30) and 5 (190 + 15 x 15) cycles.
constexpr int64_t first_cycles = 3 * (2 * 64 + 64 + 30 * 30 - 2), second_cycles = 5 * (190 + 15 * 15);
const std::vector<int64_t> both_cycles = {first_cycles, second_cycles};
const std::string first_layer = "c1, 32, 32, 3, 3, 16, 24, 1", second_layer = "c2, 31, 31, 3, 3, 32, 24, 2";

/// All that the machine sees of a network of shapes.
std::string shapes_of(const IntegerNetwork& network) {
  std::string text;
  for (const IntegerStep& step : network.steps) {
    const auto& layer = std::get<GemmLayer>(step.layer);
    text += fmt::format("{} x {} x {}, {} x {} by {} and {} to {} x {} x {} in {}\n", layer.in.height, layer.in.width,
                        layer.in.channels, layer.kernel_height, layer.kernel_width, layer.stride, layer.column_stride,
                        layer.out.height, layer.out.width, layer.out.channels, layer.groups);
  }
  return text;
}

TEST(Topology, ConvolutionsOn64) {
  EXPECT_EQ(run(convolution_header + first_layer + ",\n" + second_layer + ",\n", 64).cycles, both_cycles);
}

TEST(Topology, FilesAsTheyArePublished) {
  const std::string header = convolution_header;
  const std::string names = header.substr(0, header.size() - 2);  // without ",\n"
  const std::pair<const char*, std::string> files[] = {
      {"byte order mark, CR, blank lines",
       "\xef\xbb\xbf" + names + ",\r\n\r\n" + first_layer + ",\r\n,,,\r\n" + second_layer + ",\r\n"},
      {"comments", "# made by hand\n" + header + "# stage 1\n" + first_layer + ",# here\n" + second_layer + ",\n"},
      {"no header", first_layer + ",\n" + second_layer + ",\n"},
      {"ragged", names + ",,,Eh,Ew\n,,,,\n" + first_layer + ",,,30,30\n" + second_layer + ",,,15\n"},
      {"other names",
       "Layer name,Ifmap height,ifmap width,filter height,filter width,channel,num filters,strides,"
       "batch size,\n" +
           first_layer + ",\n" + second_layer + ",1,\n"},
      {"sparsity", names + ", Sparsity,\n" + first_layer + ", 1:1,\n" + second_layer + ", 2:4,\n"},
      {"one name twice", header + first_layer + ",\nc1" + second_layer.substr(2) + ",\n"}};
  const std::string plain = header + first_layer + ",\n" + second_layer + ",\n";
  for (const auto& [what, text] : files) EXPECT_EQ(shapes_of(network_of(text)), shapes_of(network_of(plain))) << what;
}

TEST(Topology, StridesOfBothAxes) {
  const std::string header =
      "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Stride Height, Stride "
      "Width,\n";
  const std::string text = header + first_layer + ", 1,\n" + second_layer + ", 1,\n";
  EXPECT_EQ(run(text, 64).cycles, (std::vector<int64_t>{first_cycles, 5 * (190 + 15 * 29)}));
  EXPECT_EQ(std::get<GemmLayer>(network_of(text).steps[1].layer).out.width, 29);
}

/// Each of 4 channels is a convolution with the 2 filters of the line: 4 folds, and 8 outputs.
TEST(Topology, DepthwiseLayersAreThoseWithDpInTheirName) {
  const std::string text =
      std::string(convolution_header) + "DP_1, 10, 10, 3, 3, 4, 2, 1,\ndp_2, 10, 10, 3, 3, 4, 2, 1,\n";
  const Totals totals = run(text, 64);
  EXPECT_EQ(totals.cycles, (std::vector<int64_t>{4 * (190 + 64), 190 + 64}));
  EXPECT_EQ(totals.macs, 4 * 64 * 9 * 2 + 64 * 36 * 2);
  const Topology topology = read_topology(write(text));
  EXPECT_EQ(topology.network.last().n(), 2);
  EXPECT_NE(topology.note.find("1 layer is depthwise (DP in the name"), std::string::npos) << topology.note;
}

TEST(Topology, SaysWhatIsNotModelled) {
  const std::string names = "Layer, M, N, K, Sparsity, Remark\n";
  EXPECT_EQ(read_topology(write(gemm)).note, "");
  EXPECT_EQ(read_topology(write(names + "a, 1, 2, 3, 4:4\n")).note, "");
  EXPECT_NE(read_topology(write(names + "a, 1, 2, 3, 2:4\n")).note.find("sparsity is not modelled"), std::string::npos);
  EXPECT_NE(read_topology(write(names + "a, 1, 2, 3, , slow\n")).note.find("column Remark is passed over"),
            std::string::npos);
}

/// The last layer is a layer like the others: no accumulators for the host.
TEST(Topology, LikeLayersCostAlikeWhereverTheyStand) {
  const IntegerNetwork network = network_of(std::string(gemm_header) + "a, 256, 64, 32,\nb, 256, 64, 32,\n");
  const auto engine = make_timing_engine();
  Machine machine(Scenario{}, network, *engine);
  const std::vector<LayerResult> layers =
      machine.run(std::vector<uint8_t>(static_cast<size_t>(network.tensors.front().shape.size()))).result.layers;
  EXPECT_EQ(layers[0].dram_bytes, layers[1].dram_bytes);
  EXPECT_EQ(layers[0].dram_bytes, 256 * 32 + 64 * 32 + 64 * 16 + 256 * 64);
  EXPECT_LE(layers[1].cycles, layers[0].cycles);  // whose operands had to come first
}

/// Commands hold them in 16 bits.
TEST(Topology, FiltersTooWideForTheMachineAreRefused) {
  const IntegerNetwork network = network_of(std::string(convolution_header) + "a, 1, 40000, 1, 40000, 1, 1, 1,\n");
  const auto engine = make_timing_engine();
  EXPECT_THROW(Machine(Scenario{}, network, *engine), InputError);
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
  EXPECT_EQ(error_of(""), ": no layers; a line for each layer is expected");
  EXPECT_EQ(error_of(gemm_header), ": no layers; a line for each layer is expected");
  EXPECT_NE(error_of("a,b,c\n").find(":1: a header of 3 columns; 8 ("), std::string::npos);
  EXPECT_NE(error_of("a, 1, 2, 3, 4, 5\n").find(":1: a layer before any header, of 6 columns; 8 ("), std::string::npos);
  EXPECT_NE(error_of("Layer, M, K, N\n").find(":1: column 3 is 'K'; the order layer, M, N, K is expected"),
            std::string::npos);
  EXPECT_NE(error_of("Layer, M, N, K, Batch\na, 1, 2, 3, 4\n").find(":2: a batch of 4; 1, and"), std::string::npos);
  EXPECT_EQ(error_of("Layer, M, N, K, Sparsity\na, 1, 2, 3, dense\n"),
            ":2: 'dense'; a whole number from 1 to 1048576 is expected");
  EXPECT_EQ(error_of(gemm + "x, 1, 2, 3, 4\n"), ":3: 5 fields; 4, as in the header, are expected");
  EXPECT_EQ(error_of(gemm + "x, 1, 2\n"), ":3: 3 fields; 4, as in the header, are expected");
  for (const char* field : {"0", "-1", "x", "1.5", "1048577", "99999999999999999999"})
    EXPECT_EQ(error_of(fmt::format("{}a, 1, {}, 1\n", gemm_header, field)),
              fmt::format(":2: '{}'; a whole number from 1 to 1048576 is expected", field));
  EXPECT_NE(error_of(std::string(convolution_header) + "a, 2, 9, 3, 3, 1, 1, 1\n")
                .find(":2: a filter of 3 x 3 on a map of 2 x 9"),
            std::string::npos);
  EXPECT_NE(error_of(std::string(gemm_header) + "a, 1, 1048576, 1048576\n").find("weights; at most "),
            std::string::npos);
}

}  // namespace
}  // namespace tram
