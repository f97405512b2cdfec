#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "models/support/error.hpp"
#include "networks.hpp"
#include "schedule_checker.hpp"
#include "sim/mapping/fold_timer.hpp"
#include "sim/mapping/im2col_addresses.hpp"
#include "sim/mapping/program.hpp"
#include "tests/quant/tap.hpp"

namespace tram::test {
namespace {

const Limits kLarge{
    .rows = 64, .columns = 64, .weights = 1 << 20, .activations = 1 << 20, .outputs = 1 << 24, .dram = 1 << 26};

/// Sizes from roomy to the smallest that the small network allows, for several arrays.
std::vector<Limits> limits_to_try() {
  std::vector<Limits> all{kLarge};
  for (const int rows : {1, 3, 8, 27})
    for (const int columns : {1, 4, 5})
      for (const int64_t scale : {1, 2, 8})
        all.push_back({.rows = rows,
                       .columns = columns,
                       .weights = 2 * scale * (rows * columns + 16 * columns),
                       .activations = 300 * scale,
                       .outputs = 2 * scale * 4 * 7 * (columns + 1),
                       .dram = 1 << 20});
  return all;
}

Program program_of(const IntegerNetwork& network, const Limits& limits) {
  return make_program(network, *make_dataflow(DataflowKind::weight_stationary), limits);
}

TEST(Mapping, SchedulesKeepToTheMemoriesAndOrderEveryConflict) {
  const IntegerNetwork network = small_residual_network(1);
  for (const Limits& limits : limits_to_try()) {
    const std::vector<std::string> faults = check_schedule(program_of(network, limits), limits);
    EXPECT_TRUE(faults.empty()) << fmt::format("{}x{} {}/{}/{}: {}", limits.rows, limits.columns, limits.weights,
                                               limits.activations, limits.outputs, fmt::join(faults, "; "));
  }
}

TEST(Mapping, TheCheckerSeesAMissingWait) {
  // Each wait taken away in turn: most of them are needed, and the checker must notice most.
  const IntegerNetwork network = small_residual_network(1);
  const Limits limits{.rows = 8, .columns = 4, .weights = 192, .activations = 256, .outputs = 336, .dram = 1 << 20};
  const Program program = program_of(network, limits);
  int waits = 0, noticed = 0;
  for (size_t i = 0; i < program.commands.size(); i += 17) {
    for (size_t u = 0; u < kUnits; ++u) {
      Program broken = program;
      if (std::exchange(broken.commands[i].wait.completed[u], 0) == 0) continue;
      ++waits;
      noticed += check_schedule(broken, limits).empty() ? 0 : 1;
    }
  }
  EXPECT_GT(waits, 10);
  EXPECT_GE(noticed, waits / 2) << "of " << waits;
}

/// Replays the loads of a program, to know which DRAM byte lies at each place of the weight scratchpad.
class WeightOrigin {
 public:
  explicit WeightOrigin(int64_t bytes) : origin_(static_cast<size_t>(bytes)) {}
  void take(const DmaCommand& c) {
    if (c.memory == Memory::weights) std::iota(&origin_[c.local], &origin_[c.local] + c.row_bytes, c.dram);
  }
  uint64_t operator[](size_t offset) const { return origin_[offset]; }

