#include "models/network/resnet.hpp"

#include <fmt/format.h>

namespace tram {
namespace {

/// Appends the layers of a CIFAR ResNet to a graph, asking for each parameter by its name.
class ResnetBuilder {
 public:
  ResnetBuilder(const ResnetCifar& architecture, const ParameterSource& parameters)
      : architecture_(architecture), parameters_(parameters) {
    graph_.name = fmt::format("resnet{}", architecture.depth());
    graph_.input = architecture.input;
  }

  NetworkGraph build() {
    int x = conv_norm("conv1", "bn1", 0, architecture_.input.channels, architecture_.width, 1);
    x = graph_.add("relu1", ReluOp{}, {x});
    int channels = architecture_.width;
    for (int s = 1; s <= architecture_.stages; ++s)
      for (int b = 0; b < architecture_.blocks; ++b) {
        const int out_channels = architecture_.width << (s - 1);
        x = block(fmt::format("layer{}.{}.", s, b), x, channels, out_channels, s > 1 && b == 0 ? 2 : 1);
        channels = out_channels;
      }
    x = graph_.add("pool", GlobalAveragePoolOp{}, {x});
    const Shape weight = {architecture_.classes, channels};
    LinearOp linear{parameters_("linear.weight", weight), parameters_("linear.bias", {architecture_.classes})};
    graph_.add("linear", std::move(linear), {x});
    return std::move(graph_);
  }

 private:
  int conv_norm(const std::string& conv, const std::string& norm, int x, int in, int out, int stride) {
    x = graph_.add(conv, ConvolutionOp{parameters_(conv + ".weight", {out, in, 3, 3}), {}, stride, 1}, {x});
    const auto parameter = [&](const char* name) { return parameters_(norm + name, {out}); };
    BatchNormOp op;
    op.gamma = parameter(".weight");
    op.beta = parameter(".bias");
    op.mean = parameter(".running_mean");
    op.variance = parameter(".running_var");
    return graph_.add(norm, std::move(op), {x});
  }

  int block(const std::string& prefix, int x, int in, int out, int stride) {
    int y = conv_norm(prefix + "conv1", prefix + "bn1", x, in, out, stride);
    y = graph_.add(prefix + "relu1", ReluOp{}, {y});
    y = conv_norm(prefix + "conv2", prefix + "bn2", y, out, out, 1);
    const int shortcut = in == out ? x : graph_.add(prefix + "shortcut", SubsampleOp{stride, out}, {x});
    y = graph_.add(prefix + "add", AddOp{}, {y, shortcut});
    return graph_.add(prefix + "relu2", ReluOp{}, {y});
  }

  const ResnetCifar& architecture_;
  const ParameterSource& parameters_;
  NetworkGraph graph_;
};

}  // namespace

NetworkGraph resnet_cifar(const ResnetCifar& architecture, const ParameterSource& parameters) {
  return ResnetBuilder(architecture, parameters).build();
}

ResnetCifar resnet_cifar_architecture(const SafeTensors& file) {
  ResnetCifar architecture;
  architecture.width = tensor_extent(file, "conv1.weight", 4, 0);
  architecture.input.channels = tensor_extent(file, "conv1.weight", 4, 1);
  architecture.classes = tensor_extent(file, "linear.weight", 2, 0);
  architecture.blocks = 1;
  while (file.contains(fmt::format("layer1.{}.conv1.weight", architecture.blocks))) ++architecture.blocks;
  architecture.stages = 1;
  while (architecture.stages < 8 && file.contains(fmt::format("layer{}.0.conv1.weight", architecture.stages + 1)))
    ++architecture.stages;
  return architecture;
}

NetworkGraph resnet_cifar(const SafeTensors& file) {
  return resnet_cifar(resnet_cifar_architecture(file), parameters_of(file));
}

}  // namespace tram
