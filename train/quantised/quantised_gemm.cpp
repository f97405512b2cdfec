#include "train/quantised/quantised_gemm.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/gemm/soft_table_gemm.hpp"
#include "models/quant/accumulator.hpp"
#include "models/quant/im2col.hpp"
#include "train/quantised/operand_sink.hpp"

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
  layer.stride = layer.column_stride = s.stride;
  layer.padding = s.padding;
  layer.weights.resize(static_cast<size_t>(layer.n() * layer.k()));
  layer.weight_zero.resize(static_cast<size_t>(layer.n()));
  layer.bias.resize(layer.weight_zero.size());
  return layer;
}

/// Adjoint of im2col: adds factor * the gradient of each tap to that of the input that it read; map HWC.
void add_taps(const GemmLayer& layer, std::span<const float> taps, float factor, std::span<float> map) {
  const int64_t channels = layer.in.channels;
  const float* from = taps.data();
  for (int64_t m = 0; m < layer.m(); ++m)
    for (int64_t position = 0; position < layer.k() / channels; ++position, from += channels) {
      const int64_t row = m / layer.out.width * layer.stride + position / layer.kernel_width - layer.padding;
      const int64_t column = m % layer.out.width * layer.column_stride + position % layer.kernel_width - layer.padding;
      if (row < 0 || row >= layer.in.height || column < 0 || column >= layer.in.width) continue;
      float* to = map.data() + (row * layer.in.width + column) * channels;
      for (int64_t i = 0; i < channels; ++i) to[i] += factor * from[i];
    }
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
      table_(table), weight_affine_(static_cast<size_t>(shape.out_channels)), weight_values_(gemm_.weights.size()),
      weight_gradient_(gemm_.weights.size()), input_codes_(static_cast<size_t>(shape.batch * gemm_.in.size())),
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
    const int64_t first = o * gemm_.k();
    gemm_.weight_zero[channel] = quantiser.affine.zero;
    for (int64_t i = 0; i < inputs; ++i)
      for (int64_t position = 0; position < kernel; ++position) {
        const auto at = static_cast<size_t>(first + i * kernel + position);
        const float code =
            std::clamp(quantiser.unclamped(trained[static_cast<size_t>(weight_) + at]), 0.0F, quantiser.last());
        weight_values_[at] = quantiser.affine.scale * (code - static_cast<float>(quantiser.affine.zero));
        gemm_.weights[static_cast<size_t>(first + position * inputs + i)] = static_cast<uint8_t>(code);
      }
  }
}

