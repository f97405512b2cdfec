#pragma once
#include <dnnl.hpp>

#include <initializer_list>
#include <unordered_map>
#include <utility>

namespace tram::train::onednn {

// Helpers that the primitives of this folder share. This header and the .cpp files here are the only ones that see
// oneDNN.

/// The engine of all primitives, made at the first call. oneDNN is then held to its AVX2 kernels, so that processors
/// with and without wider vectors add in the same order.
dnnl::engine& cpu_engine();

/// Layout of activations: nhwc, in which the channels of one position lie side by side.
dnnl::memory::desc activation(int batch, int channels, int height, int width);

/// A memory object without storage; point() gives it one before each execution.
dnnl::memory placeholder(const dnnl::memory::desc& desc);
void point(dnnl::memory& memory, const float* data);

/// Attributes of every primitive: its scratchpad is passed at execution, so that one thread may create the primitive
/// and another run it.
dnnl::primitive_attr caller_owned_scratchpad();

/// The implementation that oneDNN chooses for an operation; forward: of a backward primitive, that of its forward pass.
template <typename Primitive, typename... Forward>
typename Primitive::primitive_desc describe(const typename Primitive::desc& operation, const Forward&... forward) {
  return {operation, caller_owned_scratchpad(), cpu_engine(), forward...};
}

/// A primitive with its arguments and scratchpad, run to its end by execute().
class Step {
 public:
  explicit Step(const dnnl::primitive_desc& descriptor) : primitive_(descriptor), stream_(cpu_engine()) {
    arguments_.insert({DNNL_ARG_SCRATCHPAD, dnnl::memory(descriptor.scratchpad_desc(), cpu_engine())});
  }
  void bind(int argument, const dnnl::memory& memory) { arguments_.insert_or_assign(argument, memory); }
  void bind(int argument, const dnnl::memory::desc& desc) { bind(argument, placeholder(desc)); }
  void point(int argument, const float* data) { onednn::point(arguments_.at(argument), data); }
  void execute();
  /// Points the arguments at their data, then execute().
  void run(std::initializer_list<std::pair<int, const float*>> data) {
    for (const auto& [argument, values] : data) point(argument, values);
    execute();
  }

 private:
  dnnl::primitive primitive_;
  dnnl::stream stream_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

/// Copies a tensor from one layout to another; free when the two are the same.
class Relayout {
 public:
  Relayout(const dnnl::memory::desc& from, const dnnl::memory::desc& to);

  /// The tensor at `from` in the layout `to`: a buffer of this object, or `from` itself when nothing has to move.
  const float* operator()(const float* from);
  /// A buffer in the layout `from` to compute into before copy_to(); `to` itself when nothing has to move.
  float* source_for(float* to);
  void copy_to(float* to);

 private:
  bool same_;
  dnnl::memory from_, to_, from_storage_, to_storage_;
  dnnl::reorder reorder_;
  dnnl::stream stream_;
};

}  // namespace tram::train::onednn
