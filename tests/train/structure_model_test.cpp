// The trained structures: tables and gradients against the definitions.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "models/multiplier/netlist.hpp"
#include "models/multiplier/structure/mapping.hpp"
#include "models/support/error.hpp"
#include "tests/train/gradients.hpp"
#include "train/structure/column_structure.hpp"
#include "train/structure/gate_structure.hpp"

namespace tram::train {
namespace {

/// A network of two tables, and a trained array before the structures.
NetworkParameters two_tables(int bits) {
  NetworkParameters parameters;
  parameters.trained.add("layer.weight", {3, 7}, Parameter::Kind::weight);
  for (const char* name : {"first", "second"})
    parameters.tables.add(name, {1 << bits, 1 << bits}, Parameter::Kind::table);
  return parameters;
}

std::vector<float> random_values(const NetworkParameters& parameters, uint64_t seed) {
  std::vector<float> values(static_cast<size_t>(parameters.trained.size()));
  std::mt19937_64 random(seed);
  for (float& value : values) value = static_cast<float>(random() % 1024) / 1024;
  return values;
}

std::span<float> array_of(const NetworkParameters& parameters, const std::string& name, std::span<float> values) {
  for (const Parameter& p : parameters.trained.entries())
    if (p.name == name) return values.subspan(static_cast<size_t>(p.offset), static_cast<size_t>(p.size));
  throw std::out_of_range(name);
}

/// add_gradient is the derivative of sum(weights x tables), by central differences; linear models take any step.
void expect_table_gradient(const StructureModel& model, const NetworkParameters& parameters, std::vector<float> values,
                           float step, double tolerance) {
  std::vector<float> weights(static_cast<size_t>(parameters.tables.size()));
  fill_random(weights, 5);
  std::vector<float> analytic(values.size(), 0.0F), tables(weights.size());
  model.add_gradient(values, weights, analytic);
  const auto loss = [&] {
    model.tables(values, tables);
    return dot(weights, tables);
  };
  const size_t before = 21;  // values of the layer
  for (size_t i = 0; i < before; ++i) EXPECT_EQ(analytic[i], 0);
  expect_gradient(std::span(values).subspan(before), std::span(analytic).subspan(before), loss, step, tolerance);
}

TEST(ColumnStructure, CostsAreThePublishedOnes) {
  // Published for the 8 x 8 array, columns 0 .. 14 (method, section 1).
  const std::vector<double> published{1,     3.82,  9.29,  14.76, 20.23, 25.70, 31.17, 36.64,
                                      35.64, 32.82, 27.35, 21.88, 16.41, 10.94, 5.47};
  const std::vector<double> costs = published_column_costs(8);
  ASSERT_EQ(costs.size(), published.size());
  for (size_t c = 0; c < costs.size(); ++c) EXPECT_NEAR(costs[c], published[c], 0.006) << "column " << c;
}

TEST(ColumnStructure, TablesAreTheReferenceProduct) {
  for (const int bits : {4, 6, 8}) {
    NetworkParameters parameters = two_tables(bits);
    const ColumnStructure model(parameters, {});
    const std::vector<float> values = random_values(parameters, 1);
    std::vector<float> tables(static_cast<size_t>(parameters.tables.size()));
    model.tables(values, tables);
    for (size_t t = 0; t < 2; ++t) {
      std::vector<float> copy = values;
      const auto theta = array_of(parameters, model.table_name(t) + ".theta", copy);
      const std::vector<double> reference =
          reference_product(std::vector<double>(theta.begin(), theta.end()), bits, bits);
      for (size_t pair = 0; pair < reference.size(); ++pair)
        ASSERT_NEAR(tables[t * reference.size() + pair], reference[pair], 1e-6 * std::ldexp(1.0, 2 * bits));
    }
  }
}

TEST(ColumnStructure, GradientOfTheTables) {
  NetworkParameters parameters = two_tables(5);
  const ColumnStructure model(parameters, {.columns = 7, .threads = 2});
  expect_table_gradient(model, parameters, random_values(parameters, 2), 0.25F, 1e-4);
}

/// f = (P_acc - sum theta_c P_c) / P_acc, by the published costs: all of columns 0..3 removed leave
/// 1 - (1 + 3.822 + 9.292 + 14.762) / (64 + 8 x 1.822 + 48 x 4.470).
TEST(ColumnStructure, PowerIsThePublishedOne) {
  NetworkParameters parameters = two_tables(8);
  const ColumnStructure model(parameters, {.shares = {0.75, 0.25}});
  EXPECT_EQ(model.columns(), 8);
  std::vector<float> values(static_cast<size_t>(parameters.trained.size()), 0.0F);
  EXPECT_NEAR(model.power(values), 1, 1e-12);
  model.initialise(values);
  const double all = 64 + 8 * 1.822 + 48 * 4.470, start = 1 - (1 + 3.822 + 9.292 + 14.762) / all;
  EXPECT_NEAR(model.power(values), start, 1e-9);
  std::ranges::fill(array_of(parameters, "first.theta", values), 0.0F);
  EXPECT_NEAR(model.power(values), 0.75 + 0.25 * start, 1e-9);
  std::vector<float> gradient(values.size(), 0.0F);
  model.add_power_gradient(values, 2, gradient);
  expect_gradient(
      values, gradient, [&] { return 2 * model.power(values); }, 0.5F, 1e-5);
}

/// Published: with these theta the mapping is the truncation of the 6 lowest columns, maximum error 321.
TEST(ColumnStructure, MappingIsThePublishedOne) {
  NetworkParameters parameters;
  parameters.tables.add("multiplier", {256, 256}, Parameter::Kind::table);
  const ColumnStructure model(parameters, {});
  std::vector<float> values{1, 1, 1, 1, 0.174248F, 0.199563F, 0.194773F, 0.147112F};
  const auto structures = model.structures(values);
  ASSERT_EQ(structures.size(), 1u);
  EXPECT_EQ(structures[0].name, "multiplier");
  const TruthTable table = truth_table(build_multiplier(structures[0]));
  EXPECT_EQ(table.at(255, 255), 255 * 255 - 321);
}

/// The same products from a tree, whose exact multiplier has other adders in the columns.
TEST(ColumnStructure, MapsToATree) {
  NetworkParameters parameters;
  parameters.tables.add("multiplier", {256, 256}, Parameter::Kind::table);
  const ColumnStructure model(parameters, {.accumulation = Accumulation::dadda});
  const std::vector<float> values{1, 1, 1, 1, 0.174248F, 0.199563F, 0.194773F, 0.147112F};
  const MultiplierStructure mapped = model.structures(values)[0];
  EXPECT_EQ(mapped.accumulation, Accumulation::dadda);
  EXPECT_EQ(truth_table(build_multiplier(mapped)).at(255, 255), 255 * 255 - 321);
  const std::vector<double> costs = published_column_costs(8, Accumulation::dadda);
  EXPECT_NEAR(std::accumulate(costs.begin(), costs.end(), 0.0), 64 + 8 * 1.822 + 48 * 4.470, 1e-9);
  EXPECT_NE(costs, published_column_costs(8));
}

TEST(StructureModel, ProjectClampsItsOwnValues) {
  NetworkParameters parameters = two_tables(4);
  const ColumnStructure model(parameters, {});
  std::vector<float> values(static_cast<size_t>(parameters.trained.size()), 1.5F);
  array_of(parameters, "second.theta", values)[1] = -0.5F;
  model.project(values);
  EXPECT_EQ(values[0], 1.5F);
  for (const float theta : array_of(parameters, "first.theta", values)) EXPECT_EQ(theta, 1);
  EXPECT_EQ(array_of(parameters, "second.theta", values)[1], 0);
}

TEST(StructureModel, RefusesWhatDoesNotFit) {
  NetworkParameters exact;
  EXPECT_THROW(ColumnStructure(exact, {}), InputError);
  NetworkParameters parameters = two_tables(8);
  EXPECT_THROW(ColumnStructure(parameters, {.columns = 16}), InputError);
  EXPECT_THROW(ColumnStructure(parameters, {.columns = 8, .shares = {1}}), InputError);
  parameters.tables.add("third", {16, 16}, Parameter::Kind::table);
  EXPECT_THROW(ColumnStructure(parameters, {}), InputError);
}

/// The multiplier of these gates of 0 and 1, by its netlist.
TruthTable table_of(const MultiplierStructure& structure) { return truth_table(build_multiplier(structure)); }

TEST(GateStructure, EqualsTheNetlistForGatesOfZeroAndOne) {
  for (const int bits : {4, 8})
    for (const Accumulation accumulation : {Accumulation::dadda, Accumulation::wallace, Accumulation::array}) {
      NetworkParameters parameters = two_tables(bits);
      const GateStructure model(parameters, {.accumulation = accumulation, .shares = {}});
      std::vector<float> values = random_values(parameters, 3);
      model.initialise(values);
      std::mt19937_64 random(7);
      for (float& gate : array_of(parameters, "second.gates", values)) gate = random() % 5 == 0 ? 0 : 1;
      array_of(parameters, "second.gates", values).back() = 0;
      std::vector<float> tables(static_cast<size_t>(parameters.tables.size()));
      model.tables(values, tables);
      const auto structures = model.structures(values);
      for (size_t t = 0; t < 2; ++t) {
        const TruthTable expected = table_of(structures[t]);
        for (size_t pair = 0; pair < expected.values.size(); ++pair)
          ASSERT_EQ(tables[t * expected.values.size() + pair], static_cast<float>(expected.values[pair])) << pair;
      }
      EXPECT_EQ(table_of(structures[0]).values, exact_table(bits, bits).values);
    }
}

/// While adders are kept the product is the sum of the gated partial products.
TEST(GateStructure, IsLinearInThePartialProductsWhileAddersAreKept) {
  const SoftTree tree(8);
  std::vector<float> gates(tree.gates(), 1.0F), products(65536);
  RandomItem random(1, 0, 0);
  for (size_t dot = 0; dot < tree.partial_products(); ++dot) gates[dot] = random.unit();
  tree.forward(gates, products);
  for (uint32_t w = 0; w < 256; w += 3)
    for (uint32_t x = 0; x < 256; ++x) {
      double sum = 0;
      for (int i = 0; i < 8; ++i)
        for (int j = 0; j < 8; ++j)
          sum += static_cast<float>((w >> i & 1) * (x >> j & 1)) * std::ldexp(gates[i * 8 + j], i + j);
      ASSERT_NEAR(products[w * 256 + x], sum, 0.02);
    }
}

TEST(GateStructure, GradientOfTheTables) {
  NetworkParameters parameters = two_tables(4);
  const GateStructure model(parameters, {.shares = {}, .threads = 2});
  expect_table_gradient(model, parameters, random_values(parameters, 4), 1.0F / 256, 2e-3);
}

TEST(GateStructure, OnlyWhatIsTrainedHasAGradient) {
  NetworkParameters parameters = two_tables(4);
  GateStructure::Options options;
  options.carries = options.constant = false;
  const GateStructure model(parameters, options);
  std::vector<float> values = random_values(parameters, 4), gradient(values.size(), 0.0F);
  std::vector<float> table_gradient(static_cast<size_t>(parameters.tables.size()), 1.0F);
  model.add_gradient(values, table_gradient, gradient);
  model.add_power_gradient(values, 1, gradient);
  const auto gates = array_of(parameters, "first.gates", gradient);
  EXPECT_EQ(gates.back(), 0);
  for (size_t adder = 0; adder < model.tree().adders(); ++adder) {
    EXPECT_NE(gates[model.tree().partial_products() + 2 * adder], 0);
    EXPECT_EQ(gates[model.tree().partial_products() + 2 * adder + 1], 0);
  }
}

TEST(GateStructure, PowerIsLinearFromTheMeasuredPoint) {
  NetworkParameters parameters = two_tables(4);
  GateStructure model(parameters, {.shares = {0.75, 0.25}});
  std::vector<float> values(static_cast<size_t>(parameters.trained.size()));
  model.initialise(values);
  EXPECT_NEAR(model.power(values), 1, 1e-6);
  GatePower power{0.5, std::vector<float>(model.tree().gates(), 0.0F), std::vector<float>(model.tree().gates(), 0.0F)};
  power.slopes[3] = 0.125F;
  model.set_power(0, power);
  EXPECT_NEAR(model.power(values), 0.75 * (0.5 + 0.125) + 0.25, 1e-6);
  std::vector<float> gradient(values.size(), 0.0F);
  model.add_power_gradient(values, 2, gradient);
  expect_gradient(
      values, gradient, [&] { return 2 * model.power(values); }, 0.5F, 1e-5);
}

}  // namespace
}  // namespace tram::train
