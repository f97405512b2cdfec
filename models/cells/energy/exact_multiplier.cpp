#include "models/cells/energy/exact_multiplier.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "models/cells/netlist/adder_cells.hpp"
#include "models/multiplier/structure/structure.hpp"

namespace tram {
namespace {

struct Kind {
  const char* name;
  const char* words;
  Accumulation accumulation;
};
constexpr Kind kinds[] = {{"exact array", "array", Accumulation::array},
                          {"exact Wallace", "Wallace tree", Accumulation::wallace},
                          {"exact Dadda", "Dadda tree", Accumulation::dadda}};

}  // namespace

std::vector<ExactMultiplier> exact_multipliers(int a_bits, int b_bits, bool is_signed,
                                               const std::shared_ptr<const Library>& library,
                                               const OperandStimulus& stimulus, const CostOptions& options) {
  std::vector<ExactMultiplier> all(std::size(kinds));
  for (size_t i = 0; i < all.size(); ++i) {
    Netlist netlist = build_multiplier(exact_structure(a_bits, b_bits, is_signed, kinds[i].accumulation));
    const HardwareCost cost = best_hardware_cost(netlist, library, stimulus, options);
    const std::string name =
        fmt::format("{}, {}", kinds[i].name, cost.adders == AdderCells::library ? "adder cells" : "gates");
    // Gates that proved cheaper need no reason.
    const AdderCells asked = has_adder_cells(*library) ? cost.adders : options.adders;
    const std::string circuit = fmt::format("{}{} of {}", is_signed ? "Baugh-Wooley " : "", kinds[i].words,
                                            adders_text(netlist, *library, asked));
    all[i] = {name, cost, circuit, std::move(netlist)};
  }
  std::ranges::stable_sort(all, {}, [](const ExactMultiplier& exact) { return exact.cost.energy(); });
  return all;
}

OperandStimulus reference_stimulus(int a_bits, int b_bits) { return uniform_stimulus(a_bits, b_bits, 10'000, 1); }

CostOptions reference_cost_options(double period, AdderCells adders) {
  CostOptions options;
  options.power.period = period;
  options.waits_to_settle = true;
  options.adders = adders;
  return options;
}

ExactMultiplier best_exact_multiplier(int bits, bool is_signed, const std::shared_ptr<const Library>& library,
                                      AdderCells adders, double period, int threads) {
  CostOptions options = reference_cost_options(period, adders);
  options.threads = threads;
  return exact_multipliers(bits, bits, is_signed, library, reference_stimulus(bits, bits), options).front();
}

}  // namespace tram
