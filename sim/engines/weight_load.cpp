#include "sim/engines/weight_load.hpp"

#include <algorithm>
#include <bit>

namespace tram {
namespace {

/// Given: weight and load as they enter.
std::vector<NetId> weight_and_load(const PeContract& contract) {
  std::vector<NetId> nets = contract.inputs({Operand::weight});
  nets.push_back(contract.load);
  return nets;
}

/// Given: weight and load. The state that a weight takes when it is shifted in.
LaneSelection state_selection(const PeContract& contract, const PeNets& nets) {
  LaneSelection selection;
  selection.next_states = selection.given_states = nets.weight_flops;
  selection.given = weight_and_load(contract);
  return selection;
}

/// Given: weight, load and activation, and the states of the weight registers.
LaneSelection net_selection(const PeContract& contract, const PeNets& nets, const std::vector<NetId>& multiplier) {
  LaneSelection selection;
  selection.targets = nets.weight;
  selection.targets.insert(selection.targets.end(), multiplier.begin(), multiplier.end());
  selection.given = weight_and_load(contract);
  const std::vector<NetId> activation = contract.inputs({Operand::activation});
  selection.given.insert(selection.given.end(), activation.begin(), activation.end());
  selection.given_states = nets.weight_flops;
  selection.transparent = nets.activation_flops;
  return selection;
}

/// Nets of the multiplier that depend on the weight at activation code 0.
std::vector<NetId> moved_by_weight(const PeDesign& design, const PeNets& nets) {
  LaneSelection selection;
  selection.targets = nets.multiplier;
  selection.given = design.contract.factors();
  LaneSimulation simulation(design.netlist, selection);
  simulation.resize(4);  // of up to 8 bits; lanes without a code hold 0
  for (size_t bit = 0; bit < selection.given.size(); ++bit) std::ranges::fill(simulation.given(bit), 0);
  const auto bits = size_t(design.contract[Operand::weight].bits());
  for (size_t w = 0; w < size_t{1} << bits; ++w)
    for (size_t bit = 0; bit < bits; ++bit) simulation.given(bit)[w / 64] |= uint64_t(w >> bit & 1) << (w % 64);
  simulation.run();
  std::vector<NetId> moved;
  for (size_t i = 0; i < nets.multiplier.size(); ++i) {
    const auto values = simulation.target(i);
    const uint64_t first = values[0] & 1 ? ~uint64_t{0} : 0;
    if (std::ranges::any_of(values, [&](uint64_t word) { return word != first; })) moved.push_back(nets.multiplier[i]);
  }
  return moved;
}

}  // namespace

WeightLoad::WeightLoad(const PeDesign& design, const PeNets& nets, const PeEnergies& energies, int rows, int columns)
    : rows_(size_t(rows)), columns_(size_t(columns)), segments_((size_t(columns) + 63) / 64),
      weight_bits_(size_t(design.contract[Operand::weight].bits())),
      activation_bits_(size_t(design.contract[Operand::activation].bits())), flops_(nets.weight_flops.size()),
      mask_(segments_, ~uint64_t{0}), next_states_(design.netlist, state_selection(design.contract, nets)),
      simulation_(design.netlist, net_selection(design.contract, nets, moved_by_weight(design, nets))) {
  if (columns_ % 64 != 0) mask_.back() = (uint64_t{1} << columns_ % 64) - 1;
  std::vector<NetId> targets = nets.weight;
  const std::vector<NetId> moved = moved_by_weight(design, nets);
  targets.insert(targets.end(), moved.begin(), moved.end());
  for (const NetId net : targets) {
    multiplier_.push_back(energies.multiplier[net]);
    registers_.push_back(energies.registers[net]);
  }
  next_states_.resize(words(2 * rows_ + 1));
  simulation_.resize(words(3 * rows_));
  reset();
}

void WeightLoad::reset() {
  tape_.assign(weight_bits_ * words(2 * rows_ + 1), 0);
  compute_states();
  compute_nets();
  before_.resize(multiplier_.size() * words(rows_));
  for (size_t i = 0; i < multiplier_.size(); ++i)
    std::ranges::copy(simulation_.target(i).subspan(words(2 * rows_), words(rows_)),
                      before_.begin() + i * words(rows_));
}

/// The new weights of the last load become the old ones; row k of the new ones is position 2R-1-k.
void WeightLoad::shift_in(std::span<const uint8_t> weights) {
  for (size_t bit = 0; bit < weight_bits_; ++bit) {
    const auto tape = plane(bit);
    std::copy(tape.begin() + words(rows_), tape.begin() + words(2 * rows_), tape.begin());
    std::fill(tape.begin() + words(rows_), tape.end(), 0);
  }
  for (size_t k = 0; k < rows_; ++k)
    for (size_t segment = 0; segment < segments_; ++segment) {
      const size_t first = segment * 64, count = std::min<size_t>(64, columns_ - first);
      uint64_t planes[8] = {};
      for (size_t c = 0; c < count; ++c) {
        const uint64_t code = weights[k * columns_ + first + c];
        for (size_t bit = 0; code != 0 && bit < weight_bits_; ++bit) planes[bit] |= (code >> bit & 1) << c;
      }
      for (size_t bit = 0; bit < weight_bits_; ++bit) plane(bit)[words(2 * rows_ - 1 - k) + segment] = planes[bit];
    }
}

void WeightLoad::compute_states() {
  for (size_t bit = 0; bit < weight_bits_; ++bit) std::ranges::copy(plane(bit), next_states_.given(bit).begin());
  std::ranges::fill(next_states_.given(weight_bits_), ~uint64_t{0});
  for (size_t i = 0; i < flops_; ++i) std::ranges::fill(next_states_.given_state(i), 0);
  next_states_.run();
}

/// Words of the positions: 0 .. 2R-1 while loading, then R .. 2R-1 with load at 0.
void WeightLoad::compute_nets() {
  const auto place = [&](std::span<const uint64_t> tape, std::span<uint64_t> to, size_t ahead) {
    std::copy_n(tape.begin() + words(ahead), words(2 * rows_), to.begin());
    std::copy_n(tape.begin() + words(rows_ + ahead), words(rows_), to.begin() + words(2 * rows_));
  };
  for (size_t bit = 0; bit < weight_bits_; ++bit) {
    place(plane(bit), simulation_.given(bit), 1);
  }
  for (size_t bit = 0; bit < activation_bits_; ++bit) std::ranges::fill(simulation_.given(weight_bits_ + 1 + bit), 0);
  for (size_t i = 0; i < flops_; ++i) place(next_states_.next_state(i), simulation_.given_state(i), 0);
  const auto load = simulation_.given(weight_bits_);
  std::fill_n(load.begin(), words(2 * rows_), ~uint64_t{0});
  std::fill(load.begin() + words(2 * rows_), load.end(), 0);
  simulation_.run();
}

uint64_t WeightLoad::toggles(std::span<const uint64_t> values, std::span<const uint64_t> before) const {
  const auto changes = [&](const uint64_t* a, const uint64_t* b) {
    uint64_t count = 0;
    for (size_t s = 0; s < segments_; ++s) count += uint64_t(std::popcount((a[s] ^ b[s]) & mask_[s]));
    return count;
  };
  const uint64_t* const loading = values.data();
  const uint64_t* const after = loading + words(2 * rows_);
  uint64_t sum = 0;
  for (size_t i = 0; i < rows_; ++i) {
    sum += changes(before.data() + words(i), loading + words(i));      // load rises
    sum += changes(loading + words(rows_ - 1 + i), after + words(i));  // load falls
  }
  for (size_t i = 0; i + 2 < 2 * rows_; ++i)
    sum += std::min({i + 1, rows_ - 1, 2 * rows_ - 2 - i}) * changes(loading + words(i), loading + words(i + 1));
  return sum;
}

ArrayEnergy WeightLoad::load(std::span<const uint8_t> weights) {
  shift_in(weights);
  compute_states();
  compute_nets();
  ArrayEnergy energy;
  for (size_t i = 0; i < multiplier_.size(); ++i) {
    const std::span<uint64_t> before{before_.data() + i * words(rows_), words(rows_)};
    const auto count = static_cast<double>(toggles(simulation_.target(i), before));
    energy.multiplier += count * multiplier_[i];
    energy.registers += count * registers_[i];
    std::ranges::copy(simulation_.target(i).subspan(words(2 * rows_), words(rows_)), before.begin());
  }
  return energy;
}

}  // namespace tram
