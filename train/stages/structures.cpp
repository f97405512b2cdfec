#include "train/stages/structures.hpp"

#include <numeric>

#include "models/power/liberty.hpp"
#include "models/power/liberty_names.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "train/structure/column_structure.hpp"
#include "train/structure/gate_structure.hpp"
#include "train/structure/map_recoded.hpp"
#include "train/structure/map_trained.hpp"
#include "train/structure/share_budget.hpp"

namespace tram::train {
namespace {

constexpr int statistics_shards = 16;
constexpr double least_share = 0.3;  // of the mean budget, that a layer's own may be

std::vector<double> table_shares(const IntegerNetwork& network, const ParameterList& tables) {
  std::vector<double> shares;
  double all = 0;
  for (const Parameter& table : tables.entries()) {
    double macs = 0;
    for (const IntegerStep& step : network.steps)
      if (const auto* layer = std::get_if<GemmLayer>(&step.layer))
        if (table.name == shared_table || table.name == layer->name) macs += static_cast<double>(layer->macs());
    shares.push_back(macs);
    all += macs;
  }
  for (double& share : shares) share /= all;
  return shares;
}

/// Statistics of each layer by name.
class StatisticsByLayer : public OperandSink {
 public:
  explicit StatisticsByLayer(const Settings& settings) : settings_(settings) {}

  void add(const std::string& layer, GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> taps,
           std::span<const float> dproducts) override {
    const auto stream = static_cast<uint32_t>(layers_.size());
    auto [found, is_new] = layers_.try_emplace(layer, OperandStatistics::Options{});
    if (is_new) found->second = OperandStatistics({.bits = settings_.bits, .seed = settings_.seed, .stream = stream});
    found->second.add(shape, weights, taps, dproducts);
  }

  const OperandsByLayer& layers() const { return layers_; }

