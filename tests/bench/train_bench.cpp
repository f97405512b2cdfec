#include <benchmark/benchmark.h>

#include <dnnl.hpp>

#include <chrono>
#include <unordered_map>

#include "models/network/resnet.hpp"
#include "train/layers/loss.hpp"
#include "train/network/graph_network.hpp"
#include "train/onednn/single_thread.hpp"

namespace tram::train {
namespace {

using dnnl::memory;
using dnnl::prop_kind;
using Clock = std::chrono::steady_clock;
using Arguments = std::vector<std::pair<int, memory::desc>>;

constexpr int shard = 32;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

NetworkGraph resnet20() {
  return resnet_cifar(ResnetCifar{}, [](const std::string&, const Shape& shape) { return zeros(shape); });
}

/// One training step of the network as the trainer takes it on one shard: forward, loss, backward.
class NetworkStep {
 public:
  NetworkStep()
      : network_(resnet20(), shard), images_(network_.input_shape()), dlogits_(network_.output_shape()),
        trained_(initial_values(network_.parameters().trained, 1)),
        running_(initial_values(network_.parameters().running, 1)), statistics_(running_.size()),
        gradient_(trained_.size()), labels_(shard) {
    for (size_t i = 0; i < images_.values().size(); ++i) images_.values()[i] = static_cast<float>(i % 37) / 18 - 1;
  }
  void run() {
    const BatchTensor& logits = network_.forward({trained_, running_, statistics_}, images_);
    loss_backward(logits, {labels_}, 1.0F / shard, dlogits_);
    network_.backward({trained_, statistics_, gradient_}, dlogits_);
  }

 private:
  GraphNetwork network_;
  BatchTensor images_, dlogits_;
  std::vector<float> trained_, running_, statistics_, gradient_;
  std::vector<int> labels_;
};

/// The step's oneDNN primitives, each alone: with memory of its own, all in the layouts it asks for.
class Primitives {
 public:
  explicit Primitives(const NetworkGraph& graph) {
    const std::vector<FeatureShape> shapes = infer_shapes(graph);
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      const int input = graph.nodes[i].inputs[0];
      const memory::desc x = map(shapes[static_cast<size_t>(input)]), y = map(shapes[i + 1]);
      std::visit([&](const auto& operation) { add(operation, x, y, input == 0); }, graph.nodes[i].operation);
    }
  }

  /// The sum of the primitives' times in seconds, each run right after itself, so with its data in the caches as far as
  /// they hold it.
  double seconds() {
    double sum = 0;
    for (Timed& timed : all_) {
      timed.primitive.execute(stream_, timed.memories);
      const Clock::time_point start = Clock::now();
      timed.primitive.execute(stream_, timed.memories);
      stream_.wait();
      sum += seconds_since(start);
    }
    return sum;
  }

 private:
  struct Timed {
    dnnl::primitive primitive;
    std::unordered_map<int, memory> memories;
  };

  static memory::desc map(const FeatureShape& s) {
    return {{shard, s.channels, s.height, s.width}, memory::data_type::f32, memory::format_tag::nhwc};
  }
  static memory::desc flat(const memory::desc& desc) {
    return {{static_cast<memory::dim>(desc.get_size() / sizeof(float))}, memory::data_type::f32, memory::format_tag::x};
  }
  static memory::desc any(const Shape& shape) {
    return {memory::dims(shape.begin(), shape.end()), memory::data_type::f32, memory::format_tag::any};
  }
  static memory::desc vector(memory::dim size) { return {{size}, memory::data_type::f32, memory::format_tag::x}; }

  /// in_place: the memory of this argument is that of the first one.
  void add(const dnnl::primitive& primitive, const Arguments& arguments, int in_place = 0) {
    Timed timed{primitive, {}};
    for (const auto& [argument, desc] : arguments) {
      memory values = argument == in_place ? timed.memories.at(arguments[0].first) : memory(desc, engine_);
      auto* const data = static_cast<float*>(values.get_data_handle());
      if (argument != in_place) std::fill_n(data, desc.get_size() / sizeof(float), 0.5F);
      timed.memories.insert({argument, values});
    }
    all_.push_back(std::move(timed));
  }

