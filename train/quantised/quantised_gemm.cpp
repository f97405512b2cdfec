#include "train/quantised/quantised_gemm.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/gemm/soft_table_gemm.hpp"
#include "models/quant/im2col.hpp"
#include "models/quant/vector_ops.hpp"

namespace tram::train {
namespace {

constexpr int64_t chunk_rows = 4096;  // positions of one GEMM: building its rows costs 256 / chunk_rows of the products

GemmLayer make_gemm(const std::string& name, const onednn::ConvolutionShape& s) {
  GemmLayer layer;
  layer.name = name;
  layer.in = {s.in_height, s.in_width, s.in_channels};
  layer.out = {s.out_height(), s.out_width(), s.out_channels};
  layer.kernel_height = s.kernel_height;
  layer.kernel_width = s.kernel_width;
  layer.stride = s.stride;
  layer.padding = s.padding;
  layer.weights.resize(static_cast<size_t>(layer.n() * layer.k()));
  layer.weight_zero.resize(static_cast<size_t>(layer.n()));
  layer.bias.resize(layer.weight_zero.size());
  return layer;
}

}  // namespace

QuantisedGemm::QuantisedGemm(NetworkParameters& parameters, const std::string& name,
                             const onednn::ConvolutionShape& shape, const RangeParameter& input_range,
                             const MultiplierTable& table)
    : shape_(shape), gemm_(make_gemm(name, shape)), primitive_(shape),
      weight_(parameters.trained.add(name + ".weight",
                                     {shape.out_channels, shape.in_channels, shape.kernel_height, shape.kernel_width},
                                     Parameter::Kind::weight)),
      bias_(shape.bias ? parameters.trained.add(name + ".bias", {shape.out_channels}, Parameter::Kind::bias) : 0),
      input_range_(input_range), weight_range_(parameters, name + ".weight_range", shape.out_channels, table.bits),
      table_(table), weight_affine_(static_cast<size_t>(shape.out_channels)),
      weight_values_(gemm_.weights.size()), weight_gradient_(gemm_.weights.size()),
      input_codes_(static_cast<size_t>(shape.batch * gemm_.in.size())),
      taps_(static_cast<size_t>(chunk_shape(chunk_images()).m * gemm_.k())),
      products_(static_cast<size_t>(chunk_shape(chunk_images()).m * gemm_.n())) {}

BatchShape QuantisedGemm::output_shape() const { return {shape_.batch, gemm_.out}; }

int QuantisedGemm::chunk_images() const {
  return static_cast<int>(std::clamp<int64_t>(chunk_rows / gemm_.m(), 1, shape_.batch));
}

GemmShape QuantisedGemm::chunk_shape(int images) const { return {images * gemm_.m(), gemm_.n(), gemm_.k()}; }

void QuantisedGemm::quantise_weights(std::span<const float> trained) {
  const int64_t inputs = shape_.in_channels, kernel = gemm_.k() / inputs;
  for (int o = 0; o < shape_.out_channels; ++o) {
    const auto channel = static_cast<size_t>(o);
    weight_affine_[channel] = weight_range_.affine(trained, o);
    const FakeQuantiser quantiser{weight_affine_[channel], weight_range_.bits()};
    const float last = static_cast<float>((1 << quantiser.bits) - 1);
    const int64_t first = o * gemm_.k();
    gemm_.weight_zero[channel] = quantiser.affine.zero;
    for (int64_t i = 0; i < inputs; ++i)
      for (int64_t position = 0; position < kernel; ++position) {
        const auto at = static_cast<size_t>(first + i * kernel + position);
        const float code = std::clamp(quantiser.unclamped(trained[static_cast<size_t>(weight_) + at]), 0.0F, last);
        weight_values_[at] = quantiser.affine.scale * (code - static_cast<float>(quantiser.affine.zero));
        gemm_.weights[static_cast<size_t>(first + position * inputs + i)] = static_cast<uint8_t>(code);
      }
  }
}

void QuantisedGemm::quantise_inputs(std::span<const float> trained, const BatchTensor& x) {
  input_ = input_range_.affine(trained);
  gemm_.input_zero = input_.zero;
  const float inverse = 1 / input_.scale, zero = static_cast<float>(input_.zero);
  std::transform(x.values().begin(), x.values().end(), input_codes_.begin(),
                 [&](float value) { return static_cast<uint8_t>(std::nearbyint(value * inverse) + zero); });
}

std::span<const uint8_t> QuantisedGemm::taps(int first_image, int images) {
  const auto image = static_cast<size_t>(gemm_.in.size()), matrix = static_cast<size_t>(gemm_.m() * gemm_.k());
  for (int i = 0; i < images; ++i)
    im2col(gemm_, std::span(input_codes_).subspan(static_cast<size_t>(first_image + i) * image, image),
           std::span(taps_).subspan(static_cast<size_t>(i) * matrix, matrix));
  return std::span(taps_).first(static_cast<size_t>(images) * matrix);
}

void QuantisedGemm::forward(const ForwardPass& pass, Inputs x, BatchTensor& y) {
  quantise_weights(pass.trained);
  const float* bias = shape_.bias ? pass.trained.data() + bias_ : nullptr;
  if (table_.offset == MultiplierTable::exact) {
    primitive_.forward(x[0]->data(), weight_values_.data(), bias, y.data());
    return;
  }
  quantise_inputs(pass.trained, *x[0]);
  const size_t entries = size_t{1} << (2 * table_.bits);
  add_products(pass.tables.subspan(static_cast<size_t>(table_.offset), entries), bias, y);
}

void QuantisedGemm::add_products(std::span<const float> table, const float* bias, BatchTensor& y) {
  const auto n = static_cast<size_t>(gemm_.n()), k = static_cast<size_t>(gemm_.k());
  const std::vector<int32_t> constants = accumulator_constants(gemm_);
  float* to = y.data();
  for (int first = 0; first < shape_.batch; first += chunk_images()) {
    const int images = std::min(chunk_images(), shape_.batch - first);
    const GemmShape gemm = chunk_shape(images);
    const std::span<const uint8_t> codes = taps(first, images);
    soft_table_gemm({table_.bits, table_.bits, table}, gemm, gemm_.weights, codes, products_);
    const float* from = products_.data();
    for (size_t m = 0; m < static_cast<size_t>(gemm.m); ++m) {
      const auto row = codes.subspan(m * k, k);
      const int32_t sum_x = std::accumulate(row.begin(), row.end(), 0);
      for (size_t o = 0; o < n; ++o) {
        const Affine& w = weight_affine_[o];
        const int32_t correction = accumulator(0, sum_x, w.zero, constants[o]);
        *to++ = input_.scale * w.scale * (*from++ + static_cast<float>(correction)) + (bias != nullptr ? bias[o] : 0);
      }
    }
  }
}

void QuantisedGemm::backward(const BackwardPass& pass, Inputs x, const BatchTensor&, const BatchTensor& dy,
                             Gradients dx) {
  primitive_.backward_weights(x[0]->data(), dy.data(), weight_gradient_.data(),
                              shape_.bias ? pass.gradient.data() + bias_ : nullptr);
  if (dx[0] != nullptr) primitive_.backward_data(dy.data(), weight_values_.data(), dx[0]->data());
  backward_weights(pass);
  if (table_.offset == MultiplierTable::exact || pass.table_gradient.empty()) return;
  const size_t entries = size_t{1} << (2 * table_.bits);
  add_table_gradient(dy, pass.table_gradient.subspan(static_cast<size_t>(table_.offset), entries));
}

void QuantisedGemm::backward_weights(const BackwardPass& pass) {
  const auto size = static_cast<size_t>(gemm_.k());
  for (int o = 0; o < shape_.out_channels; ++o) {
    const auto first = static_cast<size_t>(o) * size, parameters = static_cast<size_t>(weight_) + first;
    float* range = weight_range_.gradient(pass.gradient, o);
    range[0] = range[1] = 0;
    fake_quantise_backward({weight_affine_[static_cast<size_t>(o)], weight_range_.bits()},
                           pass.trained.subspan(parameters, size), std::span(weight_gradient_).subspan(first, size),
                           pass.gradient.subspan(parameters, size), range);
  }
}

void QuantisedGemm::add_table_gradient(const BatchTensor& dy, std::span<float> gradient) {
  const auto n = static_cast<size_t>(gemm_.n());
  const float* from = dy.data();
  for (int first = 0; first < shape_.batch; first += chunk_images()) {
    const int images = std::min(chunk_images(), shape_.batch - first);
    const GemmShape gemm = chunk_shape(images);
    for (size_t i = 0; i < static_cast<size_t>(gemm.m) * n; ++i)
      products_[i] = input_.scale * weight_affine_[i % n].scale * *from++;
    table_gradient(table_.bits, gemm, gemm_.weights, taps(first, images), products_, gradient);
  }
}

}  // namespace tram::train
