// Processing elements that users bring (rtl/examples) on the engines: a right one gives the table's integers and, on
// `table`, the RTL's energy; a wrong one ends the run at its first wrong sum; one of another latency is not taken.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "models/multiplier/catalogue.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/make_engine.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<const Library> osu018() { return read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib"); }

Scenario with(const fs::path& design, EngineKind engine) {
  Scenario scenario;
  scenario.engine = engine;
  scenario.cosim = 0;
  scenario.array.rows = 8;
  scenario.array.columns = 5;
  scenario.array.design = design;
  scenario.technology.delays = DelayModel::zero;
  scenario.sample = {SampleRule::Kind::all};
  return scenario;
}

std::unique_ptr<Engine> engine_of(const Scenario& scenario, const std::string& multiplier = "exact_dadda") {
  return make_engine(scenario, find_multiplier(multiplier), osu018(), 1, 2);
}

struct Work {
  explicit Work(uint8_t weight) : weights(8 * 5, weight), activations(8 * m, 200), products(m * 5), sums(m) {}
  Fold fold() { return {8, 5, m, weights, activations, products, sums, 100, 1}; }

  static constexpr int m = 12;
  std::vector<uint8_t> weights, activations;
  std::vector<int32_t> products, sums;
};

const fs::path examples = TRAM_PE_EXAMPLES;

TEST(UserPe, GivesTheTablesIntegersAndTheRtlsEnergy) {
  const auto rtl = engine_of(with(examples / "my_pe", EngineKind::rtl), "trunc4");
  const auto table = engine_of(with(examples / "my_pe", EngineKind::table), "trunc4");
  std::mt19937 random(3);
  Work a(0);
  for (uint8_t& weight : a.weights) weight = static_cast<uint8_t>(random());
  for (uint8_t& activation : a.activations) activation = static_cast<uint8_t>(random());
  Work b = a;
  rtl->run(a.fold());
  table->run(b.fold());
  EXPECT_EQ(a.products, b.products);
  const ArrayEnergy counted = rtl->take_energy(), summed = table->take_energy();
  EXPECT_GT(counted.adder + counted.registers, 0);
  EXPECT_NEAR(summed.total() / counted.total(), 1, 1e-4);
}

/// 8 rows of 255 x 200 are 408,000, with a carry into bit 18 in row 5: 6 x 51,000 = 306,000.
TEST(UserPe, ALostCarryIsFoundWhereItIs) {
  const fs::path waves = fs::path(testing::TempDir()) / ("difference_" + std::to_string(getpid()) + ".vcd");
  const auto engine = engine_of(with(examples / "lost_carry_pe", EngineKind::rtl));
  engine->plan({.folds = 2, .layers = {"conv1", "conv2"}, .difference_waves = waves});
  engine->reset();
  Work small(100);  // 160,000: no carry
  engine->run(small.fold());
  EXPECT_EQ(small.products[0], 8 * 100 * 200);
  Work large(255);
  std::string error;
  try {
    engine->run(large.fold());
  } catch (const RunError& stopped) {
    error = stopped.what();
  }
  EXPECT_EQ(
      error.substr(0, error.find("; " + waves.string())),
      "PE lost_carry_pe: layer conv2, fold 1, PE (row 5, column 0), cycle 114: vector 0 sums to 145856 on rtl, "
      "408000 on the multiplier's table; in RTL weight 255 and activation 200 take the partial sum from 255000 to "
      "43856; 306000 is expected");
  const std::string vcd = read_file(waves);
  EXPECT_NE(vcd.find("$scope module pe0 $end"), std::string::npos);
  EXPECT_NE(vcd.find("sum_out"), std::string::npos);
  fs::remove(waves);
}

TEST(UserPe, AnotherLatencyIsNotTaken) {
  const fs::path folder = fs::path(testing::TempDir()) / ("slow_pe_" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::string text = read_file(examples / "my_pe" / "my_pe.sv");
  const std::string from = "product_q <= product;", to = "product_d <= product; product_q <= product_d;";
  text.replace(text.find(from), from.size(), to);
  text.replace(text.find("logic [15:0] product_q;"), 23, "logic [15:0] product_q, product_d;");
  std::ofstream(folder / "my_pe.sv") << text;
  fs::copy_file(examples / "my_pe" / "contract.yaml", folder / "contract.yaml");
  std::string error;
  try {
    engine_of(with(folder, EngineKind::rtl));
  } catch (const InputError& refused) {
    error = refused.what();
  }
  fs::remove_all(folder);
  EXPECT_NE(
      error.find("PE my_pe: a sum leaves 1 clock after its partial sum and 3 clocks after its activation; 1 clock "
                 "and 2 clocks are expected"),
      std::string::npos)
      << error;
}

}  // namespace
}  // namespace tram
