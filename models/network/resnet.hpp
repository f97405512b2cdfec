#pragma once
#include <functional>
#include <string>

#include "models/network/graph.hpp"
#include "models/network/safetensors.hpp"

namespace tram {

/// The CIFAR ResNet family (He et al., CVPR 2016, section 4.2): a 3x3 convolution, `stages` stages of `blocks`
/// basic blocks whose width doubles and whose size halves from stage to stage, global average pool, linear.
struct ResnetCifar {
  int blocks = 3;  ///< a stage; depth = 2 stages blocks + 2
  int width = 16;  ///< channels of the first stage
  int classes = 10;
  int stages = 3;
  FeatureShape input = {32, 32, 3};

  int depth() const { return 2 * stages * blocks + 2; }
};

/// Gives the tensor called name; it must have the shape given. The builder's only access to weights, so that a
/// trainer can supply initial ones.
using ParameterSource = std::function<Tensor(const std::string& name, const Shape& shape)>;

/// Builds the graph; parameters are asked for in file order by their names: conv1.weight, bn1.{weight, bias,
/// running_mean, running_var}, layerS.B.conv1.weight, ..., linear.{weight, bias}.
NetworkGraph resnet_cifar(const ResnetCifar& architecture, const ParameterSource& parameters);

/// Blocks, width, classes and stages from the tensors present in the file.
ResnetCifar resnet_cifar_architecture(const SafeTensors& file);

/// Both: the network whose weights are in the file, named resnet<depth>.
NetworkGraph resnet_cifar(const SafeTensors& file);

/// A built-in network by name, "resnet<depth>_<anything>" (e.g. resnet20_cifar10), with weights from a safetensors
/// file whose depth must be the one named. Batch norm is not folded yet.
NetworkGraph load_network(const std::string& name, const SafeTensors& weights);

}  // namespace tram
