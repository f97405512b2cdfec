#pragma once
#include <algorithm>
#include <map>

#include "models/multiplier/truth_table.hpp"
#include "models/quant/integer_network.hpp"
#include "tests/quant/exact_arithmetic.hpp"

namespace tram {

/// Integer inference straight from the definitions in integer_network.hpp: nested loops over rows, columns and
/// channels, 128-bit arithmetic, nothing shared with the golden inference. tables: by layer name, "" for the rest.
/// Returns all tensors; the last one holds the accumulators.
class NaiveGolden {
 public:
  using Map = std::vector<int64_t>;

  NaiveGolden(const IntegerNetwork& network, const std::map<std::string, TruthTable>& tables)
      : network_(network), tables_(tables) {}

  std::vector<Map> run(const std::vector<uint8_t>& image) const {
    std::vector<Map> tensors(network_.tensors.size());
    tensors[0].assign(image.begin(), image.end());
    for (const IntegerStep& step : network_.steps) {
      const Map& a = tensors[static_cast<size_t>(step.inputs[0])];
      const Map& b = tensors[static_cast<size_t>(step.inputs.back())];
      tensors[static_cast<size_t>(step.output)] = std::visit([&](const auto& l) { return layer(l, a, b); }, step.layer);
    }
    return tensors;
  }

 private:
  static int64_t& at(Map& map, const FeatureShape& shape, int row, int column, int channel) {
    return map[static_cast<size_t>((row * shape.width + column) * shape.channels + channel)];
  }
  static int64_t at(const Map& map, const FeatureShape& shape, int row, int column, int channel) {
    return map[static_cast<size_t>((row * shape.width + column) * shape.channels + channel)];
  }

  Map layer(const GemmLayer& l, const Map& x, const Map&) const {
    const auto own = tables_.find(l.name);
    const TruthTable& table = own != tables_.end() ? own->second : tables_.at("");
    Map y(static_cast<size_t>(l.out.size()));
    for (int row = 0; row < l.out.height; ++row)
      for (int column = 0; column < l.out.width; ++column)
        for (int n = 0; n < l.out.channels; ++n) {
          const int64_t acc = accumulate(l, x, row, column, n, table);
          at(y, l.out, row, column, n) = l.requantise.empty() ? acc : requantised(l, n, acc);
        }
    return y;
  }

  static int64_t accumulate(const GemmLayer& l, const Map& x, int row, int column, int n, const TruthTable& table) {
    int64_t products = 0, sum_w = 0, sum_x = 0, taps = 0;
    auto weight = l.weights.begin() + n * (l.kernel_height * l.kernel_width * l.in.channels);
    for (int r = 0; r < l.kernel_height; ++r)
      for (int s = 0; s < l.kernel_width; ++s)
        for (int c = 0; c < l.in.channels; ++c, ++weight, ++taps) {
          const int from_row = row * l.stride + r - l.padding, from_column = column * l.stride + s - l.padding;
          const bool inside = from_row >= 0 && from_row < l.in.height && from_column >= 0 && from_column < l.in.width;
          const int64_t code = inside ? at(x, l.in, from_row, from_column, c) : l.input_zero;
          products += table.values[static_cast<size_t>(*weight * (1 << table.b_bits) + code)];
          sum_w += *weight;
          sum_x += code;
        }
    const int64_t zw = l.weight_zero[static_cast<size_t>(n)], zx = l.input_zero;
    return products - zx * sum_w - zw * sum_x + taps * zx * zw + l.bias[static_cast<size_t>(n)];
  }

  static int64_t requantised(const GemmLayer& l, int n, int64_t acc) {
    const Requantiser r = l.requantise[static_cast<size_t>(n)];
    return clamped(l.output_zero + rounded_quotient(Int128{acc} * r.multiplier, r.shift), l.clamp_low, l.clamp_high);
  }

  static int64_t clamped(int64_t value, int64_t low, int64_t high) { return std::min(std::max(value, low), high); }

  Map layer(const AddLayer& l, const Map& a, const Map& b) const {
    Map y;
    for (size_t i = 0; i < a.size(); ++i) {
      const Int128 sum = Int128{a[i] - l.zero_a} * l.multiplier_a + Int128{b[i] - l.zero_b} * l.multiplier_b;
      y.push_back(clamped(l.zero_out + rounded_quotient(sum, l.shift), l.clamp_low, l.clamp_high));
    }
    return y;
  }

  Map layer(const AveragePoolLayer& l, const Map& x, const Map&) const {
    Map y;
    for (int c = 0; c < l.in.channels; ++c) {
      int64_t sum = 0;
      for (int row = 0; row < l.in.height; ++row)
        for (int column = 0; column < l.in.width; ++column) sum += at(x, l.in, row, column, c) - l.zero_in;
      const int64_t mean = rounded_quotient(Int128{sum} * l.requantise.multiplier, l.requantise.shift);
      y.push_back(clamped(l.zero_out + mean, l.clamp_low, l.clamp_high));
    }
    return y;
  }

  Map layer(const SubsampleLayer& l, const Map& x, const Map&) const {
    Map y(static_cast<size_t>(l.out.size()), l.zero);
    for (int row = 0; row < l.out.height; ++row)
      for (int column = 0; column < l.out.width; ++column)
        for (int c = 0; c < l.in.channels; ++c)
          at(y, l.out, row, column, c + l.pad_before) = at(x, l.in, row * l.stride, column * l.stride, c);
    return y;
  }

  const IntegerNetwork& network_;
  const std::map<std::string, TruthTable>& tables_;
};

}  // namespace tram
