#include "train/onednn/inner_product.hpp"

#include "train/onednn/weighted_passes.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;

WeightedPasses passes(int64_t rows, int in, int out, bool bias) {
  const WeightedLayouts l{{{rows, in}, memory::data_type::f32, memory::format_tag::nc},
                          {{rows, out}, memory::data_type::f32, memory::format_tag::nc},
                          {{out, in}, memory::data_type::f32, memory::format_tag::oi},
                          bias ? memory::desc({out}, memory::data_type::f32, memory::format_tag::x) : memory::desc()};
  const auto forward =
      describe<dnnl::inner_product_forward>({dnnl::prop_kind::forward_training, l.x, l.any_w(), l.bias, l.y});
  return {l, forward, describe<dnnl::inner_product_backward_data>({l.x, l.any_w(), l.y}, forward),
          describe<dnnl::inner_product_backward_weights>({l.x, l.any_w(), l.bias, l.y}, forward)};
}

}  // namespace

struct InnerProduct::Implementation : WeightedPasses {
  Implementation(int64_t rows, int in, int out, bool bias) : WeightedPasses(passes(rows, in, out, bias)) {}
};

InnerProduct::InnerProduct(int64_t rows, int in_features, int out_features, bool bias)
    : implementation_(std::make_unique<Implementation>(rows, in_features, out_features, bias)) {}
InnerProduct::~InnerProduct() = default;
InnerProduct::InnerProduct(InnerProduct&&) noexcept = default;

void InnerProduct::forward(const float* x, const float* w, const float* b, float* y) {
  implementation_->forward(x, w, b, y);
}

void InnerProduct::backward_data(const float* dy, const float* w, float* dx) {
  implementation_->backward_data(dy, w, dx);
}

void InnerProduct::backward_weights(const float* x, const float* dy, float* dw, float* db) {
  implementation_->backward_weights(x, dy, dw, db);
}

}  // namespace tram::train::onednn
