#include "sim/engines/gated_array.hpp"

#include <utility>

namespace tram {

ArrayLoad::ArrayLoad(const PeModel& model, int rows, int columns)
    : overlap_(model, rows, columns), has_overlap_(model.kind != PeKind::hidden) {
  if (model.kind == PeKind::plain) plain_.emplace(model.design, model.nets, model.energies, rows, columns);
  else gated_.emplace(model.design, model.nets, model.energies, rows, columns);
}

void ArrayLoad::reset() {
  if (plain_) plain_->reset();
  if (gated_) gated_->reset();
}

ArrayEnergy ArrayLoad::load(const Fold& fold, std::span<const uint8_t> weights, std::span<const uint8_t> old_weights) {
  ArrayEnergy energy = plain_ ? plain_->load(weights) : gated_->load(fold);
  if (has_overlap_) energy.multiplier += overlap_.correction(fold, weights, old_weights);
  return energy;
}

ArrayClocks::ArrayClocks(const PeModel& model, int rows, int columns)
    : model_(model), clocks_(rows, columns, model.kind == PeKind::hidden), rows_(rows), columns_(columns) {}

double ArrayClocks::energy(const Fold& fold, int64_t skipped) const {
  const int64_t used = int64_t{fold.rows} * fold.columns,
                counted = (int64_t{fold.m} + 1) * used - skipped * fold.columns;
  std::vector<double> pes;
  for (const PeClock& clock : model_.design.contract.clocks) {
    if (clock.gate == PeClock::Gate::none) pes.push_back(double(clocks_.enabled(fold).pes));
    else if (clock.gate == PeClock::Gate::load) pes.push_back(double(clocks_.loading(fold).pes));
    else pes.push_back(double(clock.operand == Operand::flag ? counted : used));
  }
  return energy(fold, std::move(pes));
}

double ArrayClocks::energy(const Fold& fold, std::span<const uint64_t> ticks) const {
  return energy(fold, std::vector<double>(ticks.begin(), ticks.end()));
}

/// The sinks: two gates a part, and the registers of its enables.
double ArrayClocks::tree_estimate(double slew) const {
  if (model_.kind == PeKind::plain) return 0;
  const double pins = double(clocks_.parts()) * (clocks_.has_copy() ? 4 : 3);
  return clock_tree_estimate(model_.design.netlist.library(), pins, model_.energies.gate_capacitance, slew);
}

double ArrayClocks::energy(const Fold& fold, std::vector<double> pes) const {
  const int64_t alone = weight_stationary_fold_cycles(rows_, columns_, fold.m);
  if (model_.kind == PeKind::plain) return model_.energies.clock * double(alone) * rows_ * columns_;
  const double clocks = double(fold.cycles > 0 ? fold.cycles : alone + (clocks_.has_copy() ? 2 : 0));
  const ClockTicks ticks{std::move(pes), double(clocks_.enabled(fold).parts), double(clocks_.loading(fold).parts),
                         clocks * double(clocks_.parts())};
  return clock_energy(model_.energies, model_.design.contract, ticks);
}

}  // namespace tram
