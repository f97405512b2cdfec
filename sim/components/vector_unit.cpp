#include "sim/components/vector_unit.hpp"

#include <algorithm>
#include <stdexcept>
#include <type_traits>

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
  const sc_core::sc_time computed = work.start + clock().cycles(static_cast<uint64_t>(cycles));
  const uint64_t start = clock().now();
  const uint64_t end = clock().cycle(sc_core::sc_time_stamp() + std::max({work.operands, computed, work.results})) +
                       static_cast<uint64_t>(parameters_.latency_cycles);
  meter_.energy(&EnergyBreakdown::vector_unit, layer, start, end,
                static_cast<double>(work.operations) * parameters_.energy_per_operation);
  busy_.pulse(start, end);
  wait_until(end);
  done(command, end);
}

VectorUnit::Work VectorUnit::run(const RequantiseCommand& c, int layer) {
  Work work;
  std::vector<ChannelParameters> channels(static_cast<size_t>(c.columns));
  work.start = transactor_.read(*weights.operator->(), c.parameters, channels.data(),
                                channels.size() * sizeof(ChannelParameters), layer);
  const auto m = static_cast<size_t>(c.m);
  const size_t results = product(c.m, c.columns);
  sums_.resize(results + m);
  work.operands = transactor_.read(*outputs.operator->(), c.outputs, sums_.data(), sums_.size() * sizeof(int32_t),
                                   layer, work.start);
  codes_.resize(results);
  for (size_t i = 0; i < results; ++i) {
    const ChannelParameters& channel = channels[i % channels.size()];
    const int32_t sum_x = sums_[results + i / channels.size()];
    sums_[i] = accumulator(sums_[i], sum_x, channel.weight_zero, channel.constant);
    const Requantiser requantiser{channel.multiplier, channel.shift};
    if (!c.logits) codes_[i] = saturate(requantise(sums_[i], requantiser), c.zero, c.clamp_low, c.clamp_high);
  }
  const void* data = c.logits ? static_cast<const void*>(sums_.data()) : codes_.data();
  work.results = transactor_.write(*outputs.operator->(), c.outputs, data, c.logits ? 4 * results : results, layer,
                                   work.start);
  work.operations = static_cast<int64_t>(results);
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
  operands_.resize(2 * count);
  codes_.resize(count);
  Work work;
  work.operands = transactor_.read(*activations.operator->(), c.a, operands_.data(), count, layer);
  work.operands = transactor_.read(*activations.operator->(), c.b, operands_.data() + count, count, layer,
                                   work.operands);
  for (size_t i = 0; i < count; ++i) codes_[i] = add_code(add, operands_[i], operands_[count + i]);
  work.results = transactor_.write(*outputs.operator->(), c.destination, codes_.data(), count, layer);
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
  const auto channels = static_cast<size_t>(c.channels);
  operands_.resize(product(c.positions, c.channels));
  Work work;
  work.operands = transactor_.read(*activations.operator->(), c.source, operands_.data(), operands_.size(), layer);
  sums_.assign(channels, 0);
  for (size_t i = 0; i < operands_.size(); ++i) sums_[i % channels] += operands_[i];
  codes_.resize(channels);
  for (size_t i = 0; i < channels; ++i) codes_[i] = average_code(pool, sums_[i]);
  work.results = transactor_.write(*outputs.operator->(), c.destination, codes_.data(), channels, layer);
  work.operations = static_cast<int64_t>(operands_.size());
  return work;
}

VectorUnit::Work VectorUnit::run(const SubsampleCommand& c, int layer) {
  SubsampleLayer subsample;
  subsample.in = {c.in_rows, c.in_width, c.in_channels};
  subsample.out = {c.out_rows, c.out_width, c.out_channels};
  subsample.stride = c.stride;
  subsample.pad_before = c.pad_before;
  subsample.zero = c.zero;
  operands_.resize(static_cast<size_t>(subsample.in.size()));
  Work work;
  work.operands = transactor_.read(*activations.operator->(), c.source, operands_.data(), operands_.size(), layer);
  codes_.clear();
  for (int row = 0; row < c.out_rows; ++row)
    for (int column = 0; column < c.out_width; ++column)
      for (int channel = 0; channel < c.out_channels; ++channel)
        codes_.push_back(subsample_code(subsample, operands_, row, column, channel));
  work.results = transactor_.write(*outputs.operator->(), c.destination, codes_.data(), codes_.size(), layer);
  work.operations = static_cast<int64_t>(codes_.size());
  return work;
}

}  // namespace tram
