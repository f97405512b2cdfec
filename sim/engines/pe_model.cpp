#include "sim/engines/pe_model.hpp"

#include <sys/mman.h>

#include <algorithm>

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

std::string script_of(const Scenario& scenario) { return scenario.technology.script.value_or(abc_scripts()[0].name); }

}  // namespace

PeModel::PeModel(const Scenario& scenario, const Netlist& netlist, std::shared_ptr<const Library> cells, Tables tables,
                 int threads)
    : table(truth_table(netlist)), design(map_pe(netlist, scenario.array.rows, std::move(cells),
                                                 scenario.technology.adders, {}, script_of(scenario))),
      nets(pe_nets(design, table)), multiplier(multiplier_of(design, scenario)),
      energies(pe_energies(design, multiplier, scenario)), delays(scenario.technology.delays) {
  if (tables == Tables::none) return;
  if (tables == Tables::both || delays == DelayModel::zero) zero = table_of(multiplier, DelayModel::zero, threads);
  if (delays == DelayModel::library) library = table_of(multiplier, DelayModel::library, threads);
  for (const auto& transitions : {&zero, &library})
    if (*transitions) prefer_huge_pages((*transitions)->counts());
}

void place_weights(const Fold& fold, int rows, int columns, std::vector<uint8_t>& weights) {
  weights.assign(static_cast<size_t>(rows) * static_cast<size_t>(columns), 0);
  for (int k = 0; k < fold.rows; ++k)
    std::copy_n(fold.weights.begin() + k * fold.columns, fold.columns,
                weights.begin() + (rows - fold.rows + k) * columns);
}

double stream_energy(const StreamBlock& block, size_t index, const TransitionEnergy& table, int columns,
                     std::span<const uint8_t> weights) {
  const size_t codes = size_t{1} << table.a_bits(), width = static_cast<size_t>(columns);
  const uint8_t* code = weights.data() + (weights.size() - static_cast<size_t>(block.rows) * width);
  uint64_t counts = 0;
  for (size_t r = 0; r < static_cast<size_t>(block.rows); ++r, code += width) {
    const uint64_t* const sums = block.energy[index].data() + r * codes;
    for (size_t c = 0; c < width; ++c) counts += sums[code[c]];
  }
  return static_cast<double>(counts) * table.joule_per_count();
}

}  // namespace tram
