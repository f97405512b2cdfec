#include "models/quant/execute.hpp"

#include <algorithm>
#include <array>

#include "models/quant/accumulator.hpp"
#include "models/quant/column_requantiser.hpp"
#include "models/quant/im2col.hpp"

namespace tram {
namespace {

/// Sum of the values of codes.
int32_t sum_of(std::span<const uint8_t> codes, CodeFormat format) {
  int32_t sum = 0;
  for (const uint8_t code : codes) sum += format.value(code);
  return sum;
}

std::span<const uint8_t> row_of(std::span<const uint8_t> matrix, int64_t row, int64_t width) {
  return matrix.subspan(static_cast<size_t>(row * width), static_cast<size_t>(width));
}

/// Executes one layer on maps of `images` images.
struct Execute {
  const IntegerNetwork& network;
  const IntegerStep& step;
  const StepTables& tables;
  std::span<const Codes* const> inputs;
  int64_t images;
  std::vector<int32_t>& logits;

  const TensorInfo& output() const { return network.tensors[static_cast<size_t>(step.output)]; }
  CodeFormat format(size_t input) const { return network.tensors[static_cast<size_t>(step.inputs[input])].format; }
  /// Bytes of one image in an input.
  std::span<const uint8_t> map(size_t input, int64_t image) const {
    const auto bytes = static_cast<int64_t>(inputs[input]->size()) / images;
    return row_of(*inputs[input], image, bytes);
  }
  Codes empty_output(const FeatureShape& shape) const {
    return Codes(static_cast<size_t>(images * shape.size() * output().format.bytes()));
  }
  /// Bytes of row `row` of `width` elements of the output.
  std::span<uint8_t> output_row(Codes& codes, int64_t row, int64_t width) const {
    const int64_t bytes = width * output().format.bytes();
    return std::span(codes).subspan(static_cast<size_t>(row * bytes), static_cast<size_t>(bytes));
  }

  Codes operator()(const GemmLayer& layer) const {
    const bool last = layer.requantise.empty();
    Codes codes = last ? Codes{} : empty_output(layer.out);
    if (last) logits.resize(static_cast<size_t>(images * layer.out.size()));
    Codes taps;
    for (int64_t group = 0; group < layer.groups; ++group) {
      const std::vector<int32_t> products = group_products(layer, group, taps);
      finish_group(layer, group, matrix(layer, taps), products, codes);
    }
    return codes;
  }

  /// The taps of all images, [M][K]: the input itself where every position is its own taps.
  static bool reads_input(const GemmLayer& layer) {
    return layer.groups == 1 && layer.kernel_height == 1 && layer.kernel_width == 1 && layer.stride == 1 &&
           layer.column_stride == 1 && layer.padding == 0;
  }
  std::span<const uint8_t> matrix(const GemmLayer& layer, const Codes& taps) const {
    return reads_input(layer) ? std::span<const uint8_t>(*inputs[0]) : std::span<const uint8_t>(taps);
  }

  std::vector<int32_t> group_products(const GemmLayer& layer, int64_t group, Codes& taps) const {
    const int64_t rows = images * layer.m(), columns = layer.n() / layer.groups, one = layer.m() * layer.k();
    if (!reads_input(layer)) {
      taps.resize(static_cast<size_t>(images * one));
      for (int64_t image = 0; image < images; ++image)
        im2col(layer, map(0, image), std::span(taps).subspan(static_cast<size_t>(image * one)), group);
    }
    std::vector<int32_t> products(static_cast<size_t>(rows * columns));
    const int64_t size = columns * layer.k();
    const auto weights = std::span(layer.weights).subspan(static_cast<size_t>(group * size), static_cast<size_t>(size));
    tables.gemm->run({rows, columns, layer.k()}, weights, matrix(layer, taps), products);
    return products;
  }

  /// Corrections and requantisation of the columns of one group, to codes or logits.
  void finish_group(const GemmLayer& layer, int64_t group, std::span<const uint8_t> taps,
                    std::span<const int32_t> products, Codes& codes) const {
    const int64_t rows = images * layer.m(), columns = layer.n() / layer.groups, first = group * columns;
    const bool last = layer.requantise.empty(), asymmetric = has_weight_zeros(layer);
    std::vector<int32_t> values(static_cast<size_t>(columns));
    ColumnRequantiser requantiser{
        .output_zero = layer.output_zero, .clamp_low = layer.clamp_low, .clamp_high = layer.clamp_high};
    for (auto n = static_cast<size_t>(first); n < static_cast<size_t>(first + columns); ++n)
      requantiser.add(tables.constants[n], layer.weight_zero[n], last ? Requantiser{} : layer.requantise[n]);
    for (int64_t m = 0; m < rows; ++m) {
      const int32_t sum_x = asymmetric ? sum_of(row_of(taps, m, layer.k()), layer.operands) : 0;
      const auto sums = products.subspan(static_cast<size_t>(m * columns), values.size());
      if (last) {
        requantiser.accumulators(sums, sum_x, std::span(logits).subspan(static_cast<size_t>(m * layer.n() + first)));
        continue;
      }
      requantiser.codes(sums, sum_x, values);
      store_codes(output().format, values, output_row(codes, m * layer.groups + group, columns));
    }
  }

