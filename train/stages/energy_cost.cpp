#include "train/stages/energy_cost.hpp"

#include <algorithm>
#include <deque>
#include <numeric>

#include "models/cells/liberty/liberty.hpp"
#include "models/cells/liberty/liberty_names.hpp"
#include "models/cells/mapping/multiplier_mapping.hpp"

namespace tram::train {
namespace {

constexpr int half_width = 4;               // codes, of smoothing
constexpr int neighbourhood = 16;           // codes within which activations count as alike in what stands beside them
constexpr double reference_period = 10e-9;  // s: that of tram_sim's default clock; it decides between exact ones only

/// Transition tables of circuits in the settings' library, each made once.
class TransitionTables {
 public:
  TransitionTables(const Settings& settings, int threads)
      : library_(read_liberty(find_liberty(settings.liberty, "--liberty"))), threads_(threads),
        exact_(library_exact(settings, threads)) {}

  const Netlist& exact() const { return exact_.netlist; }
  const TransitionEnergy& of(const Netlist& circuit) {
    const auto known = std::ranges::find(tables_, circuit, &Entry::first);
    if (known != tables_.end()) return known->second;
    MultiplierMappingOptions options;
    const HardwareCost cost = circuit == exact_.netlist ? exact_.cost : reference_cost(circuit);
    options.adders = cost.adders;
    options.script = cost.script;
    return tables_.emplace_back(circuit, transition_energy(map_multiplier(circuit, library_, options))).second;
  }

 private:
  /// As the machine maps it: with the script of ABC that needs the least energy.
  HardwareCost reference_cost(const Netlist& circuit) const {
    CostOptions options = reference_cost_options(reference_period, AdderCells::library);
    options.only_these_adders = true;
    options.threads = threads_;
    const auto bits = [](const std::vector<Net>& operand) { return static_cast<int>(operand.size()); };
    return best_hardware_cost(circuit, library_, reference_stimulus(bits(circuit.a), bits(circuit.b)), options);
  }

