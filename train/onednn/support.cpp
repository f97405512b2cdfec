#include "train/onednn/support.hpp"

namespace tram::train::onednn {

dnnl::engine& cpu_engine() {
  static dnnl::engine engine = [] {
    dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2);
    return dnnl::engine(dnnl::engine::kind::cpu, 0);
  }();
  return engine;
}

dnnl::memory::desc activation(int batch, int channels, int height, int width) {
  return {{batch, channels, height, width}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::nhwc};
}

dnnl::memory placeholder(const dnnl::memory::desc& desc) { return {desc, cpu_engine(), DNNL_MEMORY_NONE}; }

void point(dnnl::memory& memory, const float* data) { memory.set_data_handle(const_cast<float*>(data)); }

dnnl::primitive_attr caller_owned_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

void Step::execute() {
  primitive_.execute(stream_, arguments_);
  stream_.wait();
}

Relayout::Relayout(const dnnl::memory::desc& from, const dnnl::memory::desc& to)
    : same_(from == to), from_(placeholder(from)), to_(placeholder(to)), stream_(cpu_engine()) {
  if (same_) return;
  from_storage_ = dnnl::memory(from, cpu_engine());
  to_storage_ = dnnl::memory(to, cpu_engine());
  reorder_ = dnnl::reorder(from_, to_);
}

const float* Relayout::operator()(const float* from) {
  if (same_) return from;
  point(from_, from);
  reorder_.execute(stream_, from_, to_storage_);
  stream_.wait();
  return static_cast<const float*>(to_storage_.get_data_handle());
}

float* Relayout::source_for(float* to) { return same_ ? to : static_cast<float*>(from_storage_.get_data_handle()); }

void Relayout::copy_to(float* to) {
  if (same_) return;
  point(to_, to);
  reorder_.execute(stream_, from_storage_, to_);
  stream_.wait();
}

}  // namespace tram::train::onednn
