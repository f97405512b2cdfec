#include "sim/components/vector_unit.hpp"

#include <algorithm>
#include <stdexcept>
#include <type_traits>

#include "models/quant/column_requantiser.hpp"
#include "models/quant/vector_norm.hpp"
#include "models/quant/vector_ops.hpp"

namespace tram {
namespace {

size_t product(int32_t a, int32_t b) { return static_cast<size_t>(a) * static_cast<size_t>(b); }

}  // namespace

VectorUnit::VectorUnit(sc_core::sc_module_name name, const Clock& clock, const Scenario::Vector& parameters,
                       int queue_commands, Meter& meter)
    : CommandUnit(name, Unit::vector, clock, queue_commands), weights("weights"), activations("activations"),
      outputs("outputs"), parameters_(parameters), meter_(meter), transactor_(this->name()) {}

void VectorUnit::execute(const Command& command, uint64_t) {
  const int layer = command.layer;
  const Work work = std::visit(
      [&](const auto& body) -> Work {
        if constexpr (requires { run(body, layer); }) return run(body, layer);
        throw std::logic_error("the vector unit got a command of another unit");
      },
      command.body);
  const int64_t cycles = (work.operations + parameters_.lanes - 1) / parameters_.lanes;
  const sc_core::sc_time computed =
      work.start + clock().cycles(static_cast<uint64_t>(cycles + work.exposed_cycles));
  const uint64_t start = clock().now();
  const uint64_t end = clock().cycle(sc_core::sc_time_stamp() + std::max({work.operands, computed, work.results})) +
                       static_cast<uint64_t>(parameters_.latency_cycles);
  meter_.energy(&EnergyBreakdown::vector_unit, layer, start, end,
                static_cast<double>(work.operations) * parameters_.energy_per_operation);
  busy_.pulse(start, end);
  wait_until(end);
  done(command, end);
}

sc_core::sc_time VectorUnit::read_codes(tlm::tlm_fw_transport_if<>& memory, uint32_t offset, CodeFormat format,
                                        size_t count, std::vector<int32_t>& values, int layer,
                                        sc_core::sc_time delay) {
  bytes_.resize(count * static_cast<size_t>(format.bytes()));
  values.resize(count);
  delay = transactor_.read(memory, offset, bytes_.data(), bytes_.size(), layer, delay);
  load_codes(format, bytes_, values);
  return delay;
}

template <typename T>
sc_core::sc_time VectorUnit::read_constants(uint32_t offset, std::vector<T>& values, int layer) {
  return transactor_.read(*weights.operator->(), offset, values.data(), values.size() * sizeof(T), layer);
}

sc_core::sc_time VectorUnit::write_results(uint32_t offset, CodeFormat format, int layer, sc_core::sc_time delay) {
  bytes_.resize(results_.size() * static_cast<size_t>(format.bytes()));
  store_codes(format, results_, bytes_);
  return transactor_.write(*outputs.operator->(), offset, bytes_.data(), bytes_.size(), layer, delay);
}

VectorUnit::Work VectorUnit::run(const RequantiseCommand& c, int layer) {
  Work work;
  std::vector<ChannelParameters> channels(static_cast<size_t>(c.columns));
  work.start = read_constants(c.parameters, channels, layer);
  const auto m = static_cast<size_t>(c.m), columns = channels.size();
  results_.resize(m * columns);
  sums_.resize(results_.size() + m);
  work.operands = transactor_.read(*outputs.operator->(), c.outputs, sums_.data(), sums_.size() * sizeof(int32_t),
                                   layer, work.start);
  ColumnRequantiser requantiser{.output_zero = c.zero, .clamp_low = c.clamp_low, .clamp_high = c.clamp_high};
  for (const ChannelParameters& channel : channels)
    requantiser.add(channel.constant, channel.weight_zero, {channel.multiplier, channel.shift});
  for (size_t row = 0; row < m; ++row) {
    const auto sums = std::span<const int32_t>(sums_).subspan(row * columns, columns);
    const auto results = std::span(results_).subspan(row * columns, columns);
    if (c.logits) requantiser.accumulators(sums, sums_[m * columns + row], results);
    else requantiser.codes(sums, sums_[m * columns + row], results);
  }
  work.results = c.logits ? transactor_.write(*outputs.operator->(), c.outputs, results_.data(),
                                              results_.size() * sizeof(int32_t), layer, work.start)
                          : write_results(c.outputs, c.format, layer, work.start);
  work.operations = static_cast<int64_t>(results_.size());
  return work;
}

VectorUnit::Work VectorUnit::run(const ColumnParametersCommand& c, int layer) {
  MatmulLayer matmul;
  matmul.inner = c.inner;
  matmul.a_zero = c.a_zero;
  matmul.b_zero = c.b_zero;
  matmul.bias = c.bias;
  const auto columns = static_cast<size_t>(c.columns), taps = static_cast<size_t>(c.taps);
  sums_.assign(columns, 0);
  std::vector<ChannelParameters> channels(columns);
  Work work;
  if (c.accumulate) work.start = read_constants(c.parameters, channels, layer);
  work.operands = work.start;
  if (taps > 0)
    work.operands = read_codes(*weights.operator->(), c.weights, c.operands, taps * columns, operands_, layer,
                               work.start);
  for (size_t i = 0; i < taps * columns; ++i) sums_[c.transposed ? i / taps : i % columns] += operands_[i];
  for (size_t i = 0; i < columns; ++i)
    channels[i] = {.constant = c.accumulate ? channels[i].constant - c.a_zero * sums_[i]
                                            : matmul_constant(matmul, sums_[i]),
                   .weight_zero = c.b_zero,
                   .multiplier = c.multiplier,
                   .shift = c.shift};
  work.results = transactor_.write(*weights.operator->(), c.parameters, channels.data(),
                                   columns * sizeof(ChannelParameters), layer, work.operands);
  work.operations = static_cast<int64_t>((taps + 1) * columns);
  return work;
}

VectorUnit::Work VectorUnit::run(const AddCommand& c, int layer) {
  AddLayer add;
  add.zero_a = c.zero_a;
  add.zero_b = c.zero_b;
  add.zero_out = c.zero_out;
  add.multiplier_a = c.multiplier_a;
  add.multiplier_b = c.multiplier_b;
  add.shift = c.shift;
  add.clamp_low = c.clamp_low;
  add.clamp_high = c.clamp_high;
  const auto count = static_cast<size_t>(c.elements);
  auto& memory = *activations.operator->();
  Work work;
  work.operands = read_codes(memory, c.a, c.format_a, count, operands_, layer);
  work.operands = read_codes(memory, c.b, c.format_b, count, second_operands_, layer, work.operands);
  results_.resize(count);
  for (size_t i = 0; i < count; ++i) results_[i] = add_code(add, operands_[i], second_operands_[i]);
  work.results = write_results(c.destination, c.format_out, layer);
  work.operations = c.elements;
  return work;
}

VectorUnit::Work VectorUnit::run(const AveragePoolCommand& c, int layer) {
  AveragePoolLayer pool;
  pool.in = {c.positions, 1, c.channels};
  pool.zero_in = c.zero_in;
  pool.zero_out = c.zero_out;
  pool.requantise = {c.multiplier, c.shift};
  pool.clamp_low = c.clamp_low;
  pool.clamp_high = c.clamp_high;
  Work work;
  work.operands = read_codes(*activations.operator->(), c.source, c.format_in, product(c.positions, c.channels),
                             operands_, layer);
  results_.assign(static_cast<size_t>(c.channels), 0);
  for (size_t i = 0; i < operands_.size(); ++i) results_[i % results_.size()] += operands_[i];
  for (int32_t& result : results_) result = average_code(pool, result);
  work.results = write_results(c.destination, c.format_out, layer);
  work.operations = static_cast<int64_t>(operands_.size());
  return work;
}

VectorUnit::Work VectorUnit::run(const MaxPoolCommand& c, int layer) {
  MaxPoolLayer pool;
  pool.in = {c.in_rows, c.in_width, c.channels};
  pool.kernel = c.kernel;
  pool.stride = c.stride;
  pool.padding = c.padding;
  Work work;
  work.operands = read_codes(*activations.operator->(), c.source, c.format, static_cast<size_t>(pool.in.size()),
                             operands_, layer);
  results_.clear();
  for (int row = c.first_out_row; row < c.first_out_row + c.out_rows; ++row)
    for (int column = 0; column < c.out_width; ++column)
      for (int channel = 0; channel < c.channels; ++channel)
        results_.push_back(max_pool_code(pool, operands_, row, column, channel));
  work.results = write_results(c.destination, c.format, layer);
  work.operations = static_cast<int64_t>(results_.size()) * vector_cost(pool).per_element;
  return work;
}

VectorUnit::Work VectorUnit::run(const SubsampleCommand& c, int layer) {
  SubsampleLayer subsample;
  subsample.in = {c.in_rows, c.in_width, c.in_channels};
  subsample.out = {c.out_rows, c.out_width, c.out_channels};
  subsample.stride = c.stride;
  subsample.pad_before = c.pad_before;
  subsample.zero = c.zero;
  Work work;
  bytes_.resize(static_cast<size_t>(subsample.in.size()));
  work.operands = transactor_.read(*activations.operator->(), c.source, bytes_.data(), bytes_.size(), layer);
  std::vector<uint8_t> codes;
  for (int row = 0; row < c.out_rows; ++row)
    for (int column = 0; column < c.out_width; ++column)
      for (int channel = 0; channel < c.out_channels; ++channel)
        codes.push_back(subsample_code(subsample, bytes_, row, column, channel));
  work.results = transactor_.write(*outputs.operator->(), c.destination, codes.data(), codes.size(), layer);
  work.operations = static_cast<int64_t>(codes.size());
  return work;
}

template <typename RowLayer, typename RowFunction>
void VectorUnit::run_rows(const RowLayer& row_layer, RowFunction function, int32_t channels, Work& work) {
  const auto width = static_cast<size_t>(channels);
  results_.resize(operands_.size());
  for (size_t first = 0; first < operands_.size(); first += width)
    function(row_layer, std::span<const int32_t>(operands_).subspan(first, width),
             std::span(results_).subspan(first, width));
  const VectorCost cost = vector_cost(row_layer);
  const auto rows = static_cast<int64_t>(operands_.size() / width);
  work.operations = rows * (channels * cost.per_element + cost.per_row);
  work.exposed_cycles = cost.per_row;
}

VectorUnit::Work VectorUnit::run(const LayerNormCommand& c, int layer) {
  Work work;
  std::vector<int32_t> constants(2 * static_cast<size_t>(c.channels));
  work.start = read_constants(c.parameters, constants, layer);
  LayerNormLayer norm;
  norm.gamma.assign(constants.begin(), constants.begin() + c.channels);
  norm.beta.assign(constants.begin() + c.channels, constants.end());
  norm.epsilon = c.epsilon;
  norm.shift = c.shift;
  norm.zero_out = c.zero_out;
  norm.clamp_low = c.clamp_low;
  norm.clamp_high = c.clamp_high;
  work.operands = read_codes(*activations.operator->(), c.source, c.format_in, product(c.rows, c.channels), operands_,
                             layer, work.start);
  run_rows(norm, layer_norm_row, c.channels, work);
  work.results = write_results(c.destination, c.format_out, layer, work.start);
  return work;
}

VectorUnit::Work VectorUnit::run(const SoftmaxCommand& c, int layer) {
  Work work;
  std::vector<uint32_t> tables(static_cast<size_t>(c.low_entries + c.high_entries));
  work.start = read_constants(c.tables, tables, layer);
  SoftmaxLayer softmax;
  softmax.exp_low.assign(tables.begin(), tables.begin() + c.low_entries);
  softmax.exp_high.assign(tables.begin() + c.low_entries, tables.end());
  softmax.inverse_scale = {c.multiplier, c.shift};
  softmax.zero_out = c.zero_out;
  softmax.clamp_low = c.clamp_low;
  softmax.clamp_high = c.clamp_high;
  work.operands = read_codes(*activations.operator->(), c.source, c.format_in, product(c.rows, c.channels), operands_,
                             layer, work.start);
  run_rows(softmax, softmax_row, c.channels, work);
  work.results = write_results(c.destination, c.format_out, layer, work.start);
  return work;
}

VectorUnit::Work VectorUnit::run(const LookupCommand& c, int layer) {
  Work work;
  std::vector<int32_t> table(static_cast<size_t>(c.entries));
  work.start = read_constants(c.table, table, layer);
  const auto count = static_cast<size_t>(c.elements);
  work.operands = read_codes(*activations.operator->(), c.source, c.format_in, count, operands_, layer, work.start);
  results_.resize(count);
  for (size_t i = 0; i < count; ++i) results_[i] = table.at(c.format_in.raw(operands_[i]));
  work.results = write_results(c.destination, c.format_out, layer, work.start);
  work.operations = c.elements;
  return work;
}

}  // namespace tram