  Codes operator()(const MatmulLayer& layer) const {
    Codes codes = empty_output({layer.rows, layer.heads, layer.columns});
    Codes a(static_cast<size_t>(layer.m() * layer.k())), b(static_cast<size_t>(layer.n() * layer.k()));
    std::vector<int32_t> products(static_cast<size_t>(layer.m() * layer.n()));
    for (int64_t image = 0; image < images; ++image)
      for (int64_t head = 0; head < layer.heads; ++head) {
        matmul_operands(layer, map(0, image), map(1, image), head, a, b);
        tables.gemm->run({layer.m(), layer.n(), layer.k()}, b, a, products);
        finish_head(layer, head, a, b, products, output_row(codes, image, layer.m() * layer.heads * layer.n()));
      }
    return codes;
  }

  void finish_head(const MatmulLayer& layer, int64_t head, std::span<const uint8_t> a, std::span<const uint8_t> b,
                   std::span<const int32_t> products, std::span<uint8_t> to) const {
    const CodeFormat format = output().format;
    std::vector<int32_t> values(static_cast<size_t>(layer.n()));
    ColumnRequantiser requantiser{
        .output_zero = layer.output_zero, .clamp_low = layer.clamp_low, .clamp_high = layer.clamp_high};
    for (int64_t n = 0; n < layer.n(); ++n)
      requantiser.add(matmul_constant(layer.parameters, sum_of(row_of(b, n, layer.k()), layer.operands)),
                      layer.parameters.b_zero, layer.parameters.requantise);
    const auto row_bytes = static_cast<size_t>(layer.n() * format.bytes());
    for (int64_t m = 0; m < layer.m(); ++m) {
      const int32_t sum_a = sum_of(row_of(a, m, layer.k()), layer.operands);
      requantiser.codes(products.subspan(static_cast<size_t>(m * layer.n()), values.size()), sum_a, values);
      store_codes(format, values, to.subspan(static_cast<size_t>(m * layer.heads + head) * row_bytes, row_bytes));
    }
  }

  Codes operator()(const VectorLayer& layer) const {
    const FeatureShape& shape = output().shape;
    Codes codes = empty_output(shape);
    std::array<std::vector<int32_t>, 2> maps;
    std::vector<int32_t> results(static_cast<size_t>(shape.size()));
    for (int64_t image = 0; image < images; ++image) {
      for (size_t i = 0; i < inputs.size(); ++i) {
        maps[i].resize(map(i, image).size() / static_cast<size_t>(format(i).bytes()));
        load_codes(format(i), map(i, image), maps[i]);
      }
      compute(layer.parameters, {{maps[0], maps[1]}, layer.constants}, results);
      store_codes(output().format, results, output_row(codes, image, shape.size()));
    }
    return codes;
  }

  Codes operator()(const SliceLayer& layer) const {
    Codes codes;
    const int64_t bytes = format(0).bytes(), width = layer.in.channels * bytes;
    for (int64_t row = 0; row < images * layer.in.height * layer.in.width; ++row)
      append(codes, row_of(*inputs[0], row, width), layer.first * bytes, layer.out.channels * bytes);
    return codes;
  }

  Codes operator()(const PrependLayer&) const {
    Codes codes;
    for (int64_t image = 0; image < images; ++image)
      for (size_t input = 0; input < 2; ++input)
        append(codes, map(input, image), 0, static_cast<int64_t>(map(input, image).size()));
    return codes;
  }

  Codes operator()(const SelectLayer& layer) const {
    Codes codes;
    const int64_t bytes = int64_t{layer.in.channels} * format(0).bytes();
    for (int64_t image = 0; image < images; ++image) append(codes, map(0, image), layer.index * bytes, bytes);
    return codes;
  }

  static void append(Codes& codes, std::span<const uint8_t> from, int64_t first, int64_t count) {
    codes.insert(codes.end(), from.begin() + first, from.begin() + first + count);
  }
};

}  // namespace

Codes execute_step(const IntegerNetwork& network, const IntegerStep& step, const StepTables& tables,
                   std::span<const Codes* const> inputs, int64_t images, std::vector<int32_t>& logits) {
  return std::visit(Execute{network, step, tables, inputs, images, logits}, step.layer);
}

}  // namespace tram
