#include "train/stages/recode.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "models/data/philox.hpp"
#include "models/data/synthetic.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/quant/golden.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "tests/train/quantised_graphs.hpp"
#include "train/export/export_network.hpp"
#include "train/onednn/single_thread.hpp"
#include "train/quantised/quantised_layers.hpp"
#include "train/stages/energy_cost.hpp"

namespace tram::train {
namespace {

TrainedNetwork quantised_resnet8() {
  onednn::use_single_thread();
  const QuantiseOptions options{.images = 16};
  const Shapes training(Split::train, 16);
  const NetworkGraph graph = prepare_graph(trained_resnet8(), training, options);
  const auto activations = calibrate_activations(graph, training, options);
  const auto network = make_quantised_network(graph, {}, 1);
  const auto values = initial_quantised_values(network->parameters(), graph, activations, options);
  return trained_network(network->parameters(), values, graph, activations, options);
}

/// Any permutation of codes: what is stored differs, what the tables give does not.
Recodings scrambled(const IntegerNetwork& network) {
  Recodings recodings;
  for (const IntegerStep& step : network.steps)
    if (std::holds_alternative<GemmLayer>(step.layer)) {
      Recoding& recoding = recodings[layer_name(step)];
      for (int w = 0; w < 256; ++w) recoding.push_back(static_cast<uint8_t>(w ^ static_cast<int>(recodings.size())));
    }
  return recodings;
}

/// The trainer's view (weights as they are, tables with the codes) and the machine's (codes stored, the plain
/// multiplier) have the same accumulators.
TEST(Recode, MachineWithNewCodesEqualsTrainerWithRecodedTables) {
  TrainedNetwork trained = quantised_resnet8();
  const IntegerNetwork before = quantise(trained);
  const std::vector<LayerMultiplierSource> sources = {{"linear", std::string("trunc4")}};
  const MultiplierChoice plain = choose_multipliers(before, sources);
  const Recodings recodings = scrambled(before);
  const MultiplierChoice tables = recoded_choice(before, plain, recodings);
  recode_weights(recodings, trained);
  const IntegerNetwork after = quantise(trained);
  const Shapes images(Split::test, 8);
  const auto trainer = golden_logits(GoldenInference(before, tables.assignment, tables.tables), images, 0, 8);
  const auto machine = golden_logits(GoldenInference(after, plain.assignment, plain.tables), images, 0, 8);
  ASSERT_EQ(trainer.size(), machine.size());
  for (size_t i = 0; i < trainer.size(); ++i) EXPECT_EQ(trainer[i], machine[i]) << i;
}

/// Activations that change at every position, one statistic for all layers.
OperandStatistics busy_layer() {
  OperandStatistics statistics({.transitions = 200});
  std::vector<uint8_t> weights(4 * 4), taps(64 * 4);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<uint8_t>(i * 83 + 7);
  for (size_t i = 0; i < taps.size(); ++i) taps[i] = static_cast<uint8_t>(i * 37);
  statistics.add({64, 4, 4}, weights, taps, {});
  return statistics;
}

/// Products of each channel in which an input value takes part, on average, by counting them.
double counted_uses(const GemmLayer& layer) {
  int64_t taps = 0;
  for (int y = 0; y < layer.out.height; ++y)
    for (int x = 0; x < layer.out.width; ++x)
      for (int i = 0; i < layer.kernel_height; ++i)
        for (int j = 0; j < layer.kernel_width; ++j) {
          const int row = y * layer.stride + i - layer.padding, column = x * layer.stride + j - layer.padding;
          taps += row >= 0 && row < layer.in.height && column >= 0 && column < layer.in.width ? 1 : 0;
        }
  return static_cast<double>(taps * layer.n()) / (layer.in.height * layer.in.width);
}

/// With the same operands in all layers, slopes of activations differ by how often a value is used.
void expect_shares_of_uses(const IntegerNetwork& network, const CostSlopes& slopes) {
  const GemmLayer* first = nullptr;
  for (const IntegerStep& step : network.steps) {
    const auto* layer = std::get_if<GemmLayer>(&step.layer);
    if (layer == nullptr) continue;
    if (first == nullptr) first = layer;
    const float one = slopes.at(first->name)->at(100), other = slopes.at(layer->name)->at(100);
    EXPECT_NEAR(other / one, counted_uses(*layer) / counted_uses(*first), 1e-4) << layer->name;
    EXPECT_EQ(slopes.at(layer->name)->front(), 0);
    EXPECT_EQ(slopes.at(layer->name)->back(), 0);
  }
}

/// The energy-aware loss sees what is stored; without recodings weights count as they are.
TEST(Recode, ActivationsCostWhatTheStoredWeightsMakeThem) {
  if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
  const IntegerNetwork network = quantise(quantised_resnet8());
  OperandsByLayer operands;
  std::map<std::string, Netlist> circuits;
  Recodings alike;
  for (const IntegerStep& step : network.steps)
    if (std::holds_alternative<GemmLayer>(step.layer)) {
      operands.emplace(layer_name(step), busy_layer());
      circuits.emplace(layer_name(step), array_multiplier());
      alike[layer_name(step)].assign(256, 77);
    }
  const Settings settings{.liberty = "osu018", .activation_energy = 1};
  const CostSlopes slopes = energy_slopes(settings, network, operands, circuits, {});
  EXPECT_NE(*energy_slopes(settings, network, operands, circuits, alike).at("conv1"), *slopes.at("conv1"));
  expect_shares_of_uses(network, slopes);
  const PredictedEnergy all = predicted_energy(settings, operands, circuits, {});
  EXPECT_EQ(all.library, "osu018");
  EXPECT_GT(all.ratio, 1);  // of an array, to the best exact multiplier
  EXPECT_NE(predicted_energy(settings, operands, circuits, alike).joule_a_mac, all.joule_a_mac);
}

/// Of an energy of 5 x + 3 p counts a transition p -> x an activation has 8 a code, wherever smoothing is not cut off.
TEST(Recode, ActivationsCostAsEndAndAsBeginning) {
  std::vector<uint16_t> counts(size_t{1} << 24);
  for (size_t i = 0; i < counts.size(); ++i) counts[i] = static_cast<uint16_t>(5 * (i >> 8 & 255) + 3 * (i >> 16));
  const TransitionEnergy energy(8, 8, DelayModel::library, 1e-15, 0, 0, counts);
  const std::vector<double> slope = energy_slope_by_activation(energy, busy_layer().transitions());
  ASSERT_EQ(slope.size(), 256U);
  for (size_t v = 16; v < 240; ++v) EXPECT_NEAR(slope[v], 8e-15, 1.5e-15) << v;  // as many ends as beginnings nearby
  EXPECT_NEAR(std::accumulate(slope.begin() + 16, slope.begin() + 240, 0.0) / 224, 8e-15, 0.1e-15);
}

/// Two layers to whose errors the loss is not equally sensitive, on one circuit without its six lowest columns.
struct TwoLayers {
  TwoLayers() {
    for (const auto& [name, sensitivity] : {std::pair{"dear", 10.0F}, std::pair{"cheap", 0.1F}}) {
      std::vector<uint8_t> weights(8 * 16), taps(64 * 16);
      std::vector<float> derivatives(64 * 8);
      RandomItem random(1, 0, name[0]);
      for (uint8_t& w : weights) w = static_cast<uint8_t>(random.between(0, 255));
      for (uint8_t& x : taps) x = static_cast<uint8_t>(random.between(0, 80));
      for (float& d : derivatives) d = sensitivity * (random.unit() - 0.5F);
      OperandStatistics statistics({.transitions = 500});
      statistics.add({64, 8, 16}, weights, taps, derivatives);
      operands.emplace(name, statistics);
      circuits.emplace(name, find_multiplier("dadda_trunc6"));
    }
    energies = energies_by_weight({.liberty = "osu018"}, operands, circuits);
  }

