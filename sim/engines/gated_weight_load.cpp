#include "sim/engines/gated_weight_load.hpp"

#include <algorithm>

#include "models/cells/netlist/lane_simulation.hpp"
#include "sim/engines/gated_clocks.hpp"
#include "sim/engines/pe_model.hpp"

namespace tram {
namespace {

constexpr size_t codes = 256, words = codes / 64;  // of up to 8 bits; of fewer some never come

/// Values of the nets that a weight moves, lane by code, while one of three things has the code and the others code 0: the
/// weight that enters, the register that shifts, the register at work.
class WeightNets {
 public:
  WeightNets(const PeDesign& design, const PeNets& nets, const PeEnergies& energies)
      : flops_(nets.weight_flops), targets_(nets.weight), weight_bits_(size_t(design.contract[Operand::weight].bits())),
        bits_(weight_bits_ + size_t(design.contract[Operand::activation].bits())) {
    targets_.insert(targets_.end(), nets.multiplier.begin(), nets.multiplier.end());
    for (const uint32_t flop : flops_) is_shifted_.push_back(has_load_clock(design, flop));
    for (const NetId net : targets_) {
      multiplier_.push_back(energies.multiplier[net]);
      registers_.push_back(energies.registers[net]);
    }
    LaneSelection selection;
    selection.targets = targets_;
    selection.next_states = selection.given_states = flops_;
    selection.given = design.contract.inputs({Operand::weight, Operand::activation});
    selection.transparent = nets.activation_flops;
    LaneSimulation simulation(design.netlist, selection);
    simulation.resize(words);
    find_states(simulation);
    for (int source = 0; source < 3; ++source) {
      set(simulation, source);
      simulation.run();
      for (size_t i = 0; i < targets_.size(); ++i) {
        const auto values = simulation.target(i);
        values_[source].insert(values_[source].end(), values.begin(), values.begin() + words);
      }
    }
  }

  enum Source { enters, shifts, works };

  /// Adds the energy of each step of a source.
  void add(Source source, std::vector<double>& multiplier, std::vector<double>& registers) const {
    multiplier.resize(codes * codes, 0);
    registers.resize(codes * codes, 0);
    for (size_t i = 0; i < targets_.size(); ++i) {
      const uint64_t* const values = values_[source].data() + i * words;
      const auto bit = [&](size_t code) { return values[code / 64] >> code % 64 & 1; };
      for (size_t step = 0; step < codes * codes; ++step)
        if (bit(step / codes) != bit(step % codes)) {
          multiplier[step] += multiplier_[i];
          registers[step] += registers_[i];
        }
    }
  }

 private:
  static bool has_load_clock(const PeDesign& design, uint32_t flop) {
    const MappedCell& cell = design.netlist.cells()[flop];
    const NetId clock = cell.pins[static_cast<size_t>(cell.type->flip_flop->clock_pin())];
    const auto& clocks = design.contract.clocks;
    return std::ranges::find(clocks, clock, &PeClock::net)->gate == PeClock::Gate::load;
  }

  static void fill(std::span<uint64_t> plane, size_t bit, bool varies) {
    std::ranges::fill(plane, 0);
    for (size_t code = 0; varies && code < codes; ++code) plane[code / 64] |= uint64_t(code >> bit & 1) << code % 64;
  }

  /// States of the registers by code: of the one that shifts from the weight that enters, then of the one at work.
  void find_states(LaneSimulation& simulation) {
    states_.assign(flops_.size() * words, 0);
    for (size_t i = 0; i < flops_.size(); ++i) std::ranges::fill(simulation.given_state(i), 0);
    for (const bool shifted : {true, false}) {
      for (size_t bit = 0; bit < bits_; ++bit) fill(simulation.given(bit), bit, bit < weight_bits_);
      simulation.run();
      for (size_t i = 0; i < flops_.size(); ++i) {
        if (is_shifted_[i] != shifted) continue;
        std::copy_n(simulation.next_state(i).begin(), words, states_.begin() + static_cast<ptrdiff_t>(i * words));
      }
      for (size_t i = 0; i < flops_.size(); ++i)
        if (is_shifted_[i])
          std::copy_n(states_.begin() + static_cast<ptrdiff_t>(i * words), words, simulation.given_state(i).begin());
    }
  }

  void set(LaneSimulation& simulation, int source) const {
    for (size_t bit = 0; bit < bits_; ++bit) fill(simulation.given(bit), bit, source == enters && bit < weight_bits_);
    for (size_t i = 0; i < flops_.size(); ++i) {
      const auto state = simulation.given_state(i);
      const uint64_t* const by_code = states_.data() + i * words;
      if (source == (is_shifted_[i] ? shifts : works)) std::copy_n(by_code, words, state.begin());
      else std::ranges::fill(state, by_code[0] & 1 ? ~uint64_t{0} : 0);
    }
  }

