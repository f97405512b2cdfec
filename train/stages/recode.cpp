#include "train/stages/recode.hpp"

#include <algorithm>
#include <numeric>

#include "models/network/graph_parameters.hpp"
#include "models/quant/affine.hpp"
#include "models/support/error.hpp"
#include "train/stages/energy_cost.hpp"

namespace tram::train {
namespace {

const TruthTable& table_of(const MultiplierChoice& choice, size_t step) {
  return choice.tables[static_cast<size_t>(choice.assignment.of_step[step])];
}

/// Recodes one layer; bias may be null.
void recode_layer(const Recoding& recoding, const std::vector<Affine>& affines, const Affine& input, int bits,
                  Tensor& weight, Tensor& bias) {
  const size_t channels = affines.size(), size = weight.data.size() / channels;
  for (size_t o = 0; o < channels; ++o) {
    const Affine& affine = affines[o];
    int64_t shift = 0;
    for (size_t i = o * size; i < (o + 1) * size; ++i) {
      const uint8_t before = quantise_value(weight.data[i], affine, bits), after = recoding[before];
      weight.data[i] = static_cast<float>(real_value(after, affine));
      shift += int64_t{after} - before;
    }
    bias.data[o] += static_cast<float>(double{input.scale} * affine.scale * input.zero * static_cast<double>(shift));
  }
}

/// Criteria for the choice of a layer's codes.
struct CodeChoice {
  CodeChoice(const OperandStatistics& statistics, const Netlist& circuit)
      : error(std::span(&statistics, 1)), products(truth_table(circuit).values), bits(statistics.bits()),
        counts(statistics.counts()), multiplications(statistics.multiplications()),
        fisher(std::reduce(statistics.fisher().begin(), statistics.fisher().end())) {}

  /// Loss increase of the closest codes: mean squared error times Fisher information.
  double loss_increase() const { return fisher * error.error(products); }
  /// J, energies by code.
  double energy(const Recoding& recoding, const std::vector<double>& energies) const {
    double sum = 0;
    for (size_t i = 0; i < counts.size(); ++i) sum += counts[i] * energies[recoding[i >> bits]];
    return sum;
  }

  RecodedError error;
  std::vector<int32_t> products;
  int bits;
  std::span<const double> counts;
  double multiplications, fisher;
};

using CodeChoices = std::map<std::string, CodeChoice>;

CodeChoices code_choices(const std::map<std::string, Netlist>& circuits, const OperandsByLayer& layers) {
  CodeChoices choices;
  for (const auto& [name, circuit] : circuits) choices.try_emplace(name, layers.at(name), circuit);
  const bool none = std::ranges::all_of(choices, [](const auto& entry) { return entry.second.fisher == 0; });
  if (none)
    for (auto& [name, choice] : choices) choice.fisher = choice.multiplications;
  return choices;
}

}  // namespace

Recodings find_recodings(const Settings& settings, const std::map<std::string, Netlist>& circuits,
                         const OperandsByLayer& layers) {
  const CodeChoices choices = code_choices(circuits, layers);
  Recodings recodings;
  for (const auto& [name, choice] : choices) recodings[name] = choice.error.recoding(0, choice.products);
  if (settings.recode_energy == 0) return recodings;
  auto energies = energies_by_weight(settings, layers, circuits);
  double loss_increase = 0, energy = 0;
  for (const auto& [name, choice] : choices) {
    loss_increase += choice.loss_increase();
    energy += choice.energy(recodings[name], energies[name]);
  }
  if (!(loss_increase > 0 && energy > 0)) return recodings;
  for (const auto& [name, choice] : choices) {
    if (choice.fisher == 0) continue;
    std::vector<double> costs = energies[name];
    for (double& cost : costs)
      cost *= settings.recode_energy * loss_increase / energy * choice.multiplications / choice.fisher;
    recodings[name] = choice.error.recoding(0, choice.products, costs);
  }
  return recodings;
}

MultiplierChoice recoded_choice(const IntegerNetwork& network, const MultiplierChoice& choice,
                                const Recodings& recodings) {
  MultiplierChoice result;
  for (size_t i = 0; i < network.steps.size(); ++i) {
    const int of_step = choice.assignment.of_step[i];
    result.assignment.of_step.push_back(of_step < 0 ? of_step : static_cast<int>(result.tables.size()));
    if (of_step < 0) continue;
    const auto found = recodings.find(layer_name(network.steps[i]));
    result.tables.push_back(found == recodings.end() ? table_of(choice, i)
                                                     : recoded(table_of(choice, i), found->second));
    result.assignment.multipliers.push_back(choice.assignment.multipliers[static_cast<size_t>(of_step)] + " for " +
                                            layer_name(network.steps[i]));
  }
  return result;
}

void recode_weights(const Recodings& recodings, TrainedNetwork& network) {
  const std::vector<GraphParameter> parameters = graph_parameters(network.graph);
  const auto tensor = [&](const std::string& name) -> Tensor& {
    return *std::ranges::find(parameters, name, &GraphParameter::name)->tensor;
  };
  for (const GraphNode& node : network.graph.nodes) {
    const auto recoding = recodings.find(node.name);
    if (recoding == recodings.end()) continue;
    recode_layer(recoding->second, network.weights.at(node.name),
                 network.activations[static_cast<size_t>(node.inputs[0])], network.options.bits,
                 tensor(node.name + ".weight"), tensor(node.name + ".bias"));
  }
}

void write_recodings(const std::filesystem::path& path, const Recodings& recodings) {
  NamedTensors tensors;
  for (const auto& [name, recoding] : recodings)
    tensors.emplace_back(name, Tensor{{static_cast<int64_t>(recoding.size())}, {recoding.begin(), recoding.end()}});
  write_safetensors(path, tensors, {});
}

Recodings read_recodings(const std::filesystem::path& path) {
  const SafeTensors file(path);
  Recodings recodings;
  for (const std::string& name : file.names())
    for (const float code : file.read(name).data) {
      if (!(code >= 0 && code <= 255))
        throw InputError(file.path(), fmt::format("{}: code {}; 0 to 255 is expected", name, code));
      recodings[name].push_back(static_cast<uint8_t>(code));
    }
  return recodings;
}

}  // namespace tram::train