  void add(const ConvolutionOp& op, const memory::desc& x, const memory::desc& y, bool is_first) {
    const memory::desc w = any(op.weight.shape);
    const memory::dims strides{op.stride, op.stride}, padding{op.padding, op.padding};
    const auto direct = dnnl::algorithm::convolution_direct;
    const dnnl::convolution_forward::primitive_desc forward(
        {prop_kind::forward_training, direct, x, w, y, strides, padding, padding}, engine_);
    const dnnl::convolution_backward_weights::primitive_desc weights({direct, x, w, y, strides, padding, padding},
                                                                     engine_, forward);
    add(dnnl::convolution_forward(forward),
        {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, forward.weights_desc()}, {DNNL_ARG_DST, y}});
    add(dnnl::convolution_backward_weights(weights),
        {{DNNL_ARG_SRC, x}, {DNNL_ARG_DIFF_DST, y}, {DNNL_ARG_DIFF_WEIGHTS, weights.diff_weights_desc()}});
    if (is_first) return;  // the images need no gradient
    const dnnl::convolution_backward_data::primitive_desc data({direct, x, w, y, strides, padding, padding}, engine_,
                                                               forward);
    add(dnnl::convolution_backward_data(data),
        {{DNNL_ARG_DIFF_DST, y}, {DNNL_ARG_WEIGHTS, data.weights_desc()}, {DNNL_ARG_DIFF_SRC, x}});
  }

  void add(const BatchNormOp& op, const memory::desc& x, const memory::desc&, bool) {
    const auto flags = dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;
    const dnnl::batch_normalization_forward::primitive_desc forward({prop_kind::forward_training, x, op.epsilon, flags},
                                                                    engine_);
    const dnnl::batch_normalization_backward::primitive_desc backward({prop_kind::backward, x, x, op.epsilon, flags},
                                                                      engine_, forward);
    const memory::desc channel = vector(op.gamma.shape[0]);
    add(dnnl::batch_normalization_forward(forward), {{DNNL_ARG_SRC, x},
                                                     {DNNL_ARG_SCALE, channel},
                                                     {DNNL_ARG_SHIFT, channel},
                                                     {DNNL_ARG_MEAN, channel},
                                                     {DNNL_ARG_VARIANCE, channel},
                                                     {DNNL_ARG_DST, x}});
    add(dnnl::batch_normalization_backward(backward), {{DNNL_ARG_SRC, x},
                                                       {DNNL_ARG_SCALE, channel},
                                                       {DNNL_ARG_SHIFT, channel},
                                                       {DNNL_ARG_MEAN, channel},
                                                       {DNNL_ARG_VARIANCE, channel},
                                                       {DNNL_ARG_DIFF_DST, x},
                                                       {DNNL_ARG_DIFF_SRC, x},
                                                       {DNNL_ARG_DIFF_SCALE, channel},
                                                       {DNNL_ARG_DIFF_SHIFT, channel}});
  }

