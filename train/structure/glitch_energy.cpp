#include "train/structure/glitch_energy.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <thread>
#include <tuple>

#include "models/cells/energy/toggle_energy.hpp"
#include "models/cells/energy/transition_netlist.hpp"
#include "models/cells/mapping/multiplier_mapping.hpp"
#include "models/support/error.hpp"
#include "models/support/parallel.hpp"

namespace tram::train {
namespace {

using transition::HeldTransition;

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};

std::vector<uint64_t> toggles(const transition::KernelNetlist& netlist, std::span<const HeldTransition> transitions) {
  const transition::Kernel& kernel = transition::best_kernel();
  // calloc, as pages of zeros that are never touched cost nothing
  const size_t size = kernel.workspace_bytes(netlist);
  const std::unique_ptr<void, FreeMemory> memory(std::calloc(size + 64, 1));
  if (memory == nullptr) throw std::bad_alloc();
  void* aligned = memory.get();
  size_t space = size + 64;
  std::align(64, size, aligned, space);
  std::vector<uint64_t> sums(netlist.net_count, 0);
  const auto lanes = static_cast<size_t>(kernel.lanes);
  for (size_t begin = 0; begin < transitions.size(); begin += lanes) {
    const auto some = transitions.subspan(begin, std::min(lanes, transitions.size() - begin));
    kernel.count_toggles(netlist, aligned, some.data(), static_cast<int>(some.size()), sums.data());
  }
  return sums;
}

}  // namespace

HeldTransitions::HeldTransitions(std::span<const OperandTransition> transitions) : count(transitions.size()) {
  for (const OperandTransition& t : transitions)
    if (t.previous != t.now) changing.push_back({t.weight, t.previous, t.now});
  if (changing.empty()) throw InputError("operands", "no transition changes x; some that do are expected");
  const auto key = [](const HeldTransition& t) { return std::tuple(t.previous ^ t.now, t.now, t.a); };
  std::ranges::sort(changing, {}, key);  // their events coincide
}

GlitchEnergy::GlitchEnergy(std::shared_ptr<const Library> library, std::span<const OperandTransition> transitions,
                           int bits, const GlitchEnergyOptions& options)
    : library_(library), transitions_(transitions), options_(options),
      exact_(best_exact_multiplier(bits, false, library, AdderCells::library, options.period,
                                   static_cast<int>(std::max(1U, std::thread::hardware_concurrency())))),
      mapper_(library, exact_.cost.adders) {
  exact_energy_ = synthesised(exact_.netlist);
  quick_exact_energy_ = quick(exact_.netlist);
}

double GlitchEnergy::of_cells(const MappedNetlist& netlist, const HeldTransitions& transitions) const {
  const NetEnergies energies = toggle_energies(netlist, options_.timing, options_.convention);
  const NetlistDelays delays = transition_delays(netlist, static_timing(netlist, options_.timing));
  const TransitionNetlist prepared(netlist, delays, options_.delays, energies.joule);
  const std::vector<uint64_t> counts = toggles(prepared.kernel_netlist(), transitions.changing);
  double joule = 0;
  for (size_t net = 0; net < counts.size(); ++net) joule += static_cast<double>(counts[net]) * energies.joule[net];
  return joule / static_cast<double>(transitions.count);
}

double GlitchEnergy::quick(const Netlist& netlist, const HeldTransitions& transitions) const {
  return of_cells(mapper_.map(netlist), transitions);
}

double GlitchEnergy::synthesised(const Netlist& netlist, const HeldTransitions& transitions) const {
  MultiplierMappingOptions mapping;
  mapping.adders = exact_.cost.adders;
  double least = std::numeric_limits<double>::infinity();
  for (const std::string& script : abc_script_names()) {
    mapping.script = script;
    least = std::min(least, of_cells(map_multiplier(netlist, library_, mapping), transitions));
  }
  return least;
}

MarginalEnergies marginal_energies(const GlitchEnergy& energy, const MultiplierStructure& structure, int threads) {
  const size_t dots = structure.partial_products.size(), adders = structure.adders.size();
  MarginalEnergies result{0, std::vector<double>(dots), std::vector<double>(adders), std::vector<double>(adders)};
  const auto relative = [&](const MultiplierStructure& s) { return energy.quick(s) / energy.quick_exact_energy(); };
  result.energy = relative(structure);
  const auto state = [dots](MultiplierStructure& s, size_t part) -> NetState& {
    if (part < dots) return s.partial_products[part];
    AdderState& adder = s.adders[(part - dots) / 2];
    return (part - dots) % 2 == 0 ? adder.sum : adder.carry;
  };
  parallel_for(static_cast<int64_t>(dots + 2 * adders), threads, [&](int64_t i) {
    const auto part = static_cast<size_t>(i);
    MultiplierStructure changed = structure;
    NetState& one = state(changed, part);
    const bool is_kept = one == NetState::keep;
    one = is_kept ? NetState::zero : NetState::keep;
    const double difference = relative(changed) - result.energy;
    const double marginal = is_kept ? -difference : difference;
    if (part < dots) result.partial_products[part] = marginal;
    else ((part - dots) % 2 == 0 ? result.sums : result.carries)[(part - dots) / 2] = marginal;
  });
  return result;
}

}  // namespace tram::train