void QuantisedGemm::quantise_inputs(const BatchTensor& x) {
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

template <typename Visit>
void QuantisedGemm::visit_chunks(const Visit& visit) {
  for (int first = 0; first < shape_.batch; first += chunk_images()) {
    const int images = std::min(chunk_images(), shape_.batch - first);
    visit(chunk_shape(images), taps(first, images), first * gemm_.m());
  }
}

void QuantisedGemm::forward(const ForwardPass& pass, Inputs x, BatchTensor& y) {
  quantise_weights(pass.trained);
  input_ = input_range_.affine(pass.trained);
  const float* bias = shape_.bias ? pass.trained.data() + bias_ : nullptr;
  if (table_.is_exact()) {
    primitive_.forward(x[0]->data(), weight_values_.data(), bias, y.data());
    return;
  }
  quantise_inputs(*x[0]);
  multiply(pass.tables, bias, y);
}

void QuantisedGemm::multiply(std::span<const float> tables, const float* bias, BatchTensor& y) {
  constants_ = accumulator_constants(gemm_);
  bias_units_.assign(static_cast<size_t>(gemm_.n()), 0);
  for (size_t o = 0; bias != nullptr && o < bias_units_.size(); ++o)
    bias_units_[o] = std::nearbyint(bias[o] / (input_.scale * weight_affine_[o].scale));
  visit_chunks([&](GemmShape gemm, std::span<const uint8_t> codes, int64_t position) {
    float* to = y.data() + position * gemm.n;
    const auto size = static_cast<size_t>(gemm.m * gemm.n);
    if (table_.integers != nullptr) {
      integers_.resize(size);
      table_.integers->run(gemm, gemm_.weights, codes, integers_);
      finish_products(integers_.data(), gemm, codes, to);
      return;
    }
    const size_t entries = size_t{1} << (2 * table_.bits);
    const auto table = tables.subspan(static_cast<size_t>(table_.offset), entries);
    soft_table_gemm({table_.bits, table_.bits, table}, gemm, gemm_.weights, codes, std::span(products_).first(size));
    finish_products(products_.data(), gemm, codes, to);
  });
}

template <typename Product>
void QuantisedGemm::finish_products(const Product* products, GemmShape gemm, std::span<const uint8_t> codes,
                                    float* y) const {
  const auto n = static_cast<size_t>(gemm.n), k = static_cast<size_t>(gemm.k);
  for (size_t m = 0; m < static_cast<size_t>(gemm.m); ++m) {
    const auto row = codes.subspan(m * k, k);
    const int32_t sum_x = std::accumulate(row.begin(), row.end(), 0);
    for (size_t o = 0; o < n; ++o) {
      const Affine& w = weight_affine_[o];
      const int32_t correction = accumulator(0, sum_x, w.zero, constants_[o]);
      const auto sum = static_cast<float>(*products++ + static_cast<Product>(correction));
      *y++ = input_.scale * w.scale * (sum + bias_units_[o]);
    }
  }
}

void QuantisedGemm::backward(const BackwardPass& pass, Inputs x, const BatchTensor&, const BatchTensor& dy,
                             Gradients dx) {
  primitive_.backward_weights(x[0]->data(), dy.data(), weight_gradient_.data(),
                              shape_.bias ? pass.gradient.data() + bias_ : nullptr);
  if (dx[0] != nullptr) {
    primitive_.backward_data(dy.data(), weight_values_.data(), dx[0]->data());
    if (table_.activation_cost_slope != nullptr) add_activation_cost(*x[0], dx[0]->values());
  }
  if (table_.slopes != nullptr) add_slopes(dy, dx[0]);
  backward_weights(pass);
  backward_products(pass, *x[0], dy);
}

std::span<const float> QuantisedGemm::product_gradient(const BatchTensor& dy, GemmShape gemm, int64_t position) {
  const auto n = static_cast<size_t>(gemm.n);
  const auto dproducts = std::span(products_).first(static_cast<size_t>(gemm.m) * n);
  const float* from = dy.data() + position * gemm.n;
  for (size_t i = 0; i < dproducts.size(); ++i) dproducts[i] = input_.scale * weight_affine_[i % n].scale * from[i];
  return dproducts;
}

void QuantisedGemm::add_slopes(const BatchTensor& dy, BatchTensor* dx) {
  const SoftTable by_weight{table_.bits, table_.bits, table_.slopes->by_weight};
  const SoftTable by_activation{table_.bits, table_.bits, table_.slopes->by_activation};
  std::vector<float> of_weights(gemm_.weights.size()), of_taps;
  visit_chunks([&](GemmShape gemm, std::span<const uint8_t> codes, int64_t position) {
    const std::span<const float> dproducts = product_gradient(dy, gemm, position);
    weight_gradient(by_weight, gemm, gemm_.weights, codes, dproducts, of_weights);
    if (dx == nullptr) return;
    of_taps.assign(codes.size(), 0.0F);
    activation_gradient(by_activation, gemm, gemm_.weights, codes, dproducts, of_taps);
    const auto image = static_cast<size_t>(gemm_.in.size()), matrix = static_cast<size_t>(gemm_.m() * gemm_.k());
    auto map = dx->values().subspan(static_cast<size_t>(position / gemm_.m()) * image);
    for (size_t i = 0; i * matrix < of_taps.size(); ++i)
      add_taps(gemm_, std::span(of_taps).subspan(i * matrix, matrix), 1 / input_.scale, map.subspan(i * image, image));
  });
  const auto inputs = static_cast<size_t>(shape_.in_channels), taps = static_cast<size_t>(gemm_.k());
  const size_t kernel = taps / inputs;
  for (size_t i = 0; i < of_weights.size(); ++i) {  // OIHW; codes have the inputs innermost
    const size_t channel = i / taps, tap = i % taps;
    const float by_code = of_weights[channel * taps + tap % kernel * inputs + tap / kernel];
    weight_gradient_[i] += by_code / weight_affine_[channel].scale;
  }
}

void QuantisedGemm::backward_products(const BackwardPass& pass, const BatchTensor& x, const BatchTensor& dy) {
  const bool trains_table =
      table_.integers == nullptr && table_.offset != MultiplierTable::exact && !pass.table_gradient.empty();
  if (!trains_table && pass.operands == nullptr) return;
  if (table_.is_exact()) quantise_inputs(x);
  visit_chunks([&](GemmShape gemm, std::span<const uint8_t> codes, int64_t position) {
    const std::span<const float> dproducts = product_gradient(dy, gemm, position);
    if (pass.operands != nullptr) pass.operands->add(gemm_.name, gemm, gemm_.weights, codes, dproducts);
    if (!trains_table) return;
    const auto offset = static_cast<size_t>(table_.offset);
    table_gradient(table_.bits, gemm, gemm_.weights, codes, dproducts,
                   pass.table_gradient.subspan(offset, size_t{1} << (2 * table_.bits)));
  });
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

void QuantisedGemm::add_activation_cost(const BatchTensor& x, std::span<float> gradient) {
  if (table_.is_exact()) quantise_inputs(x);
  const float inverse = 1 / input_.scale;
  for (size_t i = 0; i < gradient.size(); ++i)
    gradient[i] += (*table_.activation_cost_slope)[input_codes_[i]] * inverse;
}

}  // namespace tram::train