 private:
  std::vector<uint64_t> origin_;
};

/// How often each (m, n, k) of a layer is multiplied, [M][N][K].
std::vector<int> coverage(const Program& program, const IntegerNetwork& network, size_t step, const Limits& limits) {
  const auto& layer = std::get<GemmLayer>(network.steps[step].layer);
  const GemmTiling tiling = make_dataflow(DataflowKind::weight_stationary)->tile(problem_of(layer), limits);
  std::map<uint64_t, std::pair<int64_t, int64_t>> weight_at;  // DRAM address -> n, k
  uint64_t address = program.map.layers[step].weights;
  for (const Range& n : tiling.n_tiles)
    for (int64_t k = 0; k < layer.k(); ++k)
      for (int32_t c = n.first; c < n.end(); ++c) weight_at[address++] = {c, k};

  std::vector<int> count(static_cast<size_t>(layer.macs()));
  WeightOrigin origin(limits.weights);
  for (const Command& command : program.commands) {
    const auto* dma = std::get_if<DmaCommand>(&command.body);
    if (dma && command.unit == Unit::dma_in) origin.take(*dma);
    const auto* fold = std::get_if<FoldCommand>(&command.body);
    if (!fold || command.layer != step) continue;
    EXPECT_EQ(fold->accumulate, fold->first_tap > 0);
    const int64_t first_m = fold->first_position;
    for (int64_t i = 0; i < int64_t{fold->rows} * fold->columns; ++i) {
      const auto [n, k] = weight_at.at(origin[fold->weights.offset + static_cast<size_t>(i)]);
      EXPECT_EQ(k, fold->first_tap + i / fold->columns);
      for (int64_t m = first_m; m < first_m + fold->m(); ++m)
        ++count[static_cast<size_t>((m * layer.n() + n) * layer.k() + k)];
    }
  }
  return count;
}

TEST(Mapping, EveryProductIsComputedOnce) {
  const IntegerNetwork network = small_residual_network(1);
  for (const Limits& limits : limits_to_try()) {
    const Program program = program_of(network, limits);
    for (size_t step = 0; step < network.steps.size(); ++step) {
      if (!std::holds_alternative<GemmLayer>(network.steps[step].layer)) continue;
      for (const int count : coverage(program, network, step, limits)) ASSERT_EQ(count, 1);
    }
  }
}

TEST(Mapping, AddressGenerationGivesTheTapsOfIm2col) {
  std::mt19937 random(3);
  for (const auto& [kernel, stride, padding] : {std::tuple{3, 1, 1}, {3, 2, 1}, {5, 3, 2}, {2, 2, 0}, {1, 2, 0}}) {
    const GemmLayer layer = random_conv("conv", {9, 7, 3}, 2, kernel, stride, padding, random);
    const std::vector<uint8_t> map = random_codes(static_cast<size_t>(layer.in.size()), random);
    const Geometry geometry = geometry_of(layer);
    for (const Range& k : split(layer.k(), 7)) {
      const FoldCommand fold{.rows = static_cast<int16_t>(k.count),
                             .columns = 1,
                             .zero = static_cast<uint8_t>(layer.input_zero),
                             .first_tap = k.first,
                             .first_position = geometry.window.out_width,
                             .positions = (geometry.out_height - 1) * geometry.window.out_width,
                             .window = geometry.window};
      std::vector<uint8_t> taps(static_cast<size_t>(fold.m() * fold.rows), fold.zero);
      for_each_run(fold, [&](int32_t m, int32_t row, uint32_t address, int32_t count) {
        std::copy_n(&map[address], count, &taps[static_cast<size_t>(m * fold.rows + row)]);
      });
      for (int64_t m = 0; m < fold.m(); ++m)
        for (int64_t r = 0; r < fold.rows; ++r)
          ASSERT_EQ(taps[static_cast<size_t>(m * fold.rows + r)], tap(layer, map, m + layer.out.width, k.first + r))
              << "kernel " << kernel << " stride " << stride;
    }
  }
}

/// Array cycles of one layer, folds back to back.
int64_t array_cycles(const GemmLayer& layer, Limits limits, DataflowKind kind = DataflowKind::weight_stationary) {
  const auto dataflow = make_dataflow(kind);
  limits.tile_channels = dataflow->tile_channels(layer.n(), limits);
  ProgramBuilder program(limits, 2);
  GemmTask task{.problem = problem_of(layer)};
  task.tiling = dataflow->tile(task.problem, limits);
  task.output.tensor = 1;
  dataflow->schedule(task, program);
  FoldTimer timer(
      {.rows = limits.rows, .columns = limits.columns, .held_port = limits.columns, .stream_port = limits.rows});
  int64_t end = 0;
  for (const Command& command : program.take_commands())
    if (const auto* fold = std::get_if<FoldCommand>(&command.body))
      end = timer.add(0, fold->rows, 1, fold->holds_activations ? fold->columns : fold->m()).end;
  return end;
}

Limits square(int size) {
  Limits limits = kLarge;
  limits.rows = limits.columns = size;
  return limits;
}

GemmLayer gemm(int m, int k, int n) {
  GemmLayer layer;
  layer.in = {m, 1, k};
  layer.out = {m, 1, n};
  return layer;
}

TEST(Mapping, ArrayCyclesAreThoseOfScaleSim) {
  // SCALE-Sim v3, weight stationary, compute cycles; its count is the index of the last cycle, one less.
  EXPECT_EQ(array_cycles(gemm(197, 192, 576), square(32)), 31427 + 1);
  EXPECT_EQ(array_cycles(gemm(197, 192, 576), square(128)), 5789 + 1);
}

TEST(Mapping, ArrayCyclesOfResNet20AreThoseOfScaleSim) {
  const std::vector<GemmLayer> layers = resnet20_gemms();
  int64_t macs = 0, cycles = 0;
  for (const GemmLayer& layer : layers) {
    const int64_t folds = ((layer.k() + 31) / 32) * ((layer.n() + 31) / 32);
    EXPECT_EQ(array_cycles(layer, square(32)), folds * (2 * 32 + 32 + layer.m() - 2)) << layer.name;
    macs += layer.macs();
    cycles += array_cycles(layer, square(32)) - 1;
  }
  EXPECT_EQ(macs, 40551040);
  EXPECT_EQ(cycles, 83612);
}

/// SCALE-Sim's counts, one more as they are indices: ceil(K/R) ceil(N/C) (2R + C + M - 2) weight-stationary,
/// ceil(K/R) ceil(M/C) (2R + C + N - 2) input-stationary.
TEST(Mapping, ArrayCyclesOfBothDataflowsAreThoseOfScaleSimOnOddSizes) {
  std::mt19937 random(21);
  const auto pick = [&](std::initializer_list<int> values) { return values.begin()[random() % values.size()]; };
  for (int trial = 0; trial < 200; ++trial) {
    Limits limits = kLarge;
    limits.weights = limits.outputs = limits.activations = int64_t{1} << 28;
    limits.rows = pick({1, 2, 7, 16, 31, 64});
    limits.columns = pick({1, 2, 5, 16, 33, 64});
    const auto near = [&](int size) { return static_cast<int>(std::max<int64_t>(1, size + int(random() % 3) - 1)); };
    GemmLayer layer = gemm(near(limits.columns), near(limits.rows), near(limits.columns) + int(random() % 40));
    if (trial % 2 == 1) layer = random_conv("conv", {13, 11, 3}, 9, 3, 1, 1, random);
    const auto tiles = [](int64_t total, int size) { return (total + size - 1) / size; };
    const int64_t r = limits.rows, c = limits.columns, m = layer.m(), n = layer.n();
    EXPECT_EQ(array_cycles(layer, limits),
              tiles(layer.k(), limits.rows) * tiles(n, limits.columns) * (2 * r + c + m - 2));
    EXPECT_EQ(array_cycles(layer, limits, DataflowKind::input_stationary),
              tiles(layer.k(), limits.rows) * tiles(m, limits.columns) * (2 * r + c + n - 2));
  }
}

TEST(Mapping, NarrowPortsStretchAFold) {
  // 16 x 16 array, 10 rows and 9 columns used: a vector takes ceil(10 / 4) cycles, a row of weights ceil(9 / 8).
  FoldTimer timer({.rows = 16, .columns = 16, .held_port = 8, .stream_port = 4});
  const FoldTime time = timer.add(100, 10, 9, 5);
  EXPECT_EQ(time.start, 100);
  EXPECT_EQ(time.stream, 100 + 16 * 2);
  EXPECT_EQ(time.stream_end, time.stream + 5 * 3);
  EXPECT_EQ(time.end, time.stream_end + 16 + 16 - 2);
}

/// Weights load while the fold before streams: tests/rtl/gated_array_test.cpp clocks the same law.
TEST(Mapping, HiddenLoadsFollowTheSwapOfTheFoldBefore) {
  FoldTimer timer({.rows = 64, .columns = 64, .held_port = 64, .stream_port = 64, .hidden = true, .block_rows = 8});
  const FoldTime first = timer.add(100, 64, 64, 200);
  EXPECT_EQ(first.start, 100);
  EXPECT_EQ(first.stream, 100 + 64 + 2);
  EXPECT_EQ(first.end, first.stream + 200 + 64 + 64 - 2);
  const FoldTime second = timer.add(0, 64, 64, 3);  // a long stream before it
  EXPECT_EQ(second.start, first.stream + 8 - 3);
  EXPECT_EQ(second.stream, first.stream_end + 2);
  EXPECT_EQ(second.wait, second.stream - (second.start + 64 + 2));
  const FoldTime third = timer.add(0, 64, 64, 3);  // a short one
  EXPECT_EQ(third.stream, second.stream + 64 + 8 - 1);
  EXPECT_EQ(third.wait, 0);
  EXPECT_EQ(timer.add(5000, 64, 64, 3).start, 5000);
}

TEST(Mapping, RowBlocksAreAsFewAsTheOutputScratchpadAllows) {
  for (const GemmLayer& layer : resnet20_gemms()) {
    for (const int64_t outputs : {16 << 10, 64 << 10, 128 << 10}) {
      Limits limits = kLarge;
      limits.outputs = outputs;
      const GemmTiling tiling = make_dataflow(DataflowKind::weight_stationary)->tile(problem_of(layer), limits);
      const int32_t out_height = geometry_of(layer).out_height;
      const int64_t width = geometry_of(layer).window.out_width;
      const auto bytes = [&](int64_t positions) { return positions * 4 * (tiling.n_tiles.front().count + 1); };
      const auto blocks = static_cast<int64_t>(tiling.blocks.size());
      EXPECT_LE(bytes(tiling.blocks.front().count), outputs / 2);
      if (blocks == 1) continue;
      const int64_t rows_of_one_block_less = (out_height + blocks - 2) / (blocks - 1);
      EXPECT_GT(bytes(rows_of_one_block_less * width), outputs / 2) << layer.name;
    }
  }
}

std::string error_of(const Limits& limits) {
  try {
    program_of(small_residual_network(1), limits);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Mapping, ErrorsSayWhichMemoryWhichLayerAndHowMuch) {
  Limits limits{.rows = 8, .columns = 4, .weights = 190, .activations = 256, .outputs = 336, .dram = 1 << 20};
  EXPECT_EQ(error_of(limits),
            "memory.weights: 190 B are too small for layer 'conv1'; a fold of weights with its "
            "channel parameters needs at least 192 B (double buffered)");
  limits.weights = 192;
  EXPECT_EQ(error_of(limits), "");
  limits.outputs = 278;
  EXPECT_EQ(error_of(limits),
            "memory.outputs: 278 B are too small for layer 'conv1'; a row of its output needs at "
            "least 280 B (double buffered)");
  limits.outputs = 336;
  limits.activations = 124;
  EXPECT_EQ(error_of(limits),
            "memory.activations: 124 B are too small for layer 'conv1'; a band of input rows as high "
            "as the kernel needs at least 126 B (double buffered)");
  limits.activations = 256;
  limits.dram = 100;
  EXPECT_EQ(error_of(limits).rfind("memory.dram_size: 100 B are too small for network 'small_residual'; at least", 0),
            0U);
}

}  // namespace
}  // namespace tram::test
