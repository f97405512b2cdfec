#include "models/cells/netlist/settled_activity.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>

#include "models/cells/netlist/lane_simulation.hpp"

namespace tram {
namespace {

constexpr size_t words = 16, lanes = 64 * words;  // of a block, whose nets stay in the second-level cache

using Block = std::array<uint64_t, words>;

/// Lanes first .. end - 1.
Block lane_range(size_t first, size_t end) {
  Block range{};
  for (size_t lane = first; lane < end; ++lane) range[lane / 64] |= uint64_t{1} << lane % 64;
  return range;
}

void fill(std::span<const uint64_t> vectors, size_t bit, std::span<uint64_t> plane) {
  std::fill(plane.begin(), plane.end(), 0);
  for (size_t lane = 0; lane < vectors.size(); ++lane) plane[lane / 64] |= (vectors[lane] >> bit & 1) << lane % 64;
}

/// Computes every net that a cell drives; given: `inputs`, then the netlist's other inputs.
LaneSelection all_nets(const MappedNetlist& netlist, std::span<const NetId> inputs) {
  LaneSelection selection;
  selection.given.assign(inputs.begin(), inputs.end());
  for (NetId net = constant_one + 1; net < netlist.net_count(); ++net) {
    if (netlist.driver(net).cell == no_cell && std::ranges::find(inputs, net) == inputs.end())
      selection.given.push_back(net);
    selection.targets.push_back(net);
  }
  return selection;
}

}  // namespace

Activity simulate_vectors(const MappedNetlist& netlist, std::span<const NetId> inputs,
                          std::span<const uint64_t> vectors, double period) {
  if (vectors.size() < 2) throw std::invalid_argument("at least two vectors are needed");
  if (!netlist.flip_flops().empty()) throw std::invalid_argument("the netlist has flip-flops; expected none");
  const LaneSelection selection = all_nets(netlist, inputs);
  LaneSimulation simulation(netlist, selection);
  simulation.resize(words);
  std::vector<uint64_t> toggles(netlist.net_count(), 0), ones(netlist.net_count(), 0);
  const size_t transitions = vectors.size() - 1;
  ones[constant_one] = transitions;
  // Lanes hold consecutive vectors; the last one of a block is the first of the next.
  for (size_t begin = 0; begin < transitions; begin += lanes - 1) {
    const size_t count = std::min(lanes - 1, transitions - begin);
    for (size_t bit = 0; bit < inputs.size(); ++bit)
      fill(vectors.subspan(begin, count + 1), bit, simulation.given(bit));
    simulation.run();
    const Block before = lane_range(0, count), after = lane_range(1, count + 1);
    for (size_t i = 0; i < selection.targets.size(); ++i) {
      const std::span<const uint64_t> values = simulation.target(i);
      toggles[selection.targets[i]] += count_toggles(values, before);
      for (size_t w = 0; w < words; ++w)
        ones[selection.targets[i]] += static_cast<uint64_t>(std::popcount(values[w] & after[w]));
    }
  }
  Activity activity;
  activity.cycles = static_cast<double>(transitions);
  activity.time = activity.cycles * period;
  activity.toggles.assign(toggles.begin(), toggles.end());
  for (const uint64_t count : ones) activity.duty.push_back(static_cast<double>(count) / activity.cycles);
  return activity;
}

}  // namespace tram
