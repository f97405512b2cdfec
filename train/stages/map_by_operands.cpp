#include "train/stages/map_by_operands.hpp"

#include <fmt/format.h>

#include <deque>
#include <numeric>

#include "models/power/liberty.hpp"
#include "models/power/liberty_names.hpp"
#include "train/structure/gated_multiplier.hpp"
#include "train/structure/map_recoded.hpp"
#include "train/structure/map_trained.hpp"
#include "train/structure/share_budget.hpp"

namespace tram::train {
namespace {

constexpr double least_share = 0.3;  // of the mean budget, that a layer's own may be

/// The layers that share a multiplier, what their operands cost, and what it may cost.
struct Table {
  Table(const Settings& settings, std::string table, std::vector<OperandStatistics> statistics)
      : name(std::move(table)), layers(std::move(statistics)), transitions(layers),
        energy(read_liberty(find_liberty(settings.liberty, "--liberty")), transitions.plain(), settings.bits),
        budget(settings.budget) {}

  /// Of its exact multipliers, J.
  double exact_energy() const {
    double multiplications = 0;
    for (const OperandStatistics& layer : layers) multiplications += layer.multiplications();
    return multiplications * energy.exact_energy();
  }
  /// What a squared error of 1 counts.
  double error_weight() const {
    double sum = 0;
    for (const OperandStatistics& layer : layers)
      sum = std::accumulate(layer.error_weights().begin(), layer.error_weights().end(), sum);
    return sum;
  }

  std::string name;
  std::vector<OperandStatistics> layers;
  JointTransitions transitions;
  GlitchEnergy energy;
  double budget;
};

RecodedMappingOptions recoded_options(const Settings& settings, double budget, int threads) {
  return {.energy_budget = budget, .joins = settings.join != 0, .threads = threads};
}

/// What a circuit costs once synthesised, best exact multiplier = 1.
void print_energy(const Table& table, const MultiplierStructure& structure, const HeldTransitions& transitions) {
  const double own = table.energy.synthesised_alike(build_multiplier(structure), transitions);
  fmt::print("{}: {:.3f} of the energy of the best exact multiplier on the network's operands, glitches included\n",
             table.name, own / table.energy.exact_energy());
}

MultiplierStructure map_table(const Settings& settings, const Table& table, int threads) {
  MultiplierStructure structure;
  if (settings.mapping == "recoded") {
    RecodedMapping mapping = map_recoded(table.layers, table.energy, recoded_options(settings, table.budget, threads));
    structure = std::move(mapping.structure);
    fmt::print("{}: budget {:.3f}, {} changes, mean squared error of a product of recoded weights {:.5g}\n", table.name,
               table.budget, mapping.steps, mapping.error);
    print_energy(table, structure, HeldTransitions(table.transitions.recoded(mapping.recodings)));
  } else {
    TrainedMappingOptions options;
    options.energy_budget = table.budget;
    options.threads = threads;
    structure = map_trained(ErrorForm(table.layers, {}), table.energy, options).structure;
    print_energy(table, structure, HeldTransitions(table.transitions.plain()));
  }
  structure.name = table.name;
  return structure;
}

/// Budgets where energy lowers the loss most.
void set_budgets(const Settings& settings, int threads, std::deque<Table>& tables) {
  std::vector<LayerTradeOffs> layers;
  double exact = 0;
  for (const Table& table : tables) {
    const auto options = recoded_options(settings, least_share * settings.budget, threads);
    layers.push_back({table.exact_energy(), table.error_weight(),
                      recoded_trade_offs(table.layers, table.energy, options)});
    exact += layers.back().energy_share;
  }
  for (LayerTradeOffs& layer : layers) layer.energy_share /= exact;
  const std::vector<double> budgets = share_budget(layers, settings.budget);
  for (size_t i = 0; i < budgets.size(); ++i) tables[i].budget = budgets[i];
}

/// What all layers cost with a circuit each, and with one for all that is gated; exact ones 1, all mapped gate by gate.
void print_gated_energy(const std::deque<Table>& tables, const std::vector<MultiplierStructure>& structures) {
  const MultiplierStructure joint = joined(structures);
  double own = 0, shared = 0, exact = 0;
  for (size_t i = 0; i < structures.size(); ++i) {
    const Table& table = tables[i];
    const Netlist netlist = build_multiplier(structures[i]);
    const Recoding recoding = RecodedError(table.layers).recoding(0, truth_table(netlist).values);
    const HeldTransitions transitions(table.transitions.recoded(std::span(&recoding, 1)));
    const double unit = table.exact_energy() / table.energy.quick_exact_energy();
    exact += table.exact_energy();
    own += unit * table.energy.quick(netlist, transitions);
    shared += unit * table.energy.quick(gated(joint, structures[i]), transitions);
  }
  fmt::print("all layers: {:.3f} with a circuit each, {:.3f} with one whose partial products are gated (gate by gate)\n",
             own / exact, shared / exact);
}

}  // namespace

Structures map_by_operands(const Settings& settings, int threads, const OperandsByLayer& layers) {
  std::deque<Table> tables;  // they cannot move
  if (settings.tables == "single") tables.emplace_back(settings, shared_table, layers_of(shared_table, layers));
  else
    for (const auto& [layer, own] : layers) tables.emplace_back(settings, layer, layers_of(layer, layers));
  const bool is_recoded = settings.mapping == "recoded";
  if (tables.size() > 1 && is_recoded) set_budgets(settings, threads, tables);
  std::vector<MultiplierStructure> structures;
  for (const Table& table : tables) structures.push_back(map_table(settings, table, threads));
  if (tables.size() > 1 && is_recoded && settings.join == 0) print_gated_energy(tables, structures);
  Structures by_name;
  for (size_t i = 0; i < structures.size(); ++i) by_name[tables[i].name] = std::move(structures[i]);
  return by_name;
}

}  // namespace tram::train