  /// Variance of the difference, by direct sums over the layer's activations.
  double error(const std::string& layer, int code, int w) const {
    double all = 0, mean = 0, square = 0;
    const auto weights = operands.at(layer).fisher();
    for (size_t i = 0; i < weights.size(); ++i) {
      const auto x = static_cast<uint32_t>(i & 255);
      const double difference = table.at(static_cast<uint32_t>(code), x) - static_cast<double>(w) * x;
      all += weights[i];
      mean += weights[i] * difference;
      square += weights[i] * difference * difference;
    }
    return square / all - mean * mean / (all * all);
  }

  double fisher(const std::string& layer) const {
    const auto weights = operands.at(layer).fisher();
    return std::accumulate(weights.begin(), weights.end(), 0.0);
  }

  /// Error and energy of all layers with codes.
  std::pair<double, double> sums(const Recodings& codes) const {
    double loss_increase = 0, joule = 0;
    for (const auto& [name, statistics] : operands)
      for (int w = 0; w < 256; ++w) {
        const int code = codes.at(name)[static_cast<size_t>(w)];
        const auto row = [&](auto values) {
          const auto first = values.begin() + int64_t{w} * 256;
          return std::accumulate(first, first + 256, 0.0);
        };
        if (row(statistics.counts()) == 0) continue;
        loss_increase += row(statistics.fisher()) * error(name, code, w);
        joule += row(statistics.counts()) * energies.at(name)[static_cast<size_t>(code)];
      }
    return {loss_increase, joule};
  }

