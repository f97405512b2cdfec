#include "program_interpreter.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include "models/quant/accumulator.hpp"
#include "sim/mapping/im2col_addresses.hpp"

namespace tram::test {
namespace {

class Store {
 public:
  explicit Store(int64_t bytes) : bytes_(static_cast<size_t>(bytes)) {}
  uint8_t* at(uint64_t first, uint64_t count) {
    if (first > bytes_.size() || count > bytes_.size() - first) throw std::out_of_range("beyond a memory");
    return bytes_.data() + first;
  }
  template <typename T>
  std::vector<T> get(uint64_t first, int64_t count) {
    std::vector<T> values(static_cast<size_t>(count));
    std::memcpy(values.data(), at(first, values.size() * sizeof(T)), values.size() * sizeof(T));
    return values;
  }
  template <typename T>
  void put(uint64_t first, const std::vector<T>& values) {
    std::memcpy(at(first, values.size() * sizeof(T)), values.data(), values.size() * sizeof(T));
  }

 private:
  std::vector<uint8_t> bytes_;
};

/// The memories and what each command does to them.
struct Interpreter {
  std::span<const TruthTable> tables;  ///< by circuit
  Store dram;
  std::array<Store, kMemories> memories;
  bool in = false;  ///< direction of a DmaCommand
  int64_t products = 0;

  Store& memory(Memory which) { return memories[static_cast<size_t>(which)]; }

  void operator()(const DmaCommand& c) {
    for (uint64_t row = 0; row < c.rows; ++row) {
      uint8_t* far = dram.at(c.dram + row * c.dram_stride, c.row_bytes);
      uint8_t* near = memory(c.memory).at(c.local + row * c.local_stride, c.row_bytes);
      std::memcpy(in ? near : far, in ? far : near, c.row_bytes);
    }
  }

  /// Code of column n, tap k.
  uint8_t stationary(const StationaryBlock& block, int64_t n, int64_t k) {
    const int64_t row = block.transposed ? n : k, byte = block.transposed ? k : n;
    return *memory(block.memory).at(block.offset + static_cast<uint64_t>(row * block.pitch + byte), 1);
  }

  void operator()(const FoldCommand& c) {
    std::vector<uint8_t> taps(static_cast<size_t>(c.m() * c.rows), c.zero);
    for_each_run(c, [&](int32_t m, int32_t row, uint32_t address, int32_t count) {
      std::memcpy(&taps[static_cast<size_t>(m * c.rows + row)],
                  memory(Memory::activations).at(address, static_cast<uint64_t>(count)), static_cast<size_t>(count));
    });
    const int64_t results = int64_t{c.m()} * c.columns;
    auto sums = memory(Memory::outputs).get<int32_t>(c.outputs, results + c.m());
    if (!c.accumulate) sums.assign(sums.size(), 0);
    for (int64_t m = 0; m < c.m(); ++m)
      for (int64_t r = 0; r < c.rows; ++r) {
        const uint8_t x = taps[static_cast<size_t>(m * c.rows + r)];
        sums[static_cast<size_t>(results + m)] += c.operands().value(x);
        for (int64_t n = 0; n < c.columns; ++n, ++products) {
          const uint8_t w = stationary(c.weights, n, r);
          sums[static_cast<size_t>(m * c.columns + n)] += tables[c.multiplier].at(w, x);
        }
      }
    memory(Memory::outputs).put(c.outputs, sums);
  }

  void operator()(const ColumnParametersCommand& c) {
    const CodeFormat format = c.operands;
    auto channels = memory(Memory::weights).get<ChannelParameters>(c.parameters, c.columns);
    for (int32_t n = 0; n < c.columns; ++n) {
      ChannelParameters& channel = channels[static_cast<size_t>(n)];
      const MatmulParameters& p = c.matmul;
      int32_t constant = c.accumulate ? channel.constant : p.bias + p.inner * p.a_zero * p.b_zero;
      for (int32_t k = 0; k < c.taps; ++k) constant -= p.a_zero * format.value(stationary(c.weights, n, k));
      channel = {constant, p.b_zero, p.requantise.multiplier, p.requantise.shift};
    }
    memory(Memory::weights).put(c.parameters, channels);
  }

