#include "train/stages/map_by_operands.hpp"

#include <fmt/format.h>

#include <array>
#include <deque>
#include <numeric>

#include "models/cells/liberty/liberty.hpp"
#include "models/cells/liberty/liberty_names.hpp"
#include "train/structure/gated_multiplier.hpp"
#include "train/structure/map_recoded.hpp"
#include "train/structure/map_substituted.hpp"
#include "train/structure/share_budget.hpp"

namespace tram::train {
namespace {

constexpr double min_share = 0.3;  // of the mean budget, that a layer's own may be
constexpr int candidates = 8;      // of which the network's loss chooses
// Over the budget: those of structures that gates are taken from. The way down depends on where it begins more than on
// anything else.
constexpr std::array start_excesses{1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5};
constexpr std::array layer_start_excesses{1.3};  // of a layer's own

/// The layers that share a multiplier, what their operands cost, and what it may cost.
struct Table {
  Table(const Settings& settings, std::shared_ptr<const Library> library, std::string table,
        std::vector<OperandStatistics> statistics)
      : name(std::move(table)), layers(std::move(statistics)), transitions(layers),
        energy(std::move(library), transitions.plain(), settings.bits), budget(settings.budget) {}

  /// Of its exact multipliers, J.
  double exact_energy() const {
    double multiplications = 0;
    for (const OperandStatistics& layer : layers) multiplications += layer.multiplications();
    return multiplications * energy.exact_energy();
  }
  /// What a squared error of 1 counts.
  double error_weight(bool by_fisher) const {
    double sum = 0;
    for (const OperandStatistics& layer : layers) {
      const std::span<const double> weights = by_fisher ? layer.fisher() : layer.counts();
      sum = std::accumulate(weights.begin(), weights.end(), sum);
    }
    return sum;
  }

