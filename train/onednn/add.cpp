#include "train/onednn/add.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;

dnnl::binary::primitive_desc forward_descriptor(const memory::desc& x) {
  const dnnl::binary::desc operation(dnnl::algorithm::binary_add, x, x, x);
  return {operation, caller_owned_scratchpad(), cpu_engine()};
}

}  // namespace

struct Add::Implementation {
  explicit Implementation(const memory::desc& x)
      : forward_pd(forward_descriptor(x)), forward(forward_pd, dnnl::binary(forward_pd)) {
    forward.bind(DNNL_ARG_SRC_0, x);
    forward.bind(DNNL_ARG_SRC_1, x);
    forward.bind(DNNL_ARG_DST, x);
  }

  dnnl::binary::primitive_desc forward_pd;
  Step forward;
};

Add::Add(int64_t size)
    : implementation_(
          std::make_unique<Implementation>(memory::desc({size}, memory::data_type::f32, memory::format_tag::x))) {}
Add::~Add() = default;
Add::Add(Add&&) noexcept = default;

void Add::forward(const float* a, const float* b, float* y) {
  implementation_->forward.run({{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, y}});
}

}  // namespace tram::train::onednn
