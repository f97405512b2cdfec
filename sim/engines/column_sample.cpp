#include "sim/engines/column_sample.hpp"

#include <algorithm>

#include "sim/engines/lane_planes.hpp"

namespace tram {
namespace {

constexpr size_t pipeline = 3;  // lanes beyond the stream: idle before it and for two clocks after it

LaneSelection sum_selection(const PeContract& contract, const PeNets& nets) {
  LaneSelection selection;
  selection.targets = nets.sum;
  selection.given = nets.leaving;
  for (const auto& more : {contract.inputs({Operand::sum}), contract.outputs({Operand::weight, Operand::activation})})
    selection.given.insert(selection.given.end(), more.begin(), more.end());
  return selection;
}

}  // namespace

ColumnSample::ColumnSample(const PeDesign& design, const PeNets& nets, const PeEnergies& energies,
                           const TruthTable& table, int rows)
    : rows_(rows), product_lsb_(design.product_lsb), weight_bits_(size_t(table.a_bits)),
      activation_bits_(size_t(table.b_bits)), psum_planes_(size_t(design.psum_planes)),
      sign_(design.is_signed ? 1U << (weight_bits_ + activation_bits_ - 1) >> design.product_lsb : 0U),
      sign_magnitude_(table.sign_magnitude), product_bit_(nets.product_bit),
      simulation_(design.netlist, sum_selection(design.contract, nets)) {
  for (uint32_t w = 0; w < 1U << weight_bits_; ++w)
    for (uint32_t x = 0; x < 1U << activation_bits_; ++x)
      products_.push_back(static_cast<uint16_t>(table.product_bits(w, x) >> product_lsb_));
  for (const NetId net : nets.sum) {
    adder_.push_back(energies.adder[net]);
    registers_.push_back(energies.registers[net]);
  }
  for (const NetId net : nets.leaving) leaving_.push_back(energies.registers[net]);
  quiet_ = idle_quiet_ = true;
  const size_t weights = size_t{1} << weight_bits_, activations = size_t{1} << activation_bits_;
  for (size_t w = 0; w < weights; ++w) quiet_ &= products_[w * activations] == products_[0];
  for (size_t x = 0; x < activations; ++x) idle_quiet_ &= products_[x] == products_[0];
}

/// Quiet: idle, stream, idle twice. Else from before the load to two clocks after the stream.
size_t ColumnSample::lanes(const ColumnFold& fold) const {
  return size_t(fold.m) + pipeline + (quiet_ ? 0 : size_t(2 * rows_));
}

uint8_t ColumnSample::weight_at(const ColumnFold& fold, int row, int lane) const {
  const int shifts = quiet_ ? rows_ : std::clamp(lane + row - rows_, 0, rows_), position = rows_ - 1 - row + shifts;
  return position < rows_ ? fold.old_weights[size_t(rows_ - 1 - position)]
                          : fold.weights[size_t(2 * rows_ - 1 - position)];
}

/// Products at the multiplier of a row. When not quiet, lane l of row r is clock l + r - R: an activation then stays in
/// its lane from row to row, and so does the partial sum that it joins.
void ColumnSample::products_of_row(const ColumnFold& fold, int row, std::span<uint32_t> products) const {
  const auto length = static_cast<size_t>(fold.m);
  const int used = static_cast<int>(fold.streams.size() / length), stream_row = row - (rows_ - used);
  const uint16_t* const table = products_.data() + (size_t{fold.weights[size_t(row)]} << activation_bits_);
  std::ranges::fill(products, table[0]);
  for (int lane = 0; !quiet_ && lane < 2 * rows_ - row; ++lane)
    products[size_t(lane)] = products_[size_t{weight_at(fold, row, lane)} << activation_bits_];
  if (stream_row < 0) return;
  const uint8_t* const stream = fold.streams.data() + size_t(stream_row) * length;
  uint32_t* const to = products.data() + 1 + (quiet_ ? 0 : 2 * rows_);
  for (size_t t = 0; t < length; ++t) to[t] = table[stream[t]];
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
  const auto length = static_cast<size_t>(fold.m);
  const int stream_row = row - (rows_ - static_cast<int>(fold.streams.size() / length));
  if (stream_row >= 0)
    std::copy_n(fold.streams.begin() + stream_row * fold.m, length, activations.begin() + 1 + (quiet_ ? 0 : 2 * rows_));
  const auto place = [&](std::span<const uint32_t> values, size_t bits, size_t given) {
    uint64_t* planes[8];
    for (size_t bit = 0; bit < bits; ++bit) planes[bit] = simulation_.given(given + bit).data() + index * words;
    to_bit_planes(values, bits, planes);
  };
  place(weights, weight_bits_, first);
  place(activations, activation_bits_, first + weight_bits_);
}

void ColumnSample::run(const ColumnFold& fold, std::span<const int> rows, std::span<ArrayEnergy> energy) {
  const size_t count = lanes(fold), words = (count + 63) / 64;
  simulation_.resize(words * rows.size());
  first_.assign(simulation_.words(), 0);
  mask_.assign(words, 0);
  for (size_t t = 0; t + 1 < count; ++t) mask_[t / 64] |= uint64_t{1} << t % 64;
  products_of_pe_.assign(count, 0);
  sums_.assign(count, 0);
  size_t next = 0;
  for (int row = 0; next < rows.size(); ++row) {
    products_of_row(fold, row, products_of_pe_);
    if (rows[next] == row) {
      place(next, products_of_pe_, sums_);
      place_operands(fold, row, next, count);
      first_[next * words] = 1;
      ++next;
    }
    for (size_t i = 0; i < count; ++i) sums_[i] += value(products_of_pe_[i]);
  }
  simulation_.run(first_);
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
