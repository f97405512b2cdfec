#include "sim/components/vector_unit.hpp"

#include <algorithm>
#include <stdexcept>
#include <type_traits>

#include "models/quant/accumulator.hpp"
#include "models/quant/column_requantiser.hpp"

namespace tram {

VectorUnit::VectorUnit(sc_core::sc_module_name name, const Clock& clock, const Scenario::Vector& parameters,
                       int queue_commands, Meter& meter)
    : CommandUnit(name, Unit::vector, clock, queue_commands), weights("weights"), activations("activations"),
      results("results"), outputs("outputs"), parameters_(parameters), meter_(meter), transactor_(this->name()) {}

void VectorUnit::execute(const Command& command, uint64_t) {
  const int layer = command.layer;
  const Work work = std::visit(
      [&](const auto& body) -> Work {
        if constexpr (requires { run(body, layer); }) return run(body, layer);
        throw std::logic_error("the vector unit got a command of another unit");
      },
      command.body);
  const int64_t cycles = (work.operations + parameters_.lanes - 1) / parameters_.lanes;
  const sc_core::sc_time computed = work.start + clock().cycles(static_cast<uint64_t>(cycles + work.exposed_cycles));
  const uint64_t start = clock().now();
  const uint64_t end = clock().cycle(sc_core::sc_time_stamp() + std::max({work.operands, computed, work.results})) +
                       static_cast<uint64_t>(parameters_.latency_cycles);
  meter_.energy(&EnergyBreakdown::vector_unit, layer, start, end,
                static_cast<double>(work.operations) * parameters_.energy_per_operation);
  busy_.pulse(start, end);
  meter_.active(MachineActivity::vector, start, end);
  wait_until(end);
  done(command, end);
}

sc_core::sc_time VectorUnit::read_codes(tlm::tlm_fw_transport_if<>& memory, const TransactionPlace& place,
                                        CodeFormat format, size_t count, std::vector<int32_t>& values, int layer,
                                        sc_core::sc_time delay) {
  bytes_.resize(count * static_cast<size_t>(format.bytes()));
  values.resize(count);
  TransactionPlace packed = place;
  packed.code_bits = format.bits;
  delay = transactor_.read(memory, packed, bytes_.data(), bytes_.size(), layer, delay);
  load_codes(format, bytes_, values);
  return delay;
}

template <typename T>
sc_core::sc_time VectorUnit::read_constants(uint32_t offset, std::vector<T>& values, int layer) {
  return transactor_.read(*weights.operator->(), offset, values.data(), values.size() * sizeof(T), layer);
}

sc_core::sc_time VectorUnit::write_results(const Destination& to, CodeFormat format, size_t columns, int layer,
                                           sc_core::sc_time delay) {
  bytes_.resize(results_.size() * static_cast<size_t>(format.bytes()));
  store_codes(format, results_, bytes_);
  return transactor_.write(memory_of(to),
                           {to.offset, columns * static_cast<size_t>(format.bytes()), to.pitch, format.bits},
                           bytes_.data(), bytes_.size(), layer, delay);
}

VectorUnit::Work VectorUnit::run(const RequantiseCommand& c, int layer) {
  Work work;
  std::vector<ChannelParameters> channels(static_cast<size_t>(c.columns));
  work.start = read_constants(c.parameters, channels, layer);
  const auto m = static_cast<size_t>(c.m), columns = channels.size();
  results_.resize(m * columns);
  sums_.assign(results_.size() + m, 0);
  work.operands =
      transactor_.read(*outputs.operator->(), c.outputs, sums_.data(),
                       (results_.size() + (c.sums_activations ? m : 0)) * sizeof(int32_t), layer, work.start);
  ColumnRequantiser requantiser{.output_zero = c.zero, .clamp_low = c.clamp_low, .clamp_high = c.clamp_high};
  for (const ChannelParameters& channel : channels)
    requantiser.add(channel.constant, channel.weight_zero, {channel.multiplier, channel.shift});
  for (size_t row = 0; row < m; ++row) {
    const auto sums = std::span<const int32_t>(sums_).subspan(row * columns, columns);
    const auto row_results = std::span(results_).subspan(row * columns, columns);
    if (c.logits) requantiser.accumulators(sums, sums_[m * columns + row], row_results);
    else requantiser.codes(sums, sums_[m * columns + row], row_results);
  }
  work.results = c.logits ? transactor_.write(memory_of(c.destination), c.destination.offset, results_.data(),
                                              results_.size() * sizeof(int32_t), layer, work.start)
                          : write_results(c.destination, c.format, columns, layer, work.start);
  work.operations = static_cast<int64_t>(results_.size());
  return work;
}

VectorUnit::Work VectorUnit::run(const ColumnParametersCommand& c, int layer) {
  const auto columns = static_cast<size_t>(c.columns), taps = static_cast<size_t>(c.taps);
  sums_.assign(columns, 0);
  std::vector<ChannelParameters> channels(columns);
  Work work;
  if (c.accumulate) work.start = read_constants(c.parameters, channels, layer);
  work.operands = work.start;
  auto& memory = c.weights.memory == Memory::weights ? *weights.operator->() : *activations.operator->();
  const size_t row_codes = c.weights.transposed ? taps : columns;
  if (taps > 0)
    work.operands = read_codes(memory, {c.weights.offset, row_codes, c.weights.pitch}, c.operands, taps * columns,
                               operands_[0], layer, work.start);
  for (size_t i = 0; i < taps * columns; ++i) sums_[c.weights.transposed ? i / taps : i % columns] += operands_[0][i];
  for (size_t i = 0; i < columns; ++i)
    channels[i] = {.constant = c.accumulate ? channels[i].constant - c.matmul.a_zero * sums_[i]
                                            : matmul_constant(c.matmul, sums_[i]),
                   .weight_zero = c.matmul.b_zero,
                   .multiplier = c.matmul.requantise.multiplier,
                   .shift = c.matmul.requantise.shift};
  work.results = transactor_.write(*weights.operator->(), c.parameters, channels.data(),
                                   columns * sizeof(ChannelParameters), layer, work.operands);
  work.operations = static_cast<int64_t>((taps + 1) * columns);
  return work;
}

VectorUnit::Work VectorUnit::run(const VectorCommand& c, int layer) {
  const VectorExtent size = extent(c.parameters);
  Work work;
  constants_.resize(static_cast<size_t>(size.constants));
  if (size.constants > 0) work.start = read_constants(c.constants, constants_, layer);
  work.operands = work.start;
  for (size_t i = 0; i < size.inputs; ++i)
    work.operands = read_codes(*activations.operator->(), c.inputs[i], c.formats_in[i], static_cast<size_t>(size.input),
                               operands_[i], layer, work.operands);
  results_.resize(static_cast<size_t>(size.output));
  compute(c.parameters, {{operands_[0], operands_[1]}, constants_}, results_);
  work.results = write_results(c.destination, c.format_out, 0, layer, work.start);
  work.operations = size.operations;
  work.exposed_cycles = size.exposed_cycles;
  return work;
}

VectorUnit::Work VectorUnit::run(const CopyCommand& c, int layer) {
  Work work;
  bytes_.resize(size_t{c.rows} * c.row_bytes);
  work.operands = transactor_.read(*activations.operator->(), {c.from, c.row_bytes, c.from_stride, c.code_bits},
                                   bytes_.data(), bytes_.size(), layer);
  work.results = transactor_.write(*results.operator->(), {c.to, c.row_bytes, c.to_stride, c.code_bits}, bytes_.data(),
                                   bytes_.size(), layer);
  return work;
}

}  // namespace tram
