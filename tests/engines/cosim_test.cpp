// Co-simulation: silent where the engines agree, and naming the place where they do not.
#include "sim/engines/cosim_engine.hpp"

#include <gtest/gtest.h>

#include <random>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/support/error.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/table_engine.hpp"

namespace tram {
namespace {

struct Data {
  std::vector<uint8_t> weights, activations;
  std::vector<int32_t> products, sums;
  Fold fold(int rows, int columns, int m) { return {rows, columns, m, weights, activations, products, sums, 1000, 1}; }
};

Data random_data(std::mt19937& random, int rows, int columns, int m) {
  Data data;
  for (int i = 0; i < rows * columns; ++i) data.weights.push_back(uint8_t(random()));
  for (int i = 0; i < rows * m; ++i) data.activations.push_back(uint8_t(random()));
  data.products.resize(size_t(m * columns));
  data.sums.resize(size_t(m));
  return data;
}

Scenario small() {
  Scenario scenario;
  scenario.array.rows = 6;
  scenario.array.columns = 5;
  scenario.technology.delays = DelayModel::zero;
  return scenario;
}

std::shared_ptr<const PeModel> model_of(const Netlist& multiplier) {
  return std::make_shared<const PeModel>(
      small(), multiplier, read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib"), Tables::both);
}

/// A table engine that adds an error to one sum.
class FaultyEngine final : public Engine {
 public:
  FaultyEngine(std::unique_ptr<Engine> engine, size_t index) : engine_(std::move(engine)), index_(index) {}
  std::string name() const override { return "faulty"; }
  double leakage_power() const override { return 0; }
  void reset() override { engine_->reset(); }
  void run(const Fold& fold) override {
    engine_->run(fold);
    fold.products[index_] += 64;
  }
  ArrayEnergy take_energy() override { return {}; }

 private:
  std::unique_ptr<Engine> engine_;
  size_t index_;
};

std::string error_of(Engine& engine, const Fold& fold) {
  engine.plan({1, {"conv1", "conv2"}});
  engine.reset();
  try {
    engine.run(fold);
  } catch (const RunError& error) {
    return error.what();
  }
  return "";
}

TEST(Cosim, IsSilentWhereEnginesAgree) {
  const auto model = model_of(array_multiplier(8, 3));
  const auto engine = make_cosim_engine(make_table_engine(small(), model, 1), small(), model, {.share = 1, .seed = 1});
  std::mt19937 random(1);
  for (const auto& [rows, columns, m] : {std::tuple{6, 5, 20}, {4, 3, 33}, {6, 2, 1}}) {
    Data data = random_data(random, rows, columns, m);
    engine->run(data.fold(rows, columns, m));
  }
  EXPECT_EQ(engine->take_checked(), 3);
  EXPECT_EQ(engine->take_checked(), 0);
}

TEST(Cosim, ChecksTheShareItIsGiven) {
  const auto model = model_of(array_multiplier(8, 3));
  const auto engine =
      make_cosim_engine(make_table_engine(small(), model, 1), small(), model, {.share = 0.25, .seed = 3});
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    Data data = random_data(random, 2, 2, 2);
    engine->run(data.fold(2, 2, 2));
  }
  EXPECT_NEAR(static_cast<double>(engine->take_checked()), 50, 25);
}

TEST(Cosim, IsSilentWhereSignedEnginesAgree) {
  const auto model = model_of(find_multiplier("signed_trunc6"));
  const auto engine = make_cosim_engine(make_table_engine(small(), model, 1), small(), model, {.share = 1, .seed = 1});
  std::mt19937 random(1);
  for (const auto& [rows, columns, m] : {std::tuple{6, 5, 20}, {4, 3, 33}}) {
    Data data = random_data(random, rows, columns, m);
    engine->run(data.fold(rows, columns, m));
  }
  EXPECT_EQ(engine->take_checked(), 2);
}

/// In RTL product bit 2 shows bit 0, which is wrong for -5 x 1 in PE (4, 2) alone.
TEST(Cosim, NamesTheSignedProductThatDiffers) {
  Netlist stuck = find_multiplier("exact_signed_array");
  stuck.product[2] = stuck.product[0];
  auto wrong = std::make_shared<PeModel>(*model_of(stuck));
  wrong->table = truth_table(find_multiplier("exact_signed_array"));
  Data data;
  data.weights.assign(6 * 5, 0);
  data.activations.assign(6 * 3, 1);
  for (int row = 0; row < 6; ++row) data.weights[size_t(row) * 5 + 2] = row == 4 ? 0xfa : 0xf8;  // -6, else -8
  data.products.resize(3 * 5);
  data.sums.resize(3);
  const auto engine = make_cosim_engine(make_table_engine(small(), model_of(find_multiplier("exact_signed_array")), 1),
                                        small(), wrong, {.share = 1, .seed = 1});
  EXPECT_EQ(error_of(*engine, data.fold(6, 5, 3)), "");
  data.weights[4 * 5 + 2] = 0xfb;  // -5 = 'b11111011 becomes 'b11111111 = -1
  EXPECT_EQ(error_of(*engine, data.fold(6, 5, 3)),
            "cosim: layer conv2, fold 0, PE (row 4, column 2), cycle 1013: vector 0 sums to -41 on rtl, -45 on table; "
            "in RTL weight 251 and activation 1 take the partial sum from -32 to -33; -37 is expected");
}

TEST(Cosim, NamesTheFirstDifference) {
  const auto model = model_of(array_multiplier());
  std::mt19937 random(2);
  Data data = random_data(random, 6, 5, 20);
  const Fold fold = data.fold(6, 5, 20);
  // Vector 7, column 3: the RTL is right, so the difference shows in the last row, after 6 + 5 + 7 + 3 clocks.
  const auto engine = make_cosim_engine(std::make_unique<FaultyEngine>(make_table_engine(small(), model, 1), 7 * 5 + 3),
                                        small(), model, {.share = 1, .seed = 1});
  int32_t sum = 0;
  for (int k = 0; k < 6; ++k) sum += data.weights[size_t(k * 5 + 3)] * data.activations[size_t(7 * 6 + k)];
  const int last = data.weights[5 * 5 + 3] * data.activations[7 * 6 + 5];
  EXPECT_EQ(
      error_of(*engine, fold),
      fmt::format("cosim: layer conv2, fold 0, PE (row 5, column 3), cycle 1022: vector 7 sums to {} on rtl, {} "
                  "on faulty; in RTL weight {} and activation {} take the partial sum from {} to {}; as its table "
                  "says",
                  sum, sum + 64, data.weights[5 * 5 + 3], data.activations[7 * 6 + 5], sum - last, sum));
}

TEST(Cosim, NamesThePeWhoseMultiplierDiffers) {
  // The engine has the exact multiplier, the RTL one whose product bit 4 is stuck at 0, and the table of the exact one.
  Netlist stuck = array_multiplier();
  stuck.product[4] = net_zero;
  auto wrong = std::make_shared<PeModel>(*model_of(stuck));
  wrong->table = truth_table(array_multiplier());
  Data data;
  data.weights.assign(6 * 5, 1);
  data.activations.assign(6 * 3, 1);
  data.weights[4 * 5 + 2] = 16;  // PE (4, 2): 16 x 1
  data.products.resize(3 * 5);
  data.sums.resize(3);
  const auto engine = make_cosim_engine(make_table_engine(small(), model_of(array_multiplier()), 1), small(), wrong,
                                        {.share = 1, .seed = 1});
  EXPECT_EQ(error_of(*engine, data.fold(6, 5, 3)),
            "cosim: layer conv2, fold 0, PE (row 4, column 2), cycle 1013: vector 0 sums to 5 on rtl, 21 on table; in "
            "RTL weight 16 and activation 1 take the partial sum from 4 to 4; 20 is expected");
}

TEST(Cosim, NoticesAnotherEnergy) {
  auto model = std::make_shared<PeModel>(*model_of(array_multiplier()));
  for (double& joule : model->energies.multiplier) joule *= 1.05;
  std::mt19937 random(2);
  Data data = random_data(random, 6, 5, 40);
  const auto engine = make_cosim_engine(make_table_engine(small(), model, 1), small(), model, {.share = 1, .seed = 1});
  EXPECT_NE(error_of(*engine, data.fold(6, 5, 40)).find("zero-delay multiplier energy"), std::string::npos);
}

}  // namespace
}  // namespace tram
