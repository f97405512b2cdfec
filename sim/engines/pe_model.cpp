#include "sim/engines/pe_model.hpp"

#include <sys/mman.h>

#include <algorithm>

#include "models/support/error.hpp"
#include "sim/config/scenario.hpp"

namespace tram {
namespace {

/// Asks for large pages behind a table that is read at random: a hint, which older systems ignore.
void prefer_huge_pages(std::span<const uint16_t> counts) {
  constexpr uintptr_t page = uintptr_t{2} << 20;
  constexpr int collapse_now = 25;  // MADV_COLLAPSE, Linux 6.1
  const auto first = (reinterpret_cast<uintptr_t>(counts.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<uintptr_t>(counts.data() + counts.size()) / page * page;
  if (first >= end) return;
  void* const memory = reinterpret_cast<void*>(first);
  if (madvise(memory, end - first, MADV_HUGEPAGE) == 0) madvise(memory, end - first, collapse_now);
}

TransitionEnergy table_of(const PeMultiplier& multiplier, DelayModel delays, int threads) {
  TransitionEnergyOptions options;
  options.delays = delays;
  options.timing = multiplier.timing;
  options.threads = threads;
  return transition_energy(*multiplier.netlist, options);
}

/// The multiplier's table by what the array holds and what streams.
TruthTable held_by_streamed(const Netlist& netlist, const Scenario& scenario) {
  TruthTable table = truth_table(netlist);
  return scenario.array.holds_activations() ? transposed(table) : table;
}

/// A PE that a user made has the clocks that the scenario says.
void check_kind(PeKind kind, PeKind wanted) {
  constexpr const char* settings[] = {"array.gating: none", "array.gating: clock or zero, array.weight_load: exposed",
                                      "array.gating: clock or zero, array.weight_load: hidden"};
  constexpr const char* kinds[] = {"one clock", "gated clocks", "gated clocks and a swap"};
  if (kind != wanted)
    throw InputError("PE", fmt::format("has {}; {} is expected", kinds[static_cast<size_t>(kind)],
                                       settings[static_cast<size_t>(kind)]));
}

PeDesign design_of(const Scenario& scenario, const Netlist& netlist, std::shared_ptr<const Library> cells) {
  const std::filesystem::path& folder = scenario.array.design;
  const PeOptions options{.adders = scenario.technology.adders,
                          .script = scenario.technology.script.value_or(abc_scripts()[0].name),
                          .source = folder.empty() ? built_in_pe(pe_kind(scenario)) : read_pe(folder),
                          .exchanged = scenario.array.holds_activations()};
  if (folder.empty()) return map_pe(netlist, scenario.array.rows, std::move(cells), options);
  try {
    PeDesign design = map_pe(netlist, scenario.array.rows, std::move(cells), options);
    check_kind(kind_of(design.contract), pe_kind(scenario));
    return design;
  } catch (const std::exception& error) {  // Yosys' too: they are about the folder's files
    throw InputError("array.design", fmt::format("{}: {}", folder.string(), error.what()));
  }
}

}  // namespace

PeKind pe_kind(const Scenario& scenario) {
  if (scenario.array.gating == Gating::none) return PeKind::plain;
  return scenario.array.weight_load == WeightLoading::hidden ? PeKind::hidden : PeKind::gated;
}

PeModel::PeModel(const Scenario& scenario, const Netlist& netlist, std::shared_ptr<const Library> cells, Tables tables,
                 int threads)
    : table(held_by_streamed(netlist, scenario)), kind(pe_kind(scenario)),
      design(design_of(scenario, netlist, std::move(cells))), nets(pe_nets(design, table)),
      multiplier(multiplier_of(design, scenario)), energies(pe_energies(design, multiplier, scenario)),
      edge(std::make_shared<const EdgeModel>(design, scenario)), delays(scenario.technology.delays),
      skips_zeros(tram::skips_zeros(scenario, table)) {
  if (tables == Tables::none) return;
  if (tables == Tables::both || delays == DelayModel::zero) zero = table_of(multiplier, DelayModel::zero, threads);
  if (delays == DelayModel::library) library = table_of(multiplier, DelayModel::library, threads);
  for (const auto& transitions : {&zero, &library})
    if (*transitions) prefer_huge_pages((*transitions)->counts());
}

bool skips_zeros(const Scenario& scenario, const TruthTable& table) {
  if (scenario.array.gating != Gating::zero) return false;
  for (uint32_t w = 0; w < uint32_t{1} << table.a_bits; ++w)
    if (table.at(w, 0) != 0) return false;
  return true;
}

void place_weights(const Fold& fold, int rows, int columns, PeKind kind, std::vector<uint8_t>& weights) {
  weights.resize(static_cast<size_t>(rows) * static_cast<size_t>(columns), 0);
  for (int r = 0; r < rows && kind != PeKind::hidden; ++r)
    std::fill_n(weights.begin() + r * columns, kind == PeKind::gated ? fold.columns : columns, uint8_t{0});
  for (int k = 0; k < fold.rows; ++k)
    std::copy_n(fold.weights.begin() + k * fold.columns, fold.columns,
                weights.begin() + (rows - fold.rows + k) * columns);
}

double stream_energy(const StreamBlock& block, size_t index, const TransitionEnergy& table, int columns, int counted,
                     std::span<const uint8_t> weights) {
  const size_t codes = size_t{1} << table.a_bits(), width = static_cast<size_t>(columns);
  const uint8_t* code = weights.data() + (weights.size() - static_cast<size_t>(block.rows) * width);
  uint64_t counts = 0;
  for (size_t r = 0; r < static_cast<size_t>(block.rows); ++r, code += width) {
    const uint64_t* const sums = block.energy[index].data() + r * codes;
    for (size_t c = 0; c < static_cast<size_t>(counted); ++c) counts += sums[code[c]];
  }
  return static_cast<double>(counts) * table.joule_per_count();
}

}  // namespace tram