  using Entry = std::pair<Netlist, TransitionEnergy>;
  std::shared_ptr<const Library> library_;
  int threads_;
  ExactMultiplier exact_;
  std::deque<Entry> tables_;
};

const Recoding* recoding_of(const Recodings& recodings, const std::string& layer) {
  const auto own = recodings.find(layer);
  return own == recodings.end() ? nullptr : &own->second;
}

/// J a transition by weight code, the mean over a layer's transitions of activations.
std::vector<double> energy_by_weight(const TransitionEnergy& energy,
                                     const std::vector<OperandTransition>& transitions) {
  std::vector<double> sums(size_t{1} << energy.a_bits());
  for (const OperandTransition& t : transitions) {
    const auto row = energy.row(t.previous, t.now);
    for (size_t w = 0; w < sums.size(); ++w) sums[w] += row[w];
  }
  for (double& sum : sums) sum *= energy.joule_per_count() / static_cast<double>(transitions.size());
  return sums;
}

/// What a weight costs on average, by its code before recoding.
std::vector<double> energy_by_stored_weight(const TransitionEnergy& energy, const OperandStatistics& statistics,
                                            const Recoding* recoding) {
  std::vector<double> by_code = energy_by_weight(energy, statistics.transitions());
  if (recoding == nullptr) return by_code;
  std::vector<double> by_weight;
  for (const uint8_t code : *recoding) by_weight.push_back(by_code[code]);
  return by_weight;
}

std::vector<OperandTransition> stored(const std::vector<OperandTransition>& transitions, const Recoding* recoding) {
  return recoding == nullptr ? transitions : recoded(transitions, *recoding);
}

/// Positions and taps of a kernel of `size` along one dimension that lie inside the image.
int64_t taps_inside(int out, int in, int size, int stride, int padding) {
  int64_t taps = 0;
  for (int position = 0; position < out; ++position)
    for (int tap = 0; tap < size; ++tap) {
      const int at = position * stride + tap - padding;
      taps += at >= 0 && at < in ? 1 : 0;
    }
  return taps;
}

/// In how many products an input value of a layer takes part, on average.
double uses(const GemmLayer& layer) {
  const int64_t taps =
      taps_inside(layer.out.height, layer.in.height, layer.kernel_height, layer.stride, layer.padding) *
      taps_inside(layer.out.width, layer.in.width, layer.kernel_width, layer.column_stride, layer.padding);
  return static_cast<double>(taps * layer.n()) / (static_cast<double>(layer.in.height) * layer.in.width);
}

std::vector<const GemmLayer*> layers_with_weights(const IntegerNetwork& network) {
  std::vector<const GemmLayer*> layers;
  for (const IntegerStep& step : network.steps)
    if (const auto* layer = std::get_if<GemmLayer>(&step.layer)) layers.push_back(layer);
  return layers;
}

double image_energy(const GemmLayer& layer, const std::vector<double>& by_weight) {
  return static_cast<double>(layer.m()) * std::accumulate(layer.weights.begin(), layer.weights.end(), 0.0,
                                                          [&](double sum, uint8_t w) { return sum + by_weight[w]; });
}

std::shared_ptr<const std::vector<float>> scaled(const std::vector<double>& slope, double factor) {
  std::vector<float> all;
  for (const double value : slope) all.push_back(static_cast<float>(factor * value));
  return std::make_shared<const std::vector<float>>(std::move(all));
}

}  // namespace

std::map<std::string, std::vector<double>> energies_by_weight(const Settings& settings, const OperandsByLayer& layers,
                                                              const std::map<std::string, Netlist>& circuits,
                                                              int threads) {
  TransitionTables tables(settings, threads);
  std::map<std::string, std::vector<double>> energies;
  for (const auto& [name, circuit] : circuits)
    energies[name] = energy_by_weight(tables.of(circuit), layers.at(name).transitions());
  return energies;
}

PredictedEnergy predicted_energy(const Settings& settings, const OperandsByLayer& layers,
                                 const std::map<std::string, Netlist>& circuits, const Recodings& recodings,
                                 int threads) {
  TransitionTables tables(settings, threads);
  const TransitionEnergy& exact = tables.of(tables.exact());
  double ours = 0, theirs = 0, all = 0;
  for (const auto& [name, statistics] : layers) {
    const TransitionEnergy& energy = tables.of(circuits.at(name));
    const std::vector<OperandTransition> transitions = statistics.transitions();
    const double each = statistics.multiplications() / static_cast<double>(transitions.size());
    all += statistics.multiplications();
    for (const OperandTransition& t : transitions) theirs += each * exact.energy(t.weight, t.previous, t.now);
    for (const OperandTransition& t : stored(transitions, recoding_of(recodings, name)))
      ours += each * energy.energy(t.weight, t.previous, t.now);
  }
  return {settings.liberty, ours / all, ours / theirs};
}

ExactMultiplier library_exact(const Settings& settings, int threads) {
  const auto library = read_liberty(find_liberty(settings.liberty, "--liberty"));
  return best_exact_multiplier(settings.bits, false, library, AdderCells::library, reference_period, threads);
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

CostSlopes energy_slopes(const Settings& settings, const IntegerNetwork& network, const OperandsByLayer& layers,
                         const std::map<std::string, Netlist>& circuits, const Recodings& recodings, int threads) {
  TransitionTables tables(settings, threads);
  double all = 0;
  std::map<std::string, std::vector<double>> by_layer;
  for (const GemmLayer* layer : layers_with_weights(network)) {
    const Recoding* const codes = recoding_of(recodings, layer->name);
    const OperandStatistics& statistics = layers.at(layer->name);
    const TransitionEnergy& energy = tables.of(circuits.at(layer->name));
    by_layer[layer->name] = energy_slope_by_activation(energy, stored(statistics.transitions(), codes));
    all += image_energy(*layer, energy_by_stored_weight(energy, statistics, codes));
  }
  CostSlopes slopes;
  for (const GemmLayer* layer : layers_with_weights(network)) {
    std::vector<double>& slope = by_layer[layer->name];
    slope.front() = slope.back() = 0;
    slopes[layer->name] = scaled(slope, settings.activation_energy * uses(*layer) / all / settings.batch);
  }
  return slopes;
}

}  // namespace tram::train
