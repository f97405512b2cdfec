#include "sim/engines/load_overlap.hpp"

namespace tram {
namespace {

LaneSelection multiplier_selection(const PeModel& model) {
  LaneSelection selection;
  selection.targets = model.nets.multiplier;
  selection.given = model.design.contract.factors();
  return selection;
}

}  // namespace

LoadOverlap::LoadOverlap(const PeModel& model, int rows, int columns)
    : rows_(rows), columns_(columns), weight_bits_(size_t(model.table.a_bits)),
      activation_bits_(size_t(model.table.b_bits)), simulation_(model.design.netlist, multiplier_selection(model)) {
  for (const NetId net : model.nets.multiplier) joule_.push_back(model.energies.multiplier[net]);
  simulation_.resize(1);
}

double LoadOverlap::correction(const Fold& fold, std::span<const uint8_t> weights,
                               std::span<const uint8_t> old_weights) {
  if (fold.rows != rows_ || fold.m == 0 || fold.activations[0] == 0) return 0;
  // Lanes: before the clock, the weight shifted alone, both.
  const uint64_t before = rows_ > 1 ? weights[size_t(columns_)] : old_weights[0], now = weights[0];
  const uint64_t activation = fold.activations[0];
  for (size_t bit = 0; bit < weight_bits_; ++bit)
    simulation_.given(bit)[0] = (before >> bit & 1) | (now >> bit & 1) * 0b110;
  for (size_t bit = 0; bit < activation_bits_; ++bit)
    simulation_.given(weight_bits_ + bit)[0] = (activation >> bit & 1) * 0b100;
  simulation_.run();
  double joule = 0;
  for (size_t i = 0; i < joule_.size(); ++i) {
    const uint64_t lanes = simulation_.target(i)[0] & 0b111;
    if (lanes == 0b010 || lanes == 0b101) joule -= 2 * joule_[i];
  }
  return joule;
}

}  // namespace tram
