#include "sim/engines/column_sample.hpp"

#include <algorithm>

#include "sim/engines/gated_clocks.hpp"
#include "sim/engines/lane_planes.hpp"

namespace tram {
namespace {

constexpr size_t behind = 2;        // lanes after the stream: idle for two clocks
constexpr size_t gated_behind = 3;  // code 0 that counts, and two clocks

/// Flip-flops that are clocked where the bit that leaves is 1: the product's.
std::vector<uint32_t> product_flops(const PeDesign& design, const PeNets& nets) {
  std::vector<uint32_t> flops;
  for (const uint32_t flop : nets.sum_flops) {
    const MappedCell& cell = design.netlist.cells()[flop];
    const NetId clock = cell.pins[static_cast<size_t>(cell.type->flip_flop->clock_pin())];
    const auto found = std::ranges::find(design.contract.clocks, clock, &PeClock::net);
    if (found->gate == PeClock::Gate::operand && !found->enters) flops.push_back(flop);
  }
  return flops;
}

/// Given: what leaves the multiplier, the sum that enters, the multiplier's operands, flag and swap as they enter.
/// A gated register of the product holds what its input held, where that moves with the activation alone.
LaneSelection sum_selection(const PeDesign& design, const PeNets& nets, bool is_quiet) {
  const PeContract& contract = design.contract;
  LaneSelection selection;
  if (!is_quiet) selection.gated = product_flops(design, nets);
  selection.targets = nets.sum;
  selection.given = nets.leaving;
  for (const auto& more : {contract.inputs({Operand::sum}), contract.factors()})
    selection.given.insert(selection.given.end(), more.begin(), more.end());
  for (const Operand bit : {Operand::flag, Operand::swap})
    if (contract.has(bit)) selection.given.push_back(contract[bit].input.bits[0]);
  return selection;
}

/// Whether the product with an activation of code 0 is the same for all weights.
bool is_quiet(const TruthTable& table) {
  for (uint32_t w = 0; w < uint32_t{1} << table.a_bits; ++w)
    if (table.product_bits(w, 0) != table.product_bits(0, 0)) return false;
  return true;
}

}  // namespace

ColumnSample::ColumnSample(const PeDesign& design, const PeNets& nets, const PeEnergies& energies,
                           const TruthTable& table, int rows, bool skip_zeros)
    : rows_(rows), product_lsb_(design.product_lsb), weight_bits_(size_t(table.a_bits)),
      activation_bits_(size_t(table.b_bits)), psum_planes_(size_t(design.psum_planes)),
      sign_(design.is_signed ? 1U << (weight_bits_ + activation_bits_ - 1) >> design.product_lsb : 0U),
      sign_magnitude_(table.sign_magnitude), product_bit_(nets.product_bit),
      simulation_(design.netlist, sum_selection(design, nets, tram::is_quiet(table))),
      is_gated_(design.contract.is_gated()), has_copy_(design.contract.has(Operand::swap)), skip_zeros_(skip_zeros) {
  for (uint32_t w = 0; w < 1U << weight_bits_; ++w)
    for (uint32_t x = 0; x < 1U << activation_bits_; ++x)
      products_.push_back(static_cast<uint16_t>(table.product_bits(w, x) >> product_lsb_));
  for (const NetId net : nets.sum) {
    adder_.push_back(energies.adder[net]);
    registers_.push_back(energies.registers[net]);
  }
  for (const NetId net : nets.leaving) leaving_.push_back(energies.registers[net]);
  quiet_ = tram::is_quiet(table);
  idle_quiet_ = true;
  for (size_t x = 0; x < size_t{1} << activation_bits_; ++x) idle_quiet_ &= products_[x] == products_[0];
}

/// Quiet: idle, stream, idle twice. Else from before the load to two clocks after the stream.
size_t ColumnSample::lanes(const ColumnFold& fold) const {
  return stream_lane() + size_t(fold.m) + (is_gated_ ? gated_behind : behind);
}

/// The lane of the first activation. Flags enter a lane ahead; the weight is copied in the lane before.
size_t ColumnSample::stream_lane() const {
  if (has_copy_) return 3;
  if (quiet_) return is_gated_ ? 2 : 1;
  return 1 + size_t(2 * rows_);
}

/// Clocks of one weight register: see products_of_row. A block shifts when the first new weight has come to it.
uint8_t ColumnSample::weight_at(const ColumnFold& fold, int row, int lane) const {
  if (has_copy_) return (size_t(lane) + 1 < stream_lane() ? fold.old_weights : fold.weights)[size_t(row)];
  const int block = is_gated_ ? GatedClocks::block_rows : rows_, first = row / block * block;
  const int height = std::min(block, rows_ - first), all = rows_ - first;
  const int shifts = quiet_ ? all : std::clamp(lane + row - rows_ - first, 0, all);
  const int position = height - 1 - (row - first) + shifts;
  return position < height ? fold.old_weights[size_t(first + height - 1 - position)]
                           : fold.weights[size_t(rows_ - 1 - (position - height))];
}

/// A row's part of streams; empty for an idle row.
std::span<const uint8_t> ColumnSample::row_of(std::span<const uint8_t> streams, const ColumnFold& fold, int row) const {
  const auto length = static_cast<size_t>(fold.m);
  const int used = static_cast<int>(streams.size() / length), stream_row = row - (rows_ - used);
  return stream_row < 0 ? std::span<const uint8_t>{}
                        : streams.subspan(static_cast<size_t>(stream_row) * length, length);
}

/// Products at the multiplier of a row. When not quiet, lane l of row r is clock l + r - R: an activation then stays in
/// its lane from row to row, and so does the partial sum that it joins.
void ColumnSample::products_of_row(const ColumnFold& fold, int row, std::span<uint32_t> products) const {
  const uint16_t* const table = products_.data() + (size_t{fold.weights[size_t(row)]} << activation_bits_);
  std::ranges::fill(products, table[0]);
  const int moving = has_copy_ ? static_cast<int>(stream_lane()) : quiet_ ? 0 : 2 * rows_ - row;
  for (int lane = 0; lane < moving; ++lane)
    products[size_t(lane)] = products_[size_t{weight_at(fold, row, lane)} << activation_bits_];
  uint32_t* to = products.data() + stream_lane();
  for (const uint8_t activation : row_of(fold.registered, fold, row)) *to++ = table[activation];
}

/// Of gated PEs: where a row's products count, and code 0 behind them.
void ColumnSample::count_flags(const ColumnFold& fold, int row) {
  std::ranges::fill(flags_, 0);
  const std::span<const uint8_t> stream = row_of(fold.streams, fold, row);
  if (stream.empty()) return;
  uint32_t* to = flags_.data() + stream_lane();
  for (const uint8_t activation : stream) *to++ = activation != 0 || !skip_zeros_;
  *to = 1;
}

/// What a product adds to a sum.
uint32_t ColumnSample::value(uint32_t product) const {
  if (!sign_magnitude_) return (product ^ sign_) - sign_;  // sign-extended
  return (product & sign_) != 0 ? 0U - (product ^ sign_) : product;
}

/// Operands of PE number `index` of the batch.
void ColumnSample::place(size_t index, std::span<const uint32_t> products, std::span<const uint32_t> sums) {
  const size_t words = (products.size() + 63) / 64;
  uint64_t* planes[32];
  for (size_t i = 0; i < psum_planes_; ++i)
    planes[i] = simulation_.given(product_bit_.size() + i).data() + index * words;
  to_bit_planes(sums, psum_planes_, planes);
  const size_t product_planes = weight_bits_ + activation_bits_ - size_t(product_lsb_);
  product_planes_.resize(product_planes * words);
  for (size_t bit = 0; bit < product_planes; ++bit) planes[bit] = product_planes_.data() + bit * words;
  to_bit_planes(products, product_planes, planes);
  for (size_t i = 0; i < product_bit_.size(); ++i)
    std::copy_n(planes[product_bit_[i] - product_lsb_], words, simulation_.given(i).data() + index * words);
}

/// For a product bit that is a wire from an operand.
void ColumnSample::place_operands(const ColumnFold& fold, int row, size_t index, size_t count) {
  const size_t words = (count + 63) / 64, first = product_bit_.size() + psum_planes_;
  bool used = false;
  for (size_t i = 0; i < weight_bits_ + activation_bits_; ++i) used |= simulation_.is_used(first + i);
  if (!used) return;
  std::vector<uint32_t> weights(count), activations(count, 0);
  for (size_t lane = 0; lane < count; ++lane) weights[lane] = weight_at(fold, row, int(lane));
  std::ranges::copy(row_of(fold.registered, fold, row), activations.begin() + static_cast<ptrdiff_t>(stream_lane()));
  const auto place = [&](std::span<const uint32_t> values, size_t bits, size_t given) {
    uint64_t* planes[8];
    for (size_t bit = 0; bit < bits; ++bit) planes[bit] = simulation_.given(given + bit).data() + index * words;
    to_bit_planes(values, bits, planes);
  };
  place(weights, weight_bits_, first);
  place(activations, activation_bits_, first + weight_bits_);
}

/// Flag and swap as they enter, a lane ahead, and where the product's register is clocked.
void ColumnSample::place_flags(size_t index) {
  const size_t words = (flags_.size() + 63) / 64,
               given = product_bit_.size() + psum_planes_ + weight_bits_ + activation_bits_;
  uint64_t* planes[1] = {simulation_.given(given).data() + index * words};
  to_bit_planes(std::span(flags_).subspan(1), 1, planes);
  if (flags_.size() % 64 == 1) planes[0][words - 1] = 0;  // of the lane that subspan leaves out
  if (has_copy_) {
    const auto swap = simulation_.given(given + 1).subspan(index * words, words);
    std::ranges::fill(swap, 0);
    swap[0] = uint64_t{1} << (stream_lane() - 2);
  }
  planes[0] = ticks_.data() + index * words;
  to_bit_planes(flags_, 1, planes);
}

void ColumnSample::run(const ColumnFold& fold, std::span<const int> rows, std::span<ArrayEnergy> energy) {
  const size_t count = lanes(fold), words = (count + 63) / 64;
  simulation_.resize(words * rows.size());
  first_.assign(simulation_.words(), 0);
  mask_.assign(words, 0);
  for (size_t t = 0; t + 1 < count; ++t) mask_[t / 64] |= uint64_t{1} << t % 64;
  products_of_pe_.assign(count, 0);
  sums_.assign(count, 0);
  flags_.assign(count, 1);
  ticks_.assign(simulation_.words(), 0);
  size_t next = 0;
  for (int row = 0; next < rows.size(); ++row) {
    products_of_row(fold, row, products_of_pe_);
    if (is_gated_) count_flags(fold, row);
    if (rows[next] == row) {
      if (is_gated_) place_flags(next);
      place(next, products_of_pe_, sums_);
      place_operands(fold, row, next, count);
      first_[next * words] = 1;
      ++next;
    }
    for (size_t i = 0; i < count; ++i) sums_[i] += flags_[i] * value(products_of_pe_[i]);
  }
  simulation_.run(first_, ticks_);
  for (size_t pe = 0; pe < rows.size(); ++pe) energy[pe] = priced(pe * words, mask_);
  last_pe_ = (rows.size() - 1) * words;
  last_lane_ = count - 2;
}

ArrayEnergy ColumnSample::last_change() {
  std::vector<uint64_t> mask(mask_.size(), 0);
  mask[last_lane_ / 64] = uint64_t{1} << last_lane_ % 64;
  return priced(last_pe_, mask);
}

/// Energy of the transitions in mask of the PE whose words begin at `first`.
ArrayEnergy ColumnSample::priced(size_t first, std::span<const uint64_t> mask) {
  const size_t words = mask.size();
  ArrayEnergy energy;
  for (size_t i = 0; i < adder_.size(); ++i) {
    const auto toggles = static_cast<double>(count_toggles(simulation_.target(i).subspan(first, words), mask));
    energy.adder += toggles * adder_[i];
    energy.registers += toggles * registers_[i];
  }
  for (size_t i = 0; i < leaving_.size(); ++i)
    if (leaving_[i] != 0)
      energy.registers +=
          static_cast<double>(count_toggles(simulation_.given(i).subspan(first, words), mask)) * leaving_[i];
  return energy;
}

}  // namespace tram
