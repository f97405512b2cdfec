#include "train/stages/structures.hpp"

#include "models/cells/liberty/liberty.hpp"
#include "models/cells/liberty/liberty_names.hpp"
#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "train/structure/column_structure.hpp"
#include "train/structure/gate_structure.hpp"
#include "train/structure/recoding.hpp"

namespace tram::train {
namespace {

constexpr int statistics_shards = 16;

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
    if (is_new)
      found->second = OperandStatistics({.bits = settings_.bits,
                                         .seed = settings_.seed,
                                         .stream = stream,
                                         .images = settings_.correlated ? settings_.shard : 0});
    found->second.add(shape, weights, taps, dproducts);
  }

  const OperandsByLayer& layers() const { return layers_; }

 private:
  const Settings& settings_;
  OperandsByLayer layers_;
};

/// The power of gates from energies of circuits on the layers' own operands, from the exact multiplier on.
void set_measured_power(const Settings& settings, const OperandsByLayer& layers, int threads, GateStructure& gates) {
  const auto library = read_liberty(find_liberty(settings.liberty, "--liberty"));
  const auto exact = exact_structure(settings.bits, settings.bits, false, Accumulation::dadda, TreeForm::full);
  for (size_t table = 0; table < gates.table_count(); ++table) {
    const std::vector<OperandStatistics> own = layers_of(gates.table_name(table), layers);
    const GlitchEnergy energy(library, JointTransitions(own).plain(), settings.bits, {.threads = threads});
    gates.set_power(table, measured_power(energy, exact, threads));
  }
}

}  // namespace

void add_structure(const Settings& settings, const IntegerNetwork& network, const OperandsByLayer& layers, int threads,
                   Model& model) {
  std::vector<double> shares = table_shares(network, model.parameters.tables);
  std::shared_ptr<const StructureModel> structure;
  if (settings.method == Method::tram) {
    ColumnStructure::Options options;
    options.accumulation = settings.tree;
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

std::vector<OperandStatistics> layers_of(const std::string& table, const OperandsByLayer& layers) {
  if (table != shared_table) return {layers.at(table)};
  std::vector<OperandStatistics> all;
  for (const auto& [layer, of_layer] : layers) all.push_back(of_layer);
  return all;
}

Netlist netlist_of(const Circuit& circuit) {
  const auto* structure = std::get_if<MultiplierStructure>(&circuit);
  return structure != nullptr ? build_multiplier(*structure) : std::get<Netlist>(circuit);
}

void write_structures(const std::filesystem::path& folder, const Structures& structures) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, circuit] : structures) {
    if (const auto* structure = std::get_if<MultiplierStructure>(&circuit))
      write_file(folder / (name + ".axm.json"), to_json(*structure));
    else write_file(folder / (name + ".blif"), to_blif(std::get<Netlist>(circuit)));
  }
}

Structures read_structures(const std::filesystem::path& folder, const std::vector<std::string>& names) {
  Structures structures;
  for (const std::string& name : names) {
    const auto path = folder / (name + ".axm.json"), gates = folder / (name + ".blif");
    if (std::filesystem::exists(path)) {
      structures[name] = read_structure(path);
    } else if (std::filesystem::exists(gates)) {
      Netlist netlist = read_multiplier(gates);
      netlist.name = name;
      structures[name] = std::move(netlist);
    } else {
      return {};
    }
  }
  return structures;
}

}  // namespace tram::train