  void add(const ReluOp&, const memory::desc& map, const memory::desc&, bool) {
    const memory::desc x = flat(map);
    const auto relu = dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
    const dnnl::eltwise_forward::primitive_desc forward({prop_kind::forward_training, relu, x, 0, 0}, engine_);
    const dnnl::eltwise_backward::primitive_desc backward({relu, x, x, 0, 0}, engine_, forward);
    add(dnnl::eltwise_forward(forward), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, x}}, DNNL_ARG_DST);
    add(dnnl::eltwise_backward(backward), {{DNNL_ARG_DST, x}, {DNNL_ARG_DIFF_DST, x}, {DNNL_ARG_DIFF_SRC, x}});
  }

  /// Forward, and backward the sum of the gradients of the map that both branches start from.
  void add(const AddOp&, const memory::desc& map, const memory::desc&, bool) {
    const memory::desc x = flat(map);
    const dnnl::binary::primitive_desc forward({dnnl::algorithm::binary_add, x, x, x}, engine_);
    for (int time = 0; time < 2; ++time)
      add(dnnl::binary(forward), {{DNNL_ARG_SRC_0, x}, {DNNL_ARG_SRC_1, x}, {DNNL_ARG_DST, x}}, DNNL_ARG_DST);
  }

  void add(const GlobalAveragePoolOp&, const memory::desc& x, const memory::desc& y, bool) {
    const memory::dims window{x.dims()[2], x.dims()[3]}, ones{1, 1}, none{0, 0};
    const auto average = dnnl::algorithm::pooling_avg_exclude_padding;
    const dnnl::pooling_forward::primitive_desc forward(
        {prop_kind::forward_training, average, x, y, ones, window, none, none}, engine_);
    const dnnl::pooling_backward::primitive_desc backward({average, x, y, ones, window, none, none}, engine_, forward);
    add(dnnl::pooling_forward(forward), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}});
    add(dnnl::pooling_backward(backward), {{DNNL_ARG_DIFF_DST, y}, {DNNL_ARG_DIFF_SRC, x}});
  }

  void add(const LinearOp& op, const memory::desc&, const memory::desc&, bool) {
    const memory::dim out = op.weight.shape[0], in = op.weight.shape[1];
    const memory::desc x({shard, in}, memory::data_type::f32, memory::format_tag::nc),
        w = any(op.weight.shape), y({shard, out}, memory::data_type::f32, memory::format_tag::nc), b = vector(out);
    const dnnl::inner_product_forward::primitive_desc forward({prop_kind::forward_training, x, w, b, y}, engine_);
    const dnnl::inner_product_backward_data::primitive_desc data({x, w, y}, engine_, forward);
    const dnnl::inner_product_backward_weights::primitive_desc weights({x, w, b, y}, engine_, forward);
    add(dnnl::inner_product_forward(forward),
        {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, forward.weights_desc()}, {DNNL_ARG_BIAS, b}, {DNNL_ARG_DST, y}});
    add(dnnl::inner_product_backward_data(data),
        {{DNNL_ARG_DIFF_DST, y}, {DNNL_ARG_WEIGHTS, data.weights_desc()}, {DNNL_ARG_DIFF_SRC, x}});
    add(dnnl::inner_product_backward_weights(weights), {{DNNL_ARG_SRC, x},
                                                        {DNNL_ARG_DIFF_DST, y},
                                                        {DNNL_ARG_DIFF_WEIGHTS, weights.diff_weights_desc()},
                                                        {DNNL_ARG_DIFF_BIAS, b}});
  }

  /// What is no primitive of oneDNN.
  template <typename Other>
  void add(const Other&, const memory::desc&, const memory::desc&, bool) {}

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::vector<Timed> all_;
};

/// A ResNet-20 step on 32 images of 32 x 32, one thread, and its primitives alone, in turns, so that both meet the same
/// load. of_primitives: the primitives' time in the step's, 1 when no time is lost around them.
void resnet20_step(benchmark::State& state) {
  onednn::use_single_thread();
  NetworkStep step;  // before Primitives: it chooses the kernels (AVX2)
  Primitives primitives(resnet20());
  step.run();
  double in_steps = 0, in_primitives = 0;
  for (auto _ : state) {
    const Clock::time_point start = Clock::now();
    step.run();
    const double seconds = seconds_since(start);
    state.SetIterationTime(seconds);
    in_steps += seconds;
    in_primitives += primitives.seconds();
  }
  const auto iterations = static_cast<double>(state.iterations());
  state.counters["images/s"] = shard * iterations / in_steps;
  state.counters["primitives_ms"] = 1e3 * in_primitives / iterations;
  state.counters["of_primitives"] = in_primitives / in_steps;
}
BENCHMARK(resnet20_step)->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(3);

}  // namespace
}  // namespace tram::train

BENCHMARK_MAIN();
