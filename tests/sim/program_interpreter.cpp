#include "program_interpreter.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

#include "models/quant/vector_ops.hpp"
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
  const TruthTable& table;
  Store dram;
  std::array<Store, kMemories> memories;
  bool in = false;          ///< direction of a DmaCommand
  int64_t products = 0;

  Store& memory(Memory which) { return memories[static_cast<size_t>(which)]; }

  void operator()(const DmaCommand& c) {
    for (uint64_t row = 0; row < c.rows; ++row) {
      uint8_t* far = dram.at(c.dram + row * c.dram_stride, c.row_bytes);
      uint8_t* near = memory(c.memory).at(c.local + row * c.local_stride, c.row_bytes);
      std::memcpy(in ? near : far, in ? far : near, c.row_bytes);
    }
  }

  void operator()(const FoldCommand& c) {
    const auto weights = memory(Memory::weights).get<uint8_t>(c.weights, int64_t{c.rows} * c.columns);
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
        sums[static_cast<size_t>(results + m)] += x;
        for (int64_t n = 0; n < c.columns; ++n, ++products)
          sums[static_cast<size_t>(m * c.columns + n)] += table.at(weights[static_cast<size_t>(r * c.columns + n)], x);
      }
    memory(Memory::outputs).put(c.outputs, sums);
  }

  void operator()(const RequantiseCommand& c) {
    const auto channels = memory(Memory::weights).get<ChannelParameters>(c.parameters, c.columns);
    const int64_t results = int64_t{c.m} * c.columns;
    auto sums = memory(Memory::outputs).get<int32_t>(c.outputs, results + c.m);
    std::vector<uint8_t> codes;
    for (size_t i = 0; i < static_cast<size_t>(results); ++i) {
      const ChannelParameters& n = channels[i % channels.size()];
      const int32_t sum_x = sums[static_cast<size_t>(results) + i / channels.size()];
      sums[i] = accumulator(sums[i], sum_x, n.weight_zero, n.constant);
      if (!c.logits)
        codes.push_back(saturate(requantise(sums[i], {n.multiplier, n.shift}), c.zero, c.clamp_low, c.clamp_high));
    }
    sums.resize(static_cast<size_t>(results));
    if (c.logits) memory(Memory::outputs).put(c.outputs, sums);
    else memory(Memory::outputs).put(c.outputs, codes);
  }

  void operator()(const AddCommand& c) {
    const auto a = memory(Memory::activations).get<uint8_t>(c.a, c.elements);
    const auto b = memory(Memory::activations).get<uint8_t>(c.b, c.elements);
    const AddLayer layer{"", {}, c.zero_a, c.zero_b, c.zero_out, c.multiplier_a, c.multiplier_b, c.shift, c.clamp_low,
                         c.clamp_high};
    std::vector<uint8_t> codes;
    for (size_t i = 0; i < a.size(); ++i) codes.push_back(add_code(layer, a[i], b[i]));
    memory(Memory::outputs).put(c.destination, codes);
  }

  void operator()(const AveragePoolCommand& c) {
    const auto codes = memory(Memory::activations).get<uint8_t>(c.source, int64_t{c.positions} * c.channels);
    const AveragePoolLayer layer{"", {c.positions, 1, c.channels}, {1, 1, c.channels}, c.zero_in, c.zero_out,
                                 {c.multiplier, c.shift}, c.clamp_low, c.clamp_high};
    std::vector<uint8_t> means;
    for (int32_t channel = 0; channel < c.channels; ++channel) {
      int32_t sum = 0;
      for (int32_t p = 0; p < c.positions; ++p) sum += codes[static_cast<size_t>(p * c.channels + channel)];
      means.push_back(average_code(layer, sum));
    }
    memory(Memory::outputs).put(c.destination, means);
  }

  void operator()(const SubsampleCommand& c) {
    const auto source =
        memory(Memory::activations).get<uint8_t>(c.source, int64_t{c.in_rows} * c.in_width * c.in_channels);
    std::vector<uint8_t> codes;
    for (int32_t row = 0; row < c.out_rows; ++row)
      for (int32_t column = 0; column < c.out_width; ++column)
        for (int32_t channel = 0; channel < c.out_channels; ++channel) {
          const int32_t from = channel - c.pad_before;
          const bool padded = from < 0 || from >= c.in_channels;
          const int32_t pixel = row * c.stride * c.in_width + column * c.stride;
          codes.push_back(padded ? static_cast<uint8_t>(c.zero)
                                 : source[static_cast<size_t>(pixel * c.in_channels + from)]);
        }
    memory(Memory::outputs).put(c.destination, codes);
  }
};

}  // namespace

Interpretation interpret(const Program& program, const Limits& limits, const TruthTable& table,
                         std::span<const uint8_t> image, size_t logits, std::mt19937& random) {
  Interpreter machine{table, Store(limits.dram),
                      {Store(limits.weights), Store(limits.activations), Store(limits.outputs)}};
  for (const Preload& preload : program.preloads) machine.dram.put(preload.address, preload.bytes);
  machine.dram.put(program.map.tensors.front(), std::vector<uint8_t>(image.begin(), image.end()));

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
