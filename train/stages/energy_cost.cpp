#include "train/stages/energy_cost.hpp"

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

constexpr int neighbourhood = 16;           // codes: whose neighbours in the stream are taken for alike

/// What a weight costs on average, by its code before recoding.
std::vector<double> energy_by_stored_weight(const TransitionEnergy& energy, const OperandStatistics& statistics,
                                            const Recoding* recoding) {
  const std::vector<double> by_code = energy_by_weight(energy, statistics.transitions());
  if (recoding == nullptr) return by_code;
  std::vector<double> by_weight;
  for (const uint8_t code : *recoding) by_weight.push_back(by_code[code]);
  return by_weight;
}

std::vector<OperandTransition> stored(std::vector<OperandTransition> transitions, const Recoding* recoding) {
  if (recoding != nullptr)
    for (OperandTransition& t : transitions) t.weight = (*recoding)[t.weight];
  return transitions;
}

double image_energy(const GemmLayer& layer, const std::vector<double>& by_weight) {
  return static_cast<double>(layer.m()) *
         std::accumulate(layer.weights.begin(), layer.weights.end(), 0.0,
                         [&](double sum, uint8_t w) { return sum + by_weight[w]; });
}

std::shared_ptr<const std::vector<float>> scaled(const std::vector<double>& slope, double factor) {
  std::vector<float> all;
  for (const double value : slope) all.push_back(static_cast<float>(factor * value));
  return std::make_shared<const std::vector<float>>(std::move(all));
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

std::vector<double> energy_slope_by_activation(const TransitionEnergy& energy,
                                               const std::vector<OperandTransition>& transitions) {
  const int codes = 1 << energy.b_bits();
  // Prefix sums over codes of an end of the transition: a mean over +- half_width is a difference of two.
  std::vector<double> sums(static_cast<size_t>(codes)), counts(sums.size()), along(sums.size() + 1);
  const auto smooth = [&](int code) {
    const int first = std::max(0, code - half_width), end = std::min(codes, code + half_width + 1);
    return (along[static_cast<size_t>(end)] - along[static_cast<size_t>(first)]) / (end - first);
  };
  const auto add = [&](int at, const auto& energy_with) {
    for (int code = 0; code < codes; ++code)
      along[static_cast<size_t>(code) + 1] = along[static_cast<size_t>(code)] + energy_with(code);
    for (int v = std::max(0, at - neighbourhood); v <= std::min(codes - 1, at + neighbourhood); ++v) {
      const int low = std::max(0, v - 1), high = std::min(codes - 1, v + 1);
      sums[static_cast<size_t>(v)] += (smooth(high) - smooth(low)) / (high - low);
      counts[static_cast<size_t>(v)] += 0.5;  // each activation has two transitions
    }
  };
  for (const OperandTransition& t : transitions) {
    add(t.now, [&](int code) { return energy.energy(t.weight, t.previous, static_cast<uint32_t>(code)); });
    add(t.previous, [&](int code) { return energy.energy(t.weight, static_cast<uint32_t>(code), t.now); });
  }
  for (size_t v = 0; v < sums.size(); ++v) sums[v] = counts[v] > 0 ? sums[v] / counts[v] : 0;
  return sums;
}

EnergySlopes energy_slopes(const Settings& settings, const IntegerNetwork& network, const OperandsByLayer& layers,
                           const std::map<std::string, Netlist>& circuits, const Recodings& recodings) {
  const auto library = read_liberty(find_liberty(settings.liberty, "--liberty"));
  EnergySlopes slopes;
  double all = 0;
  std::map<std::string, std::vector<double>> by_weight, by_activation;
  for (const IntegerStep& step : network.steps) {
    const auto* layer = std::get_if<GemmLayer>(&step.layer);
    if (layer == nullptr) continue;
    const auto recoding = recodings.find(layer->name);
    const Recoding* const codes = recoding == recodings.end() ? nullptr : &recoding->second;
    const OperandStatistics& statistics = layers.at(layer->name);
    const TransitionEnergy energy = transition_energy(map_multiplier(circuits.at(layer->name), library));
    by_weight[layer->name] = energy_by_stored_weight(energy, statistics, codes);
    if (settings.activation_energy > 0)
      by_activation[layer->name] = energy_slope_by_activation(energy, stored(statistics.transitions(), codes));
    all += image_energy(*layer, by_weight[layer->name]);
  }
  for (const IntegerStep& step : network.steps) {
    const auto* layer = std::get_if<GemmLayer>(&step.layer);
    if (layer == nullptr) continue;
    const auto m = static_cast<double>(layer->m());
    if (settings.weight_energy > 0)
      slopes.weights[layer->name] = scaled(smoothed_slope(by_weight[layer->name], half_width),
                                           settings.weight_energy * m / all / settings.shards());
    if (settings.activation_energy > 0)
      slopes.activations[layer->name] =
          scaled(by_activation[layer->name], settings.activation_energy / all / settings.batch * m *
                                                 static_cast<double>(layer->k() * layer->n()) /
                                                 static_cast<double>(layer->in.size()));
  }
  return slopes;
}

}  // namespace tram::train
