#include "train/stages/weight_cost.hpp"

#include <algorithm>
#include <numeric>

#include "models/power/exact_multiplier.hpp"
#include "models/power/liberty.hpp"
#include "models/power/liberty_names.hpp"
#include "models/power/multiplier_mapping.hpp"

namespace tram::train {
namespace {

constexpr int half_width = 4;  // codes
constexpr double reference_period = 10e-9;  // s: that of tram_sim's default clock; it decides between exact ones only

struct LayerCost {
  double positions = 0;
  std::vector<double> by_weight;  ///< J
};

double image_energy(const GemmLayer& layer, const LayerCost& cost) {
  return cost.positions * std::accumulate(layer.weights.begin(), layer.weights.end(), 0.0, [&](double sum, uint8_t w) {
    return sum + cost.by_weight[w];
  });
}

/// What each weight costs with the code that it is stored with.
std::vector<double> by_stored_code(const std::vector<double>& by_code, const Recodings& recodings,
                                   const std::string& layer) {
  const auto recoding = recodings.find(layer);
  if (recoding == recodings.end()) return by_code;
  std::vector<double> by_weight;
  for (const uint8_t code : recoding->second) by_weight.push_back(by_code[code]);
  return by_weight;
}

}  // namespace

std::vector<double> energy_by_weight(const TransitionEnergy& energy, const std::vector<OperandTransition>& transitions) {
  std::vector<double> sums(size_t{1} << energy.a_bits());
  for (const OperandTransition& t : transitions) {
    const auto row = energy.row(t.previous, t.now);
    for (size_t w = 0; w < sums.size(); ++w) sums[w] += row[w];
  }
  for (double& sum : sums) sum *= energy.joule_per_count() / static_cast<double>(transitions.size());
  return sums;
}

PredictedEnergy predicted_energy(const Settings& settings, const OperandsByLayer& layers,
                        const std::map<std::string, Netlist>& circuits, const Recodings& recodings) {
  const auto library = read_liberty(find_liberty(settings.liberty, "--liberty"));
  const TransitionEnergy exact = transition_energy(map_multiplier(exact_netlist(settings), library));
  double ours = 0, theirs = 0, all = 0;
  for (const auto& [name, statistics] : layers) {
    const TransitionEnergy energy = transition_energy(map_multiplier(circuits.at(name), library));
    const std::vector<OperandTransition> transitions = statistics.transitions();
    const double each = statistics.multiplications() / static_cast<double>(transitions.size());
    all += statistics.multiplications();
    const auto recoding = recodings.find(name);
    for (const OperandTransition& t : transitions) {
      theirs += each * exact.energy(t.weight, t.previous, t.now);
      const uint8_t code = recoding == recodings.end() ? t.weight : recoding->second[t.weight];
      ours += each * energy.energy(code, t.previous, t.now);
    }
  }
  return {settings.liberty, ours / all, ours / theirs};
}

Netlist exact_netlist(const Settings& settings) {
  const auto library = read_liberty(find_liberty(settings.liberty, "--liberty"));
  return best_exact_multiplier(settings.bits, false, library, AdderCells::library, reference_period, 1).netlist;
}

std::vector<double> smoothed_slope(const std::vector<double>& values, int half_width) {
  const auto count = static_cast<int>(values.size());
  const auto smooth = [&](int w) {
    const int first = std::max(0, w - half_width), last = std::min(count - 1, w + half_width);
    return std::accumulate(values.begin() + first, values.begin() + last + 1, 0.0) / (last - first + 1);
  };
  std::vector<double> slope;
  for (int w = 0; w < count; ++w) {
    const int low = std::max(0, w - 1), high = std::min(count - 1, w + 1);
    slope.push_back((smooth(high) - smooth(low)) / (high - low));
  }
  return slope;
}

std::map<std::string, std::shared_ptr<const std::vector<float>>> weight_cost_slopes(
    const Settings& settings, const IntegerNetwork& network, const OperandsByLayer& layers,
    const std::map<std::string, Netlist>& circuits, const Recodings& recodings) {
  const auto library = read_liberty(find_liberty(settings.liberty, "--liberty"));
  std::map<std::string, LayerCost> costs;
  double all = 0;
  for (const IntegerStep& step : network.steps) {
    const auto* layer = std::get_if<GemmLayer>(&step.layer);
    if (layer == nullptr) continue;
    const TransitionEnergy energy = transition_energy(map_multiplier(circuits.at(layer->name), library));
    LayerCost& cost = costs[layer->name];
    cost = {static_cast<double>(layer->m()),
            by_stored_code(energy_by_weight(energy, layers.at(layer->name).transitions()), recodings, layer->name)};
    all += image_energy(*layer, cost);
  }
  std::map<std::string, std::shared_ptr<const std::vector<float>>> slopes;
  for (const auto& [name, cost] : costs) {
    std::vector<float> scaled;
    for (const double slope : smoothed_slope(cost.by_weight, half_width))
      scaled.push_back(static_cast<float>(settings.weight_energy * cost.positions / all * slope / settings.shards()));
    slopes[name] = std::make_shared<const std::vector<float>>(std::move(scaled));
  }
  return slopes;
}

}  // namespace tram::train
