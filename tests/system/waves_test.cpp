// waves.vcd against the registers of the PE and against a dot product.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/data/embedded/embedded.hpp"
#include "models/data/synthetic.hpp"
#include "models/network/load_network.hpp"
#include "models/network/safetensors.hpp"
#include "models/quant/quantise.hpp"
#include "tests/quant/tap.hpp"
#include "tests/system/program.hpp"
#include "tests/system/waves.hpp"

namespace tram {
namespace {

constexpr int rows = 16, columns = 16;
constexpr uint64_t cycles = 2000;

std::string pe(int row, int column, const char* port) {
  return fmt::format("machine.array.row{}.pe{}.{}", row, column, port);
}

class WavesTest : public testing::Test {
 protected:
  /// One run for all tests of this process: PEs that are clocked always, one fold after the other.
  void SetUp() override { run("none", "exposed"); }

  void run(const std::string& gating, const std::string& load) {
    TramSim program(folder_.path());
    const ProgramResult result =
        program.run(quick_run({"--vcd", fmt::format("0:{}", cycles), "--set", "array.gating=" + gating, "--set",
                               "array.weight_load=" + load}));
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    waves_.emplace(program.out / "waves.vcd");
    while (start_ < cycles && waves_->value("machine.array.state", start_).value_or(0) == 0) ++start_;
    ASSERT_LT(start_, cycles) << "no fold in the window";
  }

  /// Checks the sums that leave the last row in a fold of the first layer: dot products of its first taps from `tap` on,
  /// computed here from the network and the image, as far as the waves go. The first of them leaves at `time`.
  void expect_sums(int64_t first_tap, uint64_t time) const;

  TemporaryFolder folder_;
  std::optional<Waves> waves_;
  uint64_t start_ = 0;  ///< of the first fold
};

class GatedWavesTest : public WavesTest {
 protected:
  void SetUp() override { run("zero", "hidden"); }
};

TEST(Waves, OfAWindowAfterTheEndAreEmptyAndSaySo) {
  const TemporaryFolder folder;
  TramSim program(folder.path());
  const ProgramResult result = program.run(quick_run({"--vcd", "1000000000:1000000010"}));
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_NE(result.errors.find("tram_sim: --vcd: the first image ended after "), std::string::npos) << result.errors;
  EXPECT_LE(Waves(program.out / "waves.vcd").changes("machine.array.state"), 1u);
}

TEST_F(WavesTest, HoldBusDmaVectorUnitAndEveryPe) {
  EXPECT_EQ(waves_->timescale(), "10 ns");
  EXPECT_EQ(waves_->end(), cycles);
  for (const char* name : {"machine.bus.valid", "machine.bus.address", "machine.bus.write", "machine.dma_in.busy",
                           "machine.dma_out.busy", "machine.vector.busy", "machine.array.fold"})
    EXPECT_TRUE(waves_->has(name)) << name;
  EXPECT_GT(waves_->changes("machine.bus.valid"), 10u);
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column) {
      EXPECT_EQ(waves_->width(pe(row, column, "weight_o")), 8);
      EXPECT_EQ(waves_->width(pe(row, column, "activation_o")), 8);
      EXPECT_EQ(waves_->width(pe(row, column, "psum_o")), 20);  // 16 + log2(16)
      EXPECT_GT(waves_->changes(pe(row, column, "psum_o")), 1u) << row << ", " << column;
    }
}

/// At each clock edge of a fold: a PE hands on its activation to the right and its weight down while weights load, and
/// psum_o = the partial sum from above + weight x activation.
TEST_F(WavesTest, EveryPeMultipliesAndAccumulates) {
  int64_t checked = 0;
  for (uint64_t t = start_ + 1; t + 1 < cycles; ++t) {
    const uint64_t state = waves_->value("machine.array.state", t).value();
    if (state == 0) continue;  // no clock between folds
    for (int row = 0; row < rows; ++row)
      for (int column = 0; column < columns; ++column) {
        const auto now = [&](int r, int c, const char* port) { return waves_->value(pe(r, c, port), t).value(); };
        const auto next = [&](const char* port) { return waves_->value(pe(row, column, port), t + 1).value(); };
        const uint64_t above = row > 0 ? now(row - 1, column, "psum_o") : 0;
        const uint64_t product = now(row, column, "weight_o") * now(row, column, "activation_o");
        ASSERT_EQ(next("psum_o"), above + product) << "PE " << row << ", " << column << " after cycle " << t;
        if (column > 0) {
          ASSERT_EQ(next("activation_o"), now(row, column - 1, "activation_o"));
        }
        if (state == 1 && row > 0) {
          ASSERT_EQ(next("weight_o"), now(row - 1, column, "weight_o"));
        }
        ++checked;
      }
  }
  EXPECT_GT(checked, 1000 * rows * columns);
}

void WavesTest::expect_sums(int64_t first_tap, uint64_t time) const {
  const SafeTensors weights("resnet8_shapes", std::string(embedded_weights("resnet8_shapes")));
  const Shapes training(Split::train, 256), images(Split::test, 1);
  const IntegerNetwork network = quantise(load_network("resnet8_shapes", weights), training, {});
  const GemmLayer& layer = std::get<GemmLayer>(network.steps.front().layer);
  const std::vector<uint8_t> codes = quantise_image(network, images.image(0));
  const int64_t end = std::min<int64_t>(layer.k(), first_tap + rows);
  ASSERT_GT(end, first_tap);
  for (int64_t m = 0; m < std::min<int64_t>(layer.m(), int64_t{cycles} - int64_t(time) - layer.n()); ++m)
    for (int n = 0; n < layer.n(); ++n) {
      uint64_t sum = 0;
      for (int64_t k = first_tap; k < end; ++k)
        sum += uint64_t{layer.weights[n * layer.k() + k]} * tap(layer, codes, m, k);
      const uint64_t leaves = time + uint64_t(n + m);  // a column later each
      ASSERT_EQ(waves_->value(pe(rows - 1, n, "psum_o"), leaves), sum) << "vector " << m << ", column " << n;
    }
}

/// R cycles to load, R rows to pass.
TEST_F(WavesTest, SumsOfTheFirstFoldAreDotProducts) { expect_sums(0, start_ + 2 * rows); }

/// The first two folds overlap: the second one's vectors follow the first one's behind two that do not count, and the
/// activations that do not count keep the register of the one before.
TEST_F(GatedWavesTest, SumsOfFoldsThatOverlapAreDotProducts) {
  expect_sums(0, start_ + 2 * rows + 2);
  constexpr uint64_t vectors = 32 * 32;
  expect_sums(rows, start_ + 2 * rows + 2 + vectors + 2);
  for (uint64_t t = start_ + 3 * rows; t + 1 < start_ + vectors; ++t) {
    const std::string activation = pe(rows - 1, 0, "activation_o");
    if (waves_->value(pe(rows - 1, 0, "flag_o"), t + 1) == 0) {
      ASSERT_EQ(waves_->value(activation, t + 1), waves_->value(activation, t)) << t;
    }
  }
}

}  // namespace
}  // namespace tram