  OperandsByLayer operands;
  std::map<std::string, Netlist> circuits;
  std::map<std::string, std::vector<double>> energies;
  TruthTable table = truth_table(find_multiplier("dadda_trunc6"));
};

TEST(Recode, CheapCodesGoWhereTheLossIsInsensitive) {
  if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
  const TwoLayers layers;
  const Settings settings{.liberty = "osu018", .recode_energy = 2};
  const Recodings closest = find_recodings({.liberty = "osu018"}, layers.circuits, layers.operands),
                  cheap = find_recodings(settings, layers.circuits, layers.operands);
  const auto [loss_increase, joule] = layers.sums(closest);
  const auto [more_loss, less_joule] = layers.sums(cheap);
  EXPECT_GT(more_loss, loss_increase);
  EXPECT_LT(less_joule, joule);
  EXPECT_LT(more_loss / loss_increase + 2 * less_joule / joule, 3);
  std::map<std::string, int> changed;
  for (const auto& [name, statistics] : layers.operands) {
    const double price = 2 * loss_increase / joule * statistics.multiplications() / layers.fisher(name);
    const auto cost = [&, &layer = name](int code, int w) {
      return layers.error(layer, code, w) + price * layers.energies.at(layer)[static_cast<size_t>(code)];
    };
    for (int w = 0; w < 256; w += 15) {
      double least = cost(0, w);
      for (int code = 1; code < 256; ++code) least = std::min(least, cost(code, w));
      EXPECT_NEAR(cost(cheap.at(name)[static_cast<size_t>(w)], w), least, 1e-6 * std::abs(least) + 1e-6) << name << w;
    }
    for (size_t w = 0; w < 256; ++w) changed[name] += cheap.at(name)[w] != closest.at(name)[w] ? 1 : 0;
  }
  EXPECT_GT(changed["cheap"], 2 * changed["dear"]);
}

TEST(Recode, FilesKeepCodes) {
  const Recodings recodings = {{"conv1", {3, 2, 1, 0}}, {"linear", {255, 0}}};
  const auto path = std::filesystem::temp_directory_path() / fmt::format("tram_codes.{}.safetensors", getpid());
  write_recodings(path, recodings);
  EXPECT_EQ(read_recodings(path), recodings);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace tram::train
