#include "program_interpreter.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include "models/quant/vector_norm.hpp"
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
  std::span<const TruthTable> tables;   ///< by circuit
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
        sums[static_cast<size_t>(results + m)] += c.operands().value(x);
        for (int64_t n = 0; n < c.columns; ++n, ++products) {
          const uint8_t w = weights[static_cast<size_t>(c.transposed ? n * c.rows + r : r * c.columns + n)];
          sums[static_cast<size_t>(m * c.columns + n)] += tables[c.multiplier].at(w, x);
        }
      }
    memory(Memory::outputs).put(c.outputs, sums);
  }

  void operator()(const ColumnParametersCommand& c) {
    const CodeFormat format = c.operands;
    const auto b = memory(Memory::weights).get<uint8_t>(c.weights, int64_t{c.taps} * c.columns);
    auto channels = memory(Memory::weights).get<ChannelParameters>(c.parameters, c.columns);
    for (int32_t n = 0; n < c.columns; ++n) {
      ChannelParameters& channel = channels[static_cast<size_t>(n)];
      int32_t constant = c.accumulate ? channel.constant : c.bias + c.inner * c.a_zero * c.b_zero;
      for (int32_t k = 0; k < c.taps; ++k)
        constant -= c.a_zero * format.value(b[static_cast<size_t>(c.transposed ? n * c.taps + k : k * c.columns + n)]);
      channel = {constant, c.b_zero, c.multiplier, c.shift};
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
    if (c.logits) memory(Memory::outputs).put(c.outputs, sums);
    else put_codes(c.outputs, c.format, codes);
  }

  std::vector<int32_t> codes(uint32_t first, CodeFormat format, int64_t count) {
    std::vector<int32_t> values(static_cast<size_t>(count));
    load_codes(format, memory(Memory::activations).get<uint8_t>(first, count * format.bytes()), values);
    return values;
  }
  void put_codes(uint32_t first, CodeFormat format, const std::vector<int32_t>& values) {
    std::vector<uint8_t> bytes(values.size() * static_cast<size_t>(format.bytes()));
    store_codes(format, values, bytes);
    memory(Memory::outputs).put(first, bytes);
  }

  void operator()(const AddCommand& c) {
    const auto a = codes(c.a, c.format_a, c.elements), b = codes(c.b, c.format_b, c.elements);
    const AddLayer layer{"", {}, c.zero_a, c.zero_b, c.zero_out, c.multiplier_a, c.multiplier_b, c.shift, c.clamp_low,
                         c.clamp_high};
    std::vector<int32_t> sums;
    for (size_t i = 0; i < a.size(); ++i) sums.push_back(add_code(layer, a[i], b[i]));
    put_codes(c.destination, c.format_out, sums);
  }

  void operator()(const AveragePoolCommand& c) {
    const auto source = codes(c.source, c.format_in, int64_t{c.positions} * c.channels);
    const AveragePoolLayer layer{"", {c.positions, 1, c.channels}, {1, 1, c.channels}, c.zero_in, c.zero_out,
                                 {c.multiplier, c.shift}, c.clamp_low, c.clamp_high};
    std::vector<int32_t> means;
    for (int32_t channel = 0; channel < c.channels; ++channel) {
      int32_t sum = 0;
      for (int32_t p = 0; p < c.positions; ++p) sum += source[static_cast<size_t>(p * c.channels + channel)];
      means.push_back(average_code(layer, sum));
    }
    put_codes(c.destination, c.format_out, means);
  }

  void operator()(const MaxPoolCommand& c) {
    const auto source = codes(c.source, c.format, int64_t{c.in_rows} * c.in_width * c.channels);
    std::vector<int32_t> largest;
    for (int32_t row = c.first_out_row; row < c.first_out_row + c.out_rows; ++row)
      for (int32_t column = 0; column < c.out_width; ++column)
        for (int32_t channel = 0; channel < c.channels; ++channel) {
          int32_t most = INT32_MIN;
          for (int32_t y = row * c.stride - c.padding; y < row * c.stride - c.padding + c.kernel; ++y)
            for (int32_t x = column * c.stride - c.padding; x < column * c.stride - c.padding + c.kernel; ++x)
              if (y >= 0 && y < c.in_rows && x >= 0 && x < c.in_width)
                most = std::max(most, source[static_cast<size_t>((y * c.in_width + x) * c.channels + channel)]);
          largest.push_back(most);
        }
    put_codes(c.destination, c.format, largest);
  }

  void operator()(const LayerNormCommand& c) {
    LayerNormLayer layer{.name = "", .shape = {}, .gamma = {}, .beta = {}, .epsilon = c.epsilon, .shift = c.shift,
                         .zero_out = c.zero_out, .clamp_low = c.clamp_low, .clamp_high = c.clamp_high};
    const auto beta = c.parameters + 4 * static_cast<uint32_t>(c.channels);
    layer.gamma = memory(Memory::weights).get<int32_t>(c.parameters, c.channels);
    layer.beta = memory(Memory::weights).get<int32_t>(beta, c.channels);
    by_rows(c, [&](auto x, auto y) { layer_norm_row(layer, x, y); });
  }

  void operator()(const SoftmaxCommand& c) {
    SoftmaxLayer layer{.name = "", .shape = {}, .exp_low = {}, .exp_high = {},
                       .inverse_scale = {c.multiplier, c.shift}, .zero_out = c.zero_out, .clamp_low = c.clamp_low,
                       .clamp_high = c.clamp_high};
    const auto high = c.tables + 4 * static_cast<uint32_t>(c.low_entries);
    layer.exp_low = memory(Memory::weights).get<uint32_t>(c.tables, c.low_entries);
    layer.exp_high = memory(Memory::weights).get<uint32_t>(high, c.high_entries);
    by_rows(c, [&](auto x, auto y) { softmax_row(layer, x, y); });
  }

  template <typename RowCommand, typename Function>
  void by_rows(const RowCommand& c, Function&& function) {
    const auto source = codes(c.source, c.format_in, int64_t{c.rows} * c.channels);
    std::vector<int32_t> result(source.size());
    const auto width = static_cast<size_t>(c.channels);
    for (size_t first = 0; first < source.size(); first += width)
      function(std::span(source).subspan(first, width), std::span(result).subspan(first, width));
    put_codes(c.destination, c.format_out, result);
  }

  void operator()(const LookupCommand& c) {
    const auto table = memory(Memory::weights).get<int32_t>(c.table, c.entries);
    std::vector<int32_t> result;
    for (const uint8_t raw : memory(Memory::activations).get<uint8_t>(c.source, c.elements))
      result.push_back(table.at(raw));
    put_codes(c.destination, c.format_out, result);
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

Interpretation interpret(const Program& program, const Limits& limits, std::span<const TruthTable> tables,
                         std::span<const uint8_t> image, size_t logits, std::mt19937& random) {
  Interpreter machine{tables, Store(limits.dram),
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
