#include "train/onednn/matrix_product.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;

memory::desc matrices(const MatrixProductShape& s, int64_t rows, int64_t columns, const MatrixView& view) {
  return {{s.outer, s.inner, rows, columns},
          memory::data_type::f32,
          memory::dims(view.strides.begin(), view.strides.end())};
}

dnnl::matmul::primitive_desc descriptor(const MatrixProductShape& s) {
  const dnnl::matmul::desc operation(matrices(s, s.m, s.k, s.a), matrices(s, s.k, s.n, s.b),
                                     matrices(s, s.m, s.n, s.c));
  dnnl::primitive_attr attributes = caller_owned_scratchpad();
  attributes.set_output_scales(0, {s.alpha});
  return {operation, attributes, cpu_engine()};
}

}  // namespace

struct MatrixProduct::Implementation {
  explicit Implementation(const MatrixProductShape& shape) : pd(descriptor(shape)), step(pd) {
    step.bind(DNNL_ARG_SRC, pd.src_desc());
    step.bind(DNNL_ARG_WEIGHTS, pd.weights_desc());
    step.bind(DNNL_ARG_DST, pd.dst_desc());
  }

  dnnl::matmul::primitive_desc pd;
  Step step;
};

MatrixProduct::MatrixProduct(const MatrixProductShape& shape)
    : implementation_(std::make_unique<Implementation>(shape)) {}
MatrixProduct::~MatrixProduct() = default;
MatrixProduct::MatrixProduct(MatrixProduct&&) noexcept = default;

void MatrixProduct::run(const float* a, const float* b, float* c) {
  implementation_->step.run({{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, c}});
}

}  // namespace tram::train::onednn