  void operator()(const RequantiseCommand& c) {
    const auto channels = memory(Memory::weights).get<ChannelParameters>(c.parameters, c.columns);
    const int64_t results = int64_t{c.m} * c.columns;
    auto sums = memory(Memory::outputs).get<int32_t>(c.outputs, results + c.m);
    std::vector<int32_t> codes;
    for (size_t i = 0; i < static_cast<size_t>(results); ++i) {
      const ChannelParameters& n = channels[i % channels.size()];
      const int32_t sum_x = sums[static_cast<size_t>(results) + i / channels.size()];
      sums[i] = accumulator(sums[i], sum_x, n.weight_zero, n.constant);
      if (!c.logits)
        codes.push_back(saturate(requantise(sums[i], {n.multiplier, n.shift}), c.zero, c.clamp_low, c.clamp_high));
    }
    sums.resize(static_cast<size_t>(results));
    if (c.logits) memory(c.destination.memory).put(c.destination.offset, sums);
    else put_codes(c.destination, c.format, codes, c.columns);
  }

  std::vector<int32_t> codes(uint32_t first, CodeFormat format, int64_t count) {
    std::vector<int32_t> values(static_cast<size_t>(count));
    load_codes(format, memory(Memory::activations).get<uint8_t>(first, count * format.bytes()), values);
    return values;
  }
  void put_codes(const Destination& to, CodeFormat format, const std::vector<int32_t>& values, int64_t columns) {
    const int64_t row_bytes = columns * format.bytes();
    for (int64_t row = 0; row * columns < static_cast<int64_t>(values.size()); ++row) {
      std::vector<uint8_t> bytes(static_cast<size_t>(row_bytes));
      store_codes(format, std::span(values).subspan(static_cast<size_t>(row * columns), static_cast<size_t>(columns)),
                  bytes);
      memory(to.memory).put(to.offset + static_cast<uint64_t>(row) * to.pitch, bytes);
    }
  }

  void operator()(const CopyCommand& c) {
    for (uint64_t row = 0; row < c.rows; ++row)
      std::memcpy(memory(Memory::activations).at(c.to + row * c.to_stride, c.row_bytes),
                  memory(Memory::activations).at(c.from + row * c.from_stride, c.row_bytes), c.row_bytes);
  }

  void operator()(const VectorCommand& c) {
    const VectorExtent size = extent(c.parameters);
    std::array<std::vector<int32_t>, 2> inputs;
    for (size_t i = 0; i < size.inputs; ++i) inputs[i] = codes(c.inputs[i], c.formats_in[i], size.input);
    const auto constants = memory(Memory::weights).get<int32_t>(c.constants, size.constants);
    std::vector<int32_t> result(static_cast<size_t>(size.output));
    compute(c.parameters, {{inputs[0], inputs[1]}, constants}, result);
    put_codes(c.destination, c.format_out, result, size.output);
  }
};

}  // namespace

Interpretation interpret(const Program& program, const Limits& limits, std::span<const TruthTable> tables,
                         std::span<const uint8_t> image, size_t logits, std::mt19937& random) {
  Interpreter machine{
      tables, Store(limits.dram), {Store(limits.weights), Store(limits.activations), Store(limits.outputs)}};
  for (const Preload& preload : program.preloads) machine.dram.put(preload.address, preload.bytes);
  machine.dram.put(program.map.tensors.front(), std::vector<uint8_t>(image.begin(), image.end()));

  machine.in = true;
  for (const Command& command : program.loading) std::visit(machine, command.body);

  std::array<std::vector<const Command*>, kUnits> commands;
  for (const Command& command : program.commands) commands[static_cast<size_t>(command.unit)].push_back(&command);
  Progress done;
  while (!(done == program.complete)) {
    std::vector<const Command*> ready;
    for (size_t u = 0; u < kUnits; ++u) {
      const size_t next = done.completed[u];
      if (next < commands[u].size() && done.reached(commands[u][next]->wait)) ready.push_back(commands[u][next]);
    }
    if (ready.empty()) throw std::runtime_error("no unit can go on");
    const Command& command = *ready[random() % ready.size()];
    machine.in = command.unit == Unit::dma_in;
    std::visit(machine, command.body);
    ++done[command.unit];
  }
  return {machine.dram.get<int32_t>(program.map.logits, static_cast<int64_t>(logits)), machine.products};
}

}  // namespace tram::test