 private:
  const Settings& settings_;
  OperandsByLayer layers_;
};

/// What a circuit costs once synthesised, best exact multiplier = 1.
void print_energy(const std::string& name, const MultiplierStructure& structure, const GlitchEnergy& energy,
                  const HeldTransitions& transitions) {
  fmt::print("{}: {:.3f} of the energy of the best exact multiplier on the network's operands, glitches included\n",
             name, energy.synthesised_alike(build_multiplier(structure), transitions) / energy.exact_energy());
}

GlitchEnergy glitch_energy(const Settings& settings, const JointTransitions& transitions) {
  return {read_liberty(find_liberty(settings.liberty, "--liberty")), transitions.plain(), settings.bits};
}

RecodedMappingOptions recoded_options(const Settings& settings, double budget, int threads) {
  return {.energy_budget = budget, .joins = settings.join != 0, .threads = threads};
}

/// The structure for layers that share a multiplier.
MultiplierStructure map_statistics(const Settings& settings, double budget, int threads, const std::string& name,
                                   std::span<const OperandStatistics> layers) {
  const JointTransitions transitions(layers);
  const GlitchEnergy energy = glitch_energy(settings, transitions);
  MultiplierStructure structure;
  if (settings.mapping == "recoded") {
    RecodedMapping mapping = map_recoded(layers, energy, recoded_options(settings, budget, threads));
    structure = std::move(mapping.structure);
    fmt::print("{}: {} changes, mean squared error of a product of recoded weights {:.5g}\n", name, mapping.steps,
               mapping.error);
    print_energy(name, structure, energy, HeldTransitions(transitions.recoded(mapping.recodings)));
  } else {
    TrainedMappingOptions options;
    options.energy_budget = budget;
    options.threads = threads;
    structure = map_trained(ErrorForm(layers, {}), energy, options).structure;
    print_energy(name, structure, energy, HeldTransitions(transitions.plain()));
  }
  structure.name = name;
  return structure;
}

/// The budget of each layer's own multiplier: recoded ones where they lower the error most for their energy.
std::map<std::string, double> layer_budgets(const Settings& settings, int threads, const OperandsByLayer& layers) {
  std::map<std::string, double> budgets;
  for (const auto& [name, own] : layers) budgets[name] = settings.budget;
  if (settings.mapping != "recoded") return budgets;
  std::vector<LayerTradeOffs> all;
  double exact = 0;
  for (const auto& [name, own] : layers) {
    const std::span one(&own, 1);
    const GlitchEnergy energy = glitch_energy(settings, JointTransitions(one));
    const auto weights = own.error_weights();
    all.push_back({own.multiplications() * energy.exact_energy(), std::accumulate(weights.begin(), weights.end(), 0.0),
                   recoded_trade_offs(one, energy, recoded_options(settings, settings.budget * least_share, threads))});
    exact += all.back().energy_share;
  }
  for (LayerTradeOffs& layer : all) layer.energy_share /= exact;
  const std::vector<double> shared = share_budget(all, settings.budget);
  for (size_t i = 0; auto& [name, budget] : budgets) budget = shared[i++];
  return budgets;
}

/// The layers that have a table.
std::vector<OperandStatistics> layers_of(const std::string& table, const OperandsByLayer& layers) {
  if (table != shared_table) return {layers.at(table)};
  std::vector<OperandStatistics> all;
  for (const auto& [layer, of_layer] : layers) all.push_back(of_layer);
  return all;
}

/// The power of gates from energies of circuits on the layers' own operands, from the exact multiplier on.
void set_measured_power(const Settings& settings, const OperandsByLayer& layers, int threads, GateStructure& gates) {
  const auto library = read_liberty(find_liberty(settings.liberty, "--liberty"));
  const auto exact = exact_structure(settings.bits, settings.bits, false, Accumulation::dadda, TreeForm::full);
  for (size_t table = 0; table < gates.table_count(); ++table) {
    const std::vector<OperandStatistics> own = layers_of(gates.table_name(table), layers);
    const GlitchEnergy energy(library, JointTransitions(own).plain(), settings.bits);
    gates.set_power(table, measured_power(energy, exact, threads));
  }
}

}  // namespace

void add_structure(const Settings& settings, const IntegerNetwork& network, const OperandsByLayer& layers, int threads,
                   Model& model) {
  std::vector<double> shares = table_shares(network, model.parameters.tables);
  std::shared_ptr<const StructureModel> structure;
  if (settings.method == "tram") {
    ColumnStructure::Options options;
    options.accumulation = accumulation_of(settings.tree);
    options.shares = std::move(shares);
    options.threads = threads;
    structure = std::make_shared<ColumnStructure>(model.parameters, options);
  } else {
    GateStructure::Options options;
    options.shares = std::move(shares);
    options.threads = threads;
    const auto gates = std::make_shared<GateStructure>(model.parameters, options);
    if (!layers.empty()) set_measured_power(settings, layers, threads, *gates);
    structure = gates;
  }
  model.trained.resize(static_cast<size_t>(model.parameters.trained.size()));
  structure->initialise(model.trained);
  model.structure = structure;
}

Structures map_explored(const Model& model, std::span<const float> trained) {
  std::vector<MultiplierStructure> all = model.structure->structures(trained);
  Structures structures;
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string& name = model.structure->table_name(i);
    all[i].name = name;
    structures[name] = std::move(all[i]);
  }
  return structures;
}

OperandsByLayer operand_statistics(const Settings& settings, Trainer& trainer, const TrainState& state) {
  StatisticsByLayer statistics(settings);
  trainer.visit_operands(state, statistics_shards, statistics);
  return statistics.layers();
}

Structures map_by_operands(const Settings& settings, int threads, const OperandsByLayer& layers) {
  const std::map<std::string, double> budgets = settings.tables == "single"
                                                    ? std::map<std::string, double>{{shared_table, settings.budget}}
                                                    : layer_budgets(settings, threads, layers);
  Structures structures;
  for (const auto& [table, budget] : budgets)
    structures[table] = map_statistics(settings, budget, threads, table, layers_of(table, layers));
  return structures;
}

void write_structures(const std::filesystem::path& folder, const Structures& structures) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, structure] : structures) write_file(folder / (name + ".axm.json"), to_json(structure));
}

Structures read_structures(const std::filesystem::path& folder, const std::vector<std::string>& names) {
  Structures structures;
  for (const std::string& name : names) {
    const auto path = folder / (name + ".axm.json");
    if (!std::filesystem::exists(path)) return {};
    structures[name] = read_structure(path);
  }
  return structures;
}

}  // namespace tram::train
