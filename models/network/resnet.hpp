#pragma once
#include "models/network/graph.hpp"
#include "models/network/parameter_source.hpp"

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

/// Builds the graph; parameters are asked for in file order by their names: conv1.weight, bn1.{weight, bias,
/// running_mean, running_var}, layerS.B.conv1.weight, ..., linear.{weight, bias}.
NetworkGraph resnet_cifar(const ResnetCifar& architecture, const ParameterSource& parameters);

/// Blocks, width, classes and stages from the tensors present in the file.
ResnetCifar resnet_cifar_architecture(const SafeTensors& file);

/// CIFAR ResNet whose weights are in the file, named resnet<depth>.
NetworkGraph resnet_cifar(const SafeTensors& file);

}  // namespace tram