  std::string name;
  std::vector<OperandStatistics> layers;
  JointTransitions transitions;
  GlitchEnergy energy;
  double budget;
};

RecodedMappingOptions recoded_options(const Settings& settings, double budget, int threads) {
  return {.energy_budget = budget, .is_coherent = settings.correlated != 0, .threads = threads};
}

/// What a circuit costs once synthesised, best exact multiplier = 1.
void print_energy(const Table& table, const Netlist& netlist, const HeldTransitions& transitions) {
  const double own = table.energy.synthesised(netlist, transitions);
  fmt::print("{}: {:.3f} of the energy of the best exact multiplier on the network's operands, glitches included\n",
             table.name, own / table.energy.exact_energy());
}

/// What comes of a table.
struct Mapped {
  Circuit circuit;
  std::vector<Recoding> recodings;
  double energy = 0;  ///< mapped gate by gate, exact = 1
};

size_t least(const std::vector<SubstitutedMapping>& mappings, const LossWith& loss) {
  std::vector<double> losses;
  for (const SubstitutedMapping& mapping : mappings) losses.push_back(loss(mapping.netlist));
  const auto best = std::ranges::min_element(losses);
  fmt::print("of {} multipliers with errors of {:.5g} to {:.5g} the loss before training is {:.4f} to {:.4f}\n",
             mappings.size(), mappings.front().error, mappings.back().error, *best, *std::ranges::max_element(losses));
  return static_cast<size_t>(best - losses.begin());
}

/// From structures of larger budgets, of which gates are then taken.
Mapped map_gates(const Settings& settings, const Table& table, int threads, const LossWith& loss) {
  const bool for_all = settings.tables == "single";
  const std::span<const double> excesses =
      for_all ? std::span<const double>(start_excesses) : std::span<const double>(layer_start_excesses);
  std::vector<Netlist> starts;
  for (const double excess : excesses)
    if (const double budget = table.budget * excess; budget < 1)
      starts.push_back(build_multiplier(
          map_recoded(table.layers, table.energy, recoded_options(settings, budget, threads)).structure));
  if (starts.empty()) starts.push_back(table.energy.exact().netlist);
  std::vector<SubstitutedMapping> found = map_substituted(
      table.layers, table.energy, starts, {table.budget, settings.substitute, for_all ? candidates : 1, threads});
  SubstitutedMapping& mapping = found[for_all ? least(found, loss) : 0];
  fmt::print("{}: budget {:.3f}, {} substitutions, mean squared error of a product of recoded weights {:.5g}\n",
             table.name, table.budget, mapping.steps, mapping.error);
  return {std::move(mapping.netlist), std::move(mapping.recodings), mapping.energy};
}

Mapped map_partial_products(const Settings& settings, const Table& table, int threads) {
  RecodedMapping mapping = map_recoded(table.layers, table.energy, recoded_options(settings, table.budget, threads));
  fmt::print("{}: budget {:.3f}, {} changes, {} {:.5g}\n", table.name, table.budget, mapping.steps,
             settings.correlated != 0 ? "mean squared growth of an image's loss"
                                      : "mean squared error of a product of recoded weights",
             mapping.error);
  return {std::move(mapping.structure), std::move(mapping.recodings), mapping.energy};
}

Mapped map_table(const Settings& settings, const Table& table, int threads, const LossWith& loss) {
  Mapped mapped = settings.substitute > 0 ? map_gates(settings, table, threads, loss)
                                          : map_partial_products(settings, table, threads);
  print_energy(table, netlist_of(mapped.circuit), HeldTransitions(table.transitions.recoded(mapped.recodings)));
  std::visit([&](auto& circuit) { circuit.name = table.name; }, mapped.circuit);
  return mapped;
}

/// Budgets where energy lowers the loss most.
void set_budgets(const Settings& settings, int threads, std::deque<Table>& tables) {
  std::vector<LayerTradeOffs> layers;
  const bool by_fisher = std::ranges::any_of(tables, [](const Table& table) { return have_fisher(table.layers); });
  double exact = 0;
  for (const Table& table : tables) {
    const auto options = recoded_options(settings, min_share * settings.budget, threads);
    layers.push_back(
        {table.exact_energy(), table.error_weight(by_fisher), recoded_trade_offs(table.layers, table.energy, options)});
    exact += layers.back().energy_share;
  }
  for (LayerTradeOffs& layer : layers) layer.energy_share /= exact;
  const std::vector<double> budgets = share_budget(layers, settings.budget);
  for (size_t i = 0; i < budgets.size(); ++i) tables[i].budget = budgets[i];
}

/// What all layers cost with a circuit each, and with one for all that is gated; exact ones 1, all mapped gate by gate.
void print_gated_energy(const std::deque<Table>& tables, const std::vector<Mapped>& mappings) {
  std::vector<MultiplierStructure> structures;
  for (const Mapped& mapping : mappings) structures.push_back(std::get<MultiplierStructure>(mapping.circuit));
  const MultiplierStructure joint = joined(structures);
  double own = 0, shared = 0, exact = 0;
  for (size_t i = 0; i < mappings.size(); ++i) {
    const Table& table = tables[i];
    const HeldTransitions transitions(table.transitions.recoded(mappings[i].recodings));
    const double of_exact = table.exact_energy();
    exact += of_exact;
    own += of_exact * mappings[i].energy;
    shared +=
        of_exact * table.energy.quick(gated(joint, structures[i]), transitions) / table.energy.quick_exact_energy();
  }
  fmt::print(
      "all layers: {:.3f} with a circuit each, {:.3f} with one whose partial products are gated (gate by gate)\n",
      own / exact, shared / exact);
}

}  // namespace

Structures map_by_operands(const Settings& settings, int threads, const OperandsByLayer& layers, const LossWith& loss) {
  const auto library = read_liberty(find_liberty(settings.liberty, "--liberty"));
  std::deque<Table> tables;  // they cannot move
  if (settings.tables == "single")
    tables.emplace_back(settings, library, shared_table, layers_of(shared_table, layers));
  else
    for (const auto& [layer, own] : layers) tables.emplace_back(settings, library, layer, std::vector{own});
  if (tables.size() > 1) set_budgets(settings, threads, tables);
  std::vector<Mapped> mappings;
  for (const Table& table : tables) mappings.push_back(map_table(settings, table, threads, loss));
  if (tables.size() > 1 && settings.substitute == 0) print_gated_energy(tables, mappings);
  Structures structures;
  for (size_t i = 0; i < mappings.size(); ++i) structures[tables[i].name] = std::move(mappings[i].circuit);
  return structures;
}

}  // namespace tram::train
