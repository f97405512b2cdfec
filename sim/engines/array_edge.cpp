#include "sim/engines/array_edge.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sim/config/scenario.hpp"
#include "sim/engines/gated_clocks.hpp"
#include "sim/engines/lane_planes.hpp"
#include "sim/engines/sample_plan.hpp"
#include "sim/engines/stream_block.hpp"

namespace tram {
namespace {

/// Nets that cells drive, and these ports as they enter.
LaneSelection selection(const MappedNetlist& netlist, std::initializer_list<const char*> ports) {
  LaneSelection selection;
  for (NetId net = constant_one + 1; net < netlist.net_count(); ++net)
    if (netlist.driver(net).cell != no_cell) selection.targets.push_back(net);
  for (const char* port : ports) {
    const std::vector<NetId>& bits = netlist.find_port(port)->bits;
    selection.given.insert(selection.given.end(), bits.begin(), bits.end());
  }
  return selection;
}

std::vector<double> target_joules(const MappedNetlist& netlist, const EdgeEnergies& energies) {
  std::vector<double> joules;
  for (NetId net = constant_one + 1; net < netlist.net_count(); ++net)
    if (netlist.driver(net).cell != no_cell) joules.push_back(energies.joule[net]);
  return joules;
}

std::vector<double> port_joules(const MappedNetlist& netlist, const EdgeEnergies& energies, const char* port) {
  std::vector<double> joules;
  for (const NetId net : netlist.find_port(port)->bits) joules.push_back(energies.joule[net]);
  return joules;
}

/// Values into the planes of given nets first .. first + bits - 1.
void place_given(LaneSimulation& simulation, size_t first, size_t bits, std::span<const uint32_t> values) {
  uint64_t* planes[edge_sum_bits];
  for (size_t bit = 0; bit < bits; ++bit) planes[bit] = simulation.given(first + bit).data();
  to_bit_planes(values, bits, planes);
}

/// Ones in bits first .. first + count - 1.
void set_mask(std::vector<uint64_t>& mask, size_t words, size_t first, size_t count) {
  mask.assign(words, 0);
  for (size_t i = first; i < first + count; ++i) mask[i / 64] |= uint64_t{1} << i % 64;
}

/// J of the toggles in lanes first .. first + count - 1: of the targets, and of the first given nets.
double priced(LaneSimulation& simulation, std::span<const double> targets, std::span<const double> given, size_t first,
              size_t count, std::vector<uint64_t>& mask) {
  set_mask(mask, simulation.words(), first, count);
  double joule = 0;
  for (size_t i = 0; i < targets.size(); ++i)
    joule += targets[i] * static_cast<double>(count_toggles(simulation.target(i), mask));
  for (size_t i = 0; i < given.size(); ++i)
    joule += given[i] * static_cast<double>(count_toggles(simulation.given(i), mask));
  return joule;
}

/// Of unsigned codes or two's complement, modulo 2^32.
uint32_t sum_of(std::span<const uint8_t> codes, const CodeFormat& format) {
  const auto sign = static_cast<uint8_t>(format.is_signed ? 1U << (format.bits - 1) : 0U);
  uint32_t sum = 0;
  for (const uint8_t code : codes) sum += static_cast<uint8_t>(code ^ sign);
  return sum - sign * static_cast<uint32_t>(codes.size());
}

/// Clocks of parts behind gates of which some tick: each gate stands behind the same clock.
double gated(const EdgeEnergies& energies, double clocks, double gates, double gate_ticks, double parts, double ticks) {
  if (!energies.has_gate) return clocks * parts * energies.tick;
  return clocks * gates * energies.gate.stopped + gate_ticks * (energies.gate.passed - energies.gate.stopped) +
         ticks * energies.tick;
}

double leakage(const EdgeEnergies& energies, int parts, int gates) {
  return parts * energies.leakage + (energies.has_gate ? gates * energies.gate.leakage : 0);
}

}  // namespace

AccumulatorBank::AccumulatorBank(const EdgePart<AccumulatorDesign>& part, int units)
    : lsb_(part.design.lsb), psum_bits_(size_t(part.design.psum_bits)), sum_bits_(size_t(part.design.sum_bits)),
      simulation_(part.design.netlist,
                  selection(part.design.netlist, {"stored_i", "psum_i", "accumulate_i", "enable_i"})),
      joule_(target_joules(part.design.netlist, part.energies)),
      stored_joule_(port_joules(part.design.netlist, part.energies, "stored_i")), held_(size_t(units)) {}

void AccumulatorBank::reset() { std::ranges::fill(held_, Held{}); }

/// A partial sum is at the adder a lane after it left the column, when what is stored stands beside it. Lane 0 and 1
/// have what was held before.
void AccumulatorBank::place(const Held& before, std::span<const int32_t> sums, std::span<const int32_t> stored,
                            size_t stride, size_t count) {
  psums_.resize(count + 2);
  stored_.assign(count + 2, before.stored);
  psums_[0] = before.psum;
  for (size_t i = 0; i < count; ++i) psums_[i + 1] = bits_of(sums[i * stride]);
  psums_[count + 1] = psums_[count];
  if (!stored.empty())
    for (size_t i = 0; i < count; ++i) stored_[i + 2] = bits_of(stored[i * stride]);
  const size_t words = (count + 2 + 63) / 64;
  simulation_.resize(words);
  place_given(simulation_, 0, sum_bits_, stored_);
  place_given(simulation_, sum_bits_, psum_bits_, psums_);
  const auto accumulate = simulation_.given(sum_bits_ + psum_bits_);
  std::ranges::fill(accumulate, stored.empty() ? 0 : ~uint64_t{0});
  accumulate[0] = (accumulate[0] & ~uint64_t{1}) | uint64_t{before.accumulates};
  std::ranges::fill(simulation_.given(sum_bits_ + psum_bits_ + 1), 0);
}

double AccumulatorBank::run(int unit, std::span<const int32_t> sums, std::span<const int32_t> stored, size_t stride,
                            int count) {
  place(held_[size_t(unit)], sums, stored, stride, size_t(count));
  first_.assign(simulation_.words(), 0);
  first_[0] = 1;
  simulation_.run(first_);
  const double joule = priced(simulation_, joule_, stored_joule_, 1, size_t(count), mask_);
  skip(unit, sums, stored, stride, count);
  return joule;
}

void AccumulatorBank::skip(int unit, std::span<const int32_t> sums, std::span<const int32_t> stored, size_t stride,
                           int count) {
  Held& held = held_[size_t(unit)];
  const size_t last = size_t(count - 1) * stride;
  held.psum = bits_of(sums[last]);
  held.accumulates = !stored.empty();
  if (held.accumulates) held.stored = bits_of(stored[last]);
}

ArrayEdge::ArrayEdge(std::shared_ptr<const EdgeModel> model, const Scenario& scenario, SampleRule sample)
    : model_(std::move(model)), rows_(scenario.array.rows), columns_(scenario.array.columns),
      holds_activations_(scenario.array.holds_activations()), sample_(sample), bank_(model_->column, columns_),
      activation_bank_(model_->of_activations, holds_activations_ ? columns_ : 1),
      links_(model_->link.design.netlist, selection(model_->link.design.netlist, {"activation_i", "sum_i"})),
      link_joule_(target_joules(model_->link.design.netlist, model_->link.energies)),
      link_activation_joule_(port_joules(model_->link.design.netlist, model_->link.energies, "activation_i")) {}

void ArrayEdge::plan(const RunPlan& plan) {
  folds_ = plan.folds;
  sums_activations_ = plan.sums_activations;
}

void ArrayEdge::reset() {
  bank_.reset();
  activation_bank_.reset();
  count_ = 0;
}

double ArrayEdge::take_energy() { return std::exchange(energy_, 0); }
SampledEnergy ArrayEdge::take_sampled() { return std::exchange(sampled_, {}); }

int ArrayEdge::link_gates() const { return (links() + GatedClocks::block_rows - 1) / GatedClocks::block_rows; }

double ArrayEdge::leakage_power() const {
  return leakage(model_->column.energies, columns_, columns_) + leakage(model_->link.energies, links(), link_gates()) +
         leakage(model_->of_activations.energies, activation_accumulators(), activation_accumulators());
}

/// N / n of the sum; variance N^2 (1 - n / N) s^2 / n (Cochran, Sampling Techniques, 3rd ed., eq. 2.8).
void ArrayEdge::add_estimate(const std::vector<double>& joules, int population) {
  const double n = double(joules.size()), all = population, sum = std::accumulate(joules.begin(), joules.end(), 0.0);
  energy_ += sum * all / n;
  if (joules.size() == size_t(population)) return;
  sampled_.joule += sum * all / n;
  double squares = 0;
  for (const double joule : joules) squares += (joule - sum / n) * (joule - sum / n);
  if (n > 1) sampled_.variance += all * all * (1 - n / all) * squares / (n - 1) / n;
}

void ArrayEdge::add_columns(const EdgeFold& fold, std::mt19937_64& random) {
  const std::vector<int> chosen =
      random_choice(fold.columns, sample_size(sample_, folds_, fold.columns, rows_).columns, random);
  std::vector<double> joules;
  for (int column = 0; column < fold.columns; ++column) {
    const auto from = size_t(column) * fold.column_stride;
    const auto sums = fold.sums.subspan(from), stored = fold.stored.empty() ? fold.stored : fold.stored.subspan(from);
    if (joules.size() < chosen.size() && chosen[joules.size()] == column)
      joules.push_back(bank_.run(column, sums, stored, fold.vector_stride, fold.vectors));
    else bank_.skip(column, sums, stored, fold.vector_stride, fold.vectors);
  }
  add_estimate(joules, fold.columns);
}

/// Link number `unit`: the row of that place among the used ones, over the vectors; or the column's, over the rows. It
/// is at rest at 0 before and behind.
double ArrayEdge::link_energy(const EdgeFold& fold, int unit) {
  const auto rows = size_t(fold.rows), count = holds_activations_ ? rows : fold.activation_sums.size();
  sums_of_link_.assign(count + 3, 0);
  activations_of_link_.assign(count + 3, 0);
  for (size_t i = 0; i < count; ++i) {
    const size_t position = holds_activations_ ? size_t(unit) : i, row = holds_activations_ ? i : size_t(unit);
    const auto codes = fold.activations.subspan(position * rows, rows);
    activations_of_link_[i + 1] = static_cast<uint32_t>(fold.format.value(codes[row]));
    if (!holds_activations_) sums_of_link_[i + 1] = sum_of(codes.first(row), fold.format);
    else if (i > 0) sums_of_link_[i + 1] = sums_of_link_[i] + activations_of_link_[i];
  }
  const auto& design = model_->link.design;
  links_.resize((count + 3 + 63) / 64);
  place_given(links_, 0, size_t(design.activation_bits), activations_of_link_);
  place_given(links_, size_t(design.activation_bits), size_t(design.sum_bits), sums_of_link_);
  first_.assign(links_.words(), 0);
  first_[0] = 1;
  links_.run(first_);
  return priced(links_, link_joule_, link_activation_joule_, 0, count + 2, mask_);
}

void ArrayEdge::add_activations(const EdgeFold& fold, std::mt19937_64& random) {
  const int positions = static_cast<int>(fold.activation_sums.size());
  const int population = holds_activations_ ? positions : fold.rows;
  const SampleSize wanted = sample_size(sample_, folds_, population, population);
  std::vector<double> joules;
  for (const int unit : random_choice(population, std::max(wanted.columns, wanted.rows), random))
    joules.push_back(link_energy(fold, unit));
  add_estimate(joules, population);
  const int units = holds_activations_ ? positions : 1, count = holds_activations_ ? 1 : positions;
  for (int unit = 0; unit < units; ++unit)
    energy_ += activation_bank_.run(
        unit, fold.activation_sums.subspan(size_t(unit)),
        fold.stored_sums.empty() ? fold.stored_sums : fold.stored_sums.subspan(size_t(unit)), 1, count);
}

void ArrayEdge::add_clocks(const EdgeFold& fold) {
  const auto cycles = double(fold.cycles), taken = double(fold.vectors) * fold.columns;
  const EdgeEnergies& column = model_->column.energies;
  energy_ += gated(column, cycles, columns_, taken, columns_, taken) + cycles * columns_ * column.free_tick;
  if (!sums_activations_) return;
  const int block = GatedClocks::block_rows;
  const auto positions = double(fold.activation_sums.size());
  double blocks = 0, in_blocks = 0, clocks = 0;
  if (!fold.activation_sums.empty()) {
    const int first = holds_activations_ ? 0 : rows_ - fold.rows, end = holds_activations_ ? fold.columns : rows_;
    const int first_link = first / block * block, end_link = std::min(links(), (end + block - 1) / block * block);
    blocks = double((end_link - first_link + block - 1) / block);
    in_blocks = double(end_link - first_link);
    clocks = (holds_activations_ ? fold.rows : positions) + block - 1;
  }
  energy_ += gated(model_->link.energies, cycles, link_gates(), blocks * clocks, links(), in_blocks * clocks);
  const EdgeEnergies& sums = model_->of_activations.energies;
  const double units = activation_accumulators();
  energy_ += gated(sums, cycles, units, positions, units, positions) + cycles * units * sums.free_tick;
}

void ArrayEdge::add(const EdgeFold& fold) {
  const auto first = fold.sums.first(size_t(std::min(fold.columns, 8)));
  std::mt19937_64 random(hash_bytes({reinterpret_cast<const uint8_t*>(first.data()), first.size_bytes()}) +
                         uint64_t(count_++));
  add_columns(fold, random);
  if (!fold.activation_sums.empty()) add_activations(fold, random);
  add_clocks(fold);
}

}  // namespace tram
