#include "sim/components/systolic_array.hpp"

#include <algorithm>

#include "sim/engines/gated_clocks.hpp"
#include "sim/mapping/im2col_addresses.hpp"

namespace tram {
namespace {

FoldTimer::Parameters timing_of(const Scenario& scenario) {
  const bool holds_activations = scenario.array.holds_activations();
  return {.rows = scenario.array.rows,
          .columns = scenario.array.columns,
          .held_port = (holds_activations ? scenario.activations : scenario.weights).port_bytes,
          .stream_port = (holds_activations ? scenario.weights : scenario.activations).port_bytes,
          .hidden = scenario.array.weight_load == WeightLoading::hidden,
          .block_rows = GatedClocks::block_rows};
}

/// B of so many codes.
int packed(int codes, int bits) { return static_cast<int>(packed_bytes(static_cast<uint64_t>(codes), bits)); }

/// to [columns][rows] of from [rows][columns].
template <typename T>
void transpose(std::span<const T> from, size_t rows, size_t columns, std::span<T> to) {
  for (size_t row = 0; row < rows; ++row)
    for (size_t column = 0; column < columns; ++column) to[column * rows + row] = from[row * columns + column];
}

}  // namespace

SystolicArray::SystolicArray(sc_core::sc_module_name name, const Clock& clock, const Scenario& scenario,
                             std::span<Engine* const> engines, Meter& meter)
    : CommandUnit(name, Unit::array, clock, scenario.host.queue_commands), weights("weights"),
      activations("activations"), stationary("stationary"), outputs("outputs"), timer_(timing_of(scenario)),
      operand_latency_(std::max(scenario.weights.latency_cycles, scenario.activations.latency_cycles)),
      engines_(engines.begin(), engines.end()), meter_(meter), transactor_(this->name()) {}

void SystolicArray::trace(VcdRecorder& recorder, const std::string& scope) {
  state_.attach_idle(recorder, scope, "state", 2);
  fold_.attach(recorder, scope, "fold", 32);
}

void SystolicArray::execute(const Command& command, uint64_t ready) {
  const auto& fold = std::get<FoldCommand>(command.body);
  const int64_t start = static_cast<int64_t>(ready) + operand_latency_;
  const FoldTime time =
      fold.holds_activations
          ? timer_.add(start, packed(fold.rows, fold.weights.code_bits), packed(fold.m(), fold.bits), fold.columns)
          : timer_.add(start, packed(fold.rows, fold.bits), packed(fold.columns, fold.weights.code_bits), fold.m());
  Engine& engine = *engines_.at(fold.multiplier);
  read_operands(fold, command.layer, time);
  compute(engine, fold, command.layer, time);
  accumulate(engine, fold, command.layer, time);
  account(engine, command.layer, time);
  end_ = time.end;
  done(command, static_cast<uint64_t>(time.end) + kPipelineCycles);
  wait_until(static_cast<uint64_t>(timer_.next_load()));
}

void SystolicArray::read_weights(const FoldCommand& fold, int layer, const FoldTime& time) {
  const StationaryBlock& block = fold.weights;
  weight_block_.resize(static_cast<size_t>(fold.rows) * static_cast<size_t>(fold.columns));
  auto& memory = block.memory == Memory::weights ? *weights.operator->() : *stationary.operator->();
  const auto row_bytes = static_cast<uint64_t>(block.transposed ? fold.rows : fold.columns);
  transactor_.read(memory, {block.offset, row_bytes, block.pitch, block.code_bits}, weight_block_.data(),
                   weight_block_.size(), layer, until(fold.holds_activations ? time.stream : time.start));
  if (!block.transposed) return;
  const std::vector<uint8_t> as_it_lies = weight_block_;
  transpose<uint8_t>(as_it_lies, static_cast<size_t>(fold.columns), static_cast<size_t>(fold.rows), weight_block_);
}

void SystolicArray::read_operands(const FoldCommand& fold, int layer, const FoldTime& time) {
  read_weights(fold, layer, time);
  taps_.assign(static_cast<size_t>(fold.m()) * static_cast<size_t>(fold.rows), fold.zero);
  const int64_t first = fold.holds_activations ? time.start : time.stream;
  const int64_t cycles = fold.holds_activations ? time.stream - time.wait - time.start : time.stream_end - time.stream;
  for_each_run(fold, [&](int32_t m, int32_t row, uint32_t address, int32_t count) {
    uint8_t* tap = &taps_[static_cast<size_t>(m) * static_cast<size_t>(fold.rows) + static_cast<size_t>(row)];
    transactor_.read(*activations.operator->(), {address, fold.bits}, tap, static_cast<size_t>(count), layer,
                     until(first + m * cycles / fold.m()));
  });
}

void SystolicArray::run(Engine& engine, const FoldCommand& fold, int layer, const FoldTime& time,
                        const EngineOperands& operands) {
  const size_t products = static_cast<size_t>(operands.vectors) * static_cast<size_t>(operands.columns);
  engine.run({.rows = fold.rows,
              .columns = operands.columns,
              .m = operands.vectors,
              .weights = operands.held,
              .activations = operands.stream,
              .products = operands.sums.first(products),
              .activation_sums = operands.sums.subspan(products),
              .start_cycle = static_cast<uint64_t>(time.start),
              .layer = layer,
              .wait = time.wait,
              .cycles = time.end - std::max(time.start, end_)});
}

void SystolicArray::compute(Engine& engine, const FoldCommand& fold, int layer, const FoldTime& time) {
  const auto m = static_cast<size_t>(fold.m());
  sums_.resize(m * static_cast<size_t>(fold.columns) + m);
  if (fold.holds_activations) return compute_exchanged(engine, fold, layer, time);
  run(engine, fold, layer, time, {fold.columns, fold.m(), weight_block_, taps_, sums_});
  if (fold.is_signed) sign_activation_sums(fold);
}

/// The same with the operands' roles exchanged: positions are the columns of the array, channels the vectors.
void SystolicArray::compute_exchanged(Engine& engine, const FoldCommand& fold, int layer, const FoldTime& time) {
  const auto m = static_cast<size_t>(fold.m()), rows = static_cast<size_t>(fold.rows);
  const auto channels = static_cast<size_t>(fold.columns);
  held_.resize(taps_.size());
  transpose<uint8_t>(taps_, m, rows, held_);
  stream_.resize(weight_block_.size());
  transpose<uint8_t>(weight_block_, rows, channels, stream_);
  exchanged_.resize(m * channels + channels);
  run(engine, fold, layer, time, {fold.m(), fold.columns, held_, stream_, exchanged_});
  transpose<int32_t>(std::span(exchanged_).first(m * channels), channels, m, std::span(sums_).first(m * channels));
  for (size_t i = 0; i < m; ++i) {
    int32_t sum = 0;
    for (size_t row = 0; row < rows; ++row) sum += fold.operands().value(taps_[i * rows + row]);
    sums_[m * channels + i] = sum;
  }
}

/// Engines sum raw codes; a negative one counts 2^bits less.
void SystolicArray::sign_activation_sums(const FoldCommand& fold) {
  const auto rows = static_cast<size_t>(fold.rows), m = static_cast<size_t>(fold.m());
  for (size_t i = 0; i < m; ++i)
    for (size_t row = 0; row < rows; ++row)
      if (fold.operands().value(taps_[i * rows + row]) < 0) sums_[sums_.size() - m + i] -= 1 << fold.bits;
}

EdgeFold SystolicArray::edge_fold(const FoldCommand& fold, const FoldTime& time) const {
  const auto m = static_cast<size_t>(fold.m()), channels = static_cast<size_t>(fold.columns);
  const bool exchanged = fold.holds_activations;
  EdgeFold result{.rows = fold.rows,
                  .columns = exchanged ? fold.m() : fold.columns,
                  .vectors = exchanged ? fold.columns : fold.m(),
                  .cycles = time.end - std::max(time.start, end_),
                  .sums = std::span(sums_).first(m * channels),
                  .vector_stride = exchanged ? 1 : channels,
                  .column_stride = exchanged ? channels : 1,
                  .format = fold.operands()};
  if (fold.accumulate) result.stored = std::span(gathered_).first(m * channels);
  if (!fold.sums_activations) return result;
  result.activations = taps_;
  result.activation_sums = std::span(sums_).last(m);
  if (fold.accumulate) result.stored_sums = std::span(gathered_).last(m);
  return result;
}

/// The sums leave the array in the last cycles of the fold, as many as the stream has.
void SystolicArray::accumulate(Engine& engine, const FoldCommand& fold, int layer, const FoldTime& time) {
  const sc_core::sc_time first = until(time.end - (time.stream_end - time.stream));
  if (!fold.sums_activations) sums_.resize(sums_.size() - static_cast<size_t>(fold.m()));
  const size_t bytes = sums_.size() * sizeof(int32_t);
  gathered_.resize(fold.accumulate ? sums_.size() : 0);
  if (fold.accumulate) transactor_.read(*outputs.operator->(), fold.outputs, gathered_.data(), bytes, layer, first);
  if (Edge* edge = engine.edge()) edge->add(edge_fold(fold, time));
  for (size_t i = 0; i < gathered_.size(); ++i) sums_[i] += gathered_[i];
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
  if (Edge* edge = engine.edge()) meter_.energy(&EnergyBreakdown::accumulators, layer, start, end, edge->take_energy());
  meter_.fold(layer, start, end);
  meter_.active(MachineActivity::weight_load, start, static_cast<uint64_t>(time.stream));
  meter_.active(MachineActivity::stream, static_cast<uint64_t>(time.stream), static_cast<uint64_t>(time.stream_end));
  meter_.active(MachineActivity::drain, static_cast<uint64_t>(time.stream_end), end);

  fold_.set(start, folds_++);
  const int64_t first = std::max(time.start, end_);
  state_.set(start, first < time.stream ? 1 : first < time.stream_end ? 2 : 3);
  state_.set(static_cast<uint64_t>(time.stream), 2);
  state_.set(static_cast<uint64_t>(time.stream_end), 3);
  state_.set(end, 0);
}

}  // namespace tram
