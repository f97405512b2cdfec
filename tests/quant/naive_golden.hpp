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
  using Table = std::vector<int32_t>;

  NaiveGolden(const IntegerNetwork& network, const std::map<std::string, TruthTable>& tables)
      : network_(network), tables_(tables) {}

  std::vector<Map> run(const std::vector<uint8_t>& image) const {
    std::vector<Map> tensors;
    for (const TensorInfo& info : network_.tensors) tensors.push_back(values_of(info, info.constant));
    tensors[0] = values_of(network_.tensors[0], image);
    for (const IntegerStep& step : network_.steps) {
      const Map& a = tensors[static_cast<size_t>(step.inputs[0])];
      const Map& b = tensors[static_cast<size_t>(step.inputs.back())];
      tensors[static_cast<size_t>(step.output)] = std::visit([&](const auto& l) { return layer(l, a, b); }, step.layer);
    }
    return tensors;
  }

  /// Codes in memory as integers, byte by byte.
  static Map values_of(const TensorInfo& info, const std::vector<uint8_t>& bytes) {
    Map values;
    const size_t width = info.format.bits > 8 ? 2 : 1;
    for (size_t i = 0; i < bytes.size(); i += width) {
      const int64_t raw = bytes[i] + (width == 2 ? 256 * int64_t{bytes[i + 1]} : 0);
      const bool negative = info.format.is_signed && raw >= int64_t{1} << (info.format.bits - 1);
      values.push_back(negative ? raw - (int64_t{1} << info.format.bits) : raw);
    }
    return values;
  }

 private:
  static int64_t& at(Map& map, const FeatureShape& shape, int row, int column, int channel) {
    return map[static_cast<size_t>((row * shape.width + column) * shape.channels + channel)];
  }
  static int64_t at(const Map& map, const FeatureShape& shape, int row, int column, int channel) {
    return map[static_cast<size_t>((row * shape.width + column) * shape.channels + channel)];
  }

  const TruthTable& table_of(const std::string& name) const {
    const auto own = tables_.find(name);
    return own != tables_.end() ? own->second : tables_.at("");
  }

  /// The table's product of two code values.
  static int64_t product(const TruthTable& table, int64_t w, int64_t x) {
    const int64_t a = w & ((1 << table.a_bits) - 1), b = x & ((1 << table.b_bits) - 1);
    return table.values[static_cast<size_t>(a * (1 << table.b_bits) + b)];
  }

  Map layer(const GemmLayer& l, const Map& x, const Map&) const {
    const TruthTable& table = table_of(l.name);
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
    const int channels = l.in.channels / l.groups, first = n / (l.out.channels / l.groups) * channels;
    auto weight = l.weights.begin() + n * (l.kernel_height * l.kernel_width * channels);
    for (int r = 0; r < l.kernel_height; ++r)
      for (int s = 0; s < l.kernel_width; ++s)
        for (int c = first; c < first + channels; ++c, ++weight, ++taps) {
          const int from_row = row * l.stride + r - l.padding, from_column = column * l.stride + s - l.padding;
          const bool inside = from_row >= 0 && from_row < l.in.height && from_column >= 0 && from_column < l.in.width;
          const int64_t code = inside ? at(x, l.in, from_row, from_column, c) : l.input_zero;
          const int64_t w = l.weight_codes.value(*weight);
          products += product(table, w, code);
          sum_w += w;
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

  Map layer(const MatmulLayer& l, const Map& a, const Map& b) const {
    const TruthTable& table = table_of(l.name);
    Map y(static_cast<size_t>(l.rows * l.heads * l.columns));
    for (int h = 0; h < l.heads; ++h)
      for (int m = 0; m < l.rows; ++m)
        for (int n = 0; n < l.columns; ++n) {
          int64_t acc = l.parameters.bias;
          for (int k = 0; k < l.parameters.inner; ++k) {
            const int64_t x = a[static_cast<size_t>(m * l.a_width + l.a_first + h * l.parameters.inner + k)];
            const int row = l.kind == MatmulLayer::Kind::scores ? n : k;
            const int column = l.kind == MatmulLayer::Kind::scores ? h * l.parameters.inner + k : h * l.columns + n;
            const int64_t w = b[static_cast<size_t>(row * l.b_width + l.b_first + column)];
            const int64_t za = l.parameters.a_zero, zb = l.parameters.b_zero;
            acc += product(table, w, x) - za * w - zb * x + za * zb;
          }
          const Requantiser r = l.parameters.requantise;
          const int64_t value = rounded_quotient(Int128{acc} * r.multiplier, r.shift);
          y[static_cast<size_t>((m * l.heads + h) * l.columns + n)] =
              clamped(l.output_zero + value, l.clamp_low, l.clamp_high);
        }
    return y;
  }

  Map layer(const VectorLayer& l, const Map& a, const Map& b) const {
    return std::visit([&](const auto& p) { return vector_layer(p, l.constants, a, b); }, l.parameters);
  }

  static Map vector_layer(const LayerNormParameters& l, const Table& table, const Map& x, const Map&) {
    Map y;
    const int64_t channels = l.channels;
    for (size_t row = 0; row < x.size(); row += static_cast<size_t>(channels)) {
      Int128 sum = 0, squares = l.epsilon;
      for (size_t c = 0; c < size_t(channels); ++c) sum += x[row + c];
      for (size_t c = 0; c < size_t(channels); ++c) {
        const Int128 d = channels * x[row + c] - sum;
        squares += d * d;
      }
      int half = 0;  // squares 4^half within 2^62 .. 2^64
      while (squares > 0 && (squares << (2 * half)) < Int128{1} << 62) ++half;
      const Int128 reciprocal = squares > 0 ? (Int128{1} << 62) / root(squares << (2 * half)) : 0;
      for (size_t c = 0; c < size_t(channels); ++c) {
        const Int128 t = rounded_quotient((channels * x[row + c] - sum) * reciprocal, 62 - half - 24);
        const Int128 value = t * table[c] + Int128{table[size_t(channels) + c]} * (Int128{1} << (l.shift - 16));
        y.push_back(clamped(l.zero_out + rounded_quotient(value, l.shift), l.clamp_low, l.clamp_high));
      }
    }
    return y;
  }

  /// floor(sqrt(value)) by bisection, value < 2^64.
  static Int128 root(Int128 value) {
    Int128 low = 0, high = Int128{1} << 32;
    while (high - low > 1) {
      const Int128 middle = (low + high) / 2;
      (middle * middle <= value ? low : high) = middle;
    }
    return low;
  }

  static Map vector_layer(const SoftmaxParameters& l, const Table& table, const Map& x, const Map&) {
    Map y;
    const auto channels = static_cast<size_t>(l.channels);
    for (size_t row = 0; row < x.size(); row += channels) {
      int64_t largest = x[row], sum = 0;
      for (size_t c = 0; c < channels; ++c) largest = std::max(largest, x[row + c]);
      Map e;
      for (size_t c = 0; c < channels; ++c) {
        const auto d = static_cast<size_t>(largest - x[row + c]);
        e.push_back((int64_t{table[size_t(l.low_entries) + d / 256]} * table[d % 256] + (1 << 23)) / (1 << 24));
        sum += e.back();
      }
      int length = 0;
      while (sum >> length != 0) ++length;
      const Int128 leading = (Int128{sum} << 32) >> length;
      const Int128 reciprocal = (Int128{l.inverse_scale.multiplier} << 32) / leading;
      for (const int64_t exponential : e)
        y.push_back(clamped(l.zero_out + rounded_quotient(exponential * reciprocal, length + l.inverse_scale.shift),
                            l.clamp_low, l.clamp_high));
    }
    return y;
  }

  static Map vector_layer(const LookupParameters& l, const Table& table, const Map& x, const Map&) {
    Map y;
    for (const int64_t code : x) y.push_back(table[static_cast<size_t>(code < 0 ? code + l.entries : code)]);
    return y;
  }

  Map layer(const SliceLayer& l, const Map& x, const Map&) const {
    Map y;
    for (int row = 0; row < l.out.height * l.out.width; ++row)
      for (int c = 0; c < l.out.channels; ++c) y.push_back(x[static_cast<size_t>(row * l.in.channels + l.first + c)]);
    return y;
  }

  Map layer(const PrependLayer&, const Map& token, const Map& x) const {
    Map y = token;
    y.insert(y.end(), x.begin(), x.end());
    return y;
  }

  Map layer(const SelectLayer& l, const Map& x, const Map&) const {
    const auto first = x.begin() + l.index * l.in.channels;
    return {first, first + l.in.channels};
  }

  static Map vector_layer(const MaxPoolParameters& l, const Table&, const Map& x, const Map&) {
    const FeatureShape out{l.out_height, l.out_width, l.in.channels};
    Map y(static_cast<size_t>(out.size()));
    for (int row = 0; row < out.height; ++row)
      for (int column = 0; column < out.width; ++column)
        for (int c = 0; c < out.channels; ++c) {
          int64_t largest = INT64_MIN;
          for (int r = 0; r < l.kernel; ++r)
            for (int s = 0; s < l.kernel; ++s) {
              const int from_row = row * l.stride + r - l.padding, from_column = column * l.stride + s - l.padding;
              if (from_row >= 0 && from_row < l.in.height && from_column >= 0 && from_column < l.in.width)
                largest = std::max(largest, at(x, l.in, from_row, from_column, c));
            }
          at(y, out, row, column, c) = largest;
        }
    return y;
  }

  static Map vector_layer(const AddParameters& l, const Table&, const Map& a, const Map& b) {
    Map y;
    for (size_t i = 0; i < a.size(); ++i) {
      const Int128 sum = Int128{a[i] - l.zero_a} * l.multiplier_a + Int128{b[i] - l.zero_b} * l.multiplier_b;
      y.push_back(clamped(l.zero_out + rounded_quotient(sum, l.shift), l.clamp_low, l.clamp_high));
    }
    return y;
  }

  static Map vector_layer(const AveragePoolParameters& l, const Table&, const Map& x, const Map&) {
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

  static Map vector_layer(const SubsampleParameters& l, const Table&, const Map& x, const Map&) {
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