  std::vector<uint32_t> flops_;
  std::vector<NetId> targets_;
  size_t weight_bits_, bits_;  // of the weight, of weight and activation
  std::vector<bool> is_shifted_;
  std::vector<double> multiplier_, registers_;
  std::vector<uint64_t> states_;     // [flip-flop][word]
  std::vector<uint64_t> values_[3];  // by source: [target][word]
};

size_t step(uint8_t from, uint8_t to) { return size_t{from} * codes + to; }

}  // namespace

GatedWeightLoad::GatedWeightLoad(const PeDesign& design, const PeNets& nets, const PeEnergies& energies, int rows,
                                 int columns)
    : rows_(rows), columns_(columns) {
  const WeightNets weight_nets(design, nets, energies);
  weight_nets.add(WeightNets::enters, enter_.multiplier, enter_.registers);
  shift_ = enter_;
  weight_nets.add(WeightNets::shifts, shift_.multiplier, shift_.registers);
  if (design.contract.has(Operand::swap)) weight_nets.add(WeightNets::works, copy_.multiplier, copy_.registers);
  reset();
}

void GatedWeightLoad::reset() {
  old_.assign(static_cast<size_t>(rows_) * static_cast<size_t>(columns_), 0);
  new_ = work_ = old_;
}

/// Weights of all columns at a position of the tape of a block.
const uint8_t* GatedWeightLoad::tape(int first_row, int height, int position) const {
  if (position < height) return old_.data() + int64_t{first_row + height - 1 - position} * columns_;
  return new_.data() + int64_t{rows_ - 1 - (position - height)} * columns_;
}

void GatedWeightLoad::add_block(const Fold& fold, int first_row, ArrayEnergy& energy) const {
  const int height = std::min(GatedClocks::block_rows, rows_ - first_row), shifts = rows_ - first_row;
  for (int i = 0; i + 1 < height + shifts; ++i) {
    const int shown = std::min(height - 1, i) - std::max(0, i - shifts + 1) + 1;
    const uint8_t* const from = tape(first_row, height, i);
    const uint8_t* const to = tape(first_row, height, i + 1);
    double multiplier = 0, registers = 0;
    for (int c = 0; c < fold.columns; ++c) {
      multiplier += shift_.multiplier[step(from[c], to[c])];
      registers += shift_.registers[step(from[c], to[c])];
    }
    energy.multiplier += shown * multiplier;
    energy.registers += shown * registers;
  }
}

/// The weights that enter row 0, after code 0 and before it; no row has those that leave the last one on its pins.
void GatedWeightLoad::add_edges(const Fold& fold, ArrayEnergy& energy) const {
  const int last_block = (rows_ - 1) / GatedClocks::block_rows * GatedClocks::block_rows, height = rows_ - last_block;
  const std::vector<uint8_t> zeros(static_cast<size_t>(columns_), 0);
  const auto row = [&](int r) { return r < 0 || r >= rows_ ? zeros.data() : new_.data() + int64_t{r} * columns_; };
  for (int i = 0; i <= rows_; ++i)
    for (int c = 0; c < fold.columns; ++c)
      energy.registers += enter_.registers[step(row(rows_ - i)[c], row(rows_ - 1 - i)[c])];
  for (int i = 0; i < height; ++i)
    for (int c = 0; c < fold.columns; ++c)
      energy.registers -= enter_.registers[step(tape(last_block, height, i)[c], tape(last_block, height, i + 1)[c])];
}

void GatedWeightLoad::copy(const Fold& fold, ArrayEnergy& energy) {
  for (int r = rows_ - fold.rows; r < rows_; ++r)
    for (int c = 0; c < fold.columns; ++c) {
      const size_t index = static_cast<size_t>(r) * static_cast<size_t>(columns_) + static_cast<size_t>(c);
      const size_t change = step(work_[index], new_[index]);
      energy.multiplier += copy_.multiplier[change];
      energy.registers += copy_.registers[change];
      work_[index] = new_[index];
    }
}

ArrayEnergy GatedWeightLoad::load(const Fold& fold) {
  old_ = new_;
  place_weights(fold, rows_, columns_, PeKind::gated, new_);
  ArrayEnergy energy;
  for (int first = 0; first < rows_; first += GatedClocks::block_rows) add_block(fold, first, energy);
  add_edges(fold, energy);
  if (!copy_.registers.empty()) copy(fold, energy);
  return energy;
}

}  // namespace tram
