#include "sim/components/systolic_array.hpp"

#include <algorithm>

#include "sim/engines/gated_clocks.hpp"
#include "sim/mapping/im2col_addresses.hpp"

namespace tram {
namespace {

FoldTimer::Parameters timing_of(const Scenario& scenario) {
  return {.rows = scenario.array.rows,
          .columns = scenario.array.columns,
          .weight_port = scenario.weights.port_bytes,
          .activation_port = scenario.activations.port_bytes,
          .hidden = scenario.array.weight_load == WeightLoading::hidden,
          .block_rows = GatedClocks::block_rows};
}

}  // namespace

SystolicArray::SystolicArray(sc_core::sc_module_name name, const Clock& clock, const Scenario& scenario,
                             std::span<Engine* const> engines, Meter& meter)
    : CommandUnit(name, Unit::array, clock, scenario.host.queue_commands), weights("weights"),
      activations("activations"), outputs("outputs"), timer_(timing_of(scenario)),
      operand_latency_(std::max(scenario.weights.latency_cycles, scenario.activations.latency_cycles)),
      engines_(engines.begin(), engines.end()), meter_(meter), transactor_(this->name()) {}

void SystolicArray::trace(VcdRecorder& recorder, const std::string& scope) {
  state_.attach_idle(recorder, scope, "state", 2);
  fold_.attach(recorder, scope, "fold", 32);
}

void SystolicArray::execute(const Command& command, uint64_t ready) {
  const auto& fold = std::get<FoldCommand>(command.body);
  const FoldTime time = timer_.add(static_cast<int64_t>(ready) + operand_latency_, fold.rows, fold.columns, fold.m());
  Engine& engine = *engines_.at(fold.multiplier);
  read_operands(fold, command.layer, time);
  compute(engine, fold, command.layer, time);
  accumulate(fold, command.layer, time);
  account(engine, command.layer, time);
  end_ = time.end;
  done(command, static_cast<uint64_t>(time.end) + kPipelineCycles);
  wait_until(static_cast<uint64_t>(timer_.next_load()));
}

void SystolicArray::read_operands(const FoldCommand& fold, int layer, const FoldTime& time) {
  weight_block_.resize(static_cast<size_t>(fold.rows) * static_cast<size_t>(fold.columns));
  transactor_.read(*weights.operator->(), fold.weights, weight_block_.data(), weight_block_.size(), layer,
                   until(time.start));
  if (fold.transposed) transpose_weights(fold);
  taps_.assign(static_cast<size_t>(fold.m()) * static_cast<size_t>(fold.rows), fold.zero);
  const int64_t stream_cycles = time.stream_end - time.stream;
  for_each_run(fold, [&](int32_t m, int32_t row, uint32_t address, int32_t count) {
    uint8_t* tap = &taps_[static_cast<size_t>(m) * static_cast<size_t>(fold.rows) + static_cast<size_t>(row)];
    transactor_.read(*activations.operator->(), address, tap, static_cast<size_t>(count), layer,
                     until(time.stream + m * stream_cycles / fold.m()));
  });
}

void SystolicArray::transpose_weights(const FoldCommand& fold) {
  const std::vector<uint8_t> block = weight_block_;
  const auto rows = static_cast<size_t>(fold.rows), columns = static_cast<size_t>(fold.columns);
  for (size_t column = 0; column < columns; ++column)
    for (size_t row = 0; row < rows; ++row) weight_block_[row * columns + column] = block[column * rows + row];
}

void SystolicArray::compute(Engine& engine, const FoldCommand& fold, int layer, const FoldTime& time) {
  const auto m = static_cast<size_t>(fold.m());
  const size_t products = m * static_cast<size_t>(fold.columns);
  sums_.resize(products + m);
  engine.run({.rows = fold.rows,
              .columns = fold.columns,
              .m = fold.m(),
              .weights = weight_block_,
              .activations = taps_,
              .products = std::span(sums_).first(products),
              .activation_sums = std::span(sums_).last(m),
              .start_cycle = static_cast<uint64_t>(time.start),
              .layer = layer,
              .wait = time.wait,
              .cycles = time.end - std::max(time.start, end_)});
  if (fold.is_signed) sign_activation_sums(fold);
}

/// Engines sum raw codes; a negative one counts 2^bits less.
void SystolicArray::sign_activation_sums(const FoldCommand& fold) {
  const auto rows = static_cast<size_t>(fold.rows), m = static_cast<size_t>(fold.m());
  for (size_t i = 0; i < m; ++i)
    for (size_t row = 0; row < rows; ++row)
      if (fold.operands().value(taps_[i * rows + row]) < 0) sums_[sums_.size() - m + i] -= 1 << fold.bits;
}

/// The sums leave the array in the last cycles of the fold, as many as the stream has.
void SystolicArray::accumulate(const FoldCommand& fold, int layer, const FoldTime& time) {
  const sc_core::sc_time first = until(time.end - (time.stream_end - time.stream));
  const size_t bytes = sums_.size() * sizeof(int32_t);
  if (fold.accumulate) {
    gathered_.resize(sums_.size());
    transactor_.read(*outputs.operator->(), fold.outputs, gathered_.data(), bytes, layer, first);
    for (size_t i = 0; i < sums_.size(); ++i) sums_[i] += gathered_[i];
  }
  transactor_.write(*outputs.operator->(), fold.outputs, sums_.data(), bytes, layer, first);
}

/// Cycles in which folds overlap count for the first of them.
void SystolicArray::account(Engine& engine, int layer, const FoldTime& time) {
  const auto start = static_cast<uint64_t>(std::max(time.start, end_)), end = static_cast<uint64_t>(time.end);
  const ArrayEnergy energy = engine.take_energy();
  meter_.energy(&EnergyBreakdown::multiplier, layer, start, end, energy.multiplier);
  meter_.energy(&EnergyBreakdown::adder, layer, start, end, energy.adder);
  meter_.energy(&EnergyBreakdown::registers, layer, start, end, energy.registers);
  meter_.energy(&EnergyBreakdown::clock, layer, start, end, energy.clock);
  meter_.fold(layer, start, end);

  fold_.set(start, folds_++);
  const int64_t first = std::max(time.start, end_);
  state_.set(start, first < time.stream ? 1 : first < time.stream_end ? 2 : 3);
  state_.set(static_cast<uint64_t>(time.stream), 2);
  state_.set(static_cast<uint64_t>(time.stream_end), 3);
  state_.set(end, 0);
}

}  // namespace tram
