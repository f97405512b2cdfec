#pragma once
#include <filesystem>
#include <string>

#include "models/network/graph.hpp"
#include "models/network/parameter_source.hpp"

namespace tram {

/// A built-in network by name with weights from a safetensors file:
/// - resnet<depth>_<anything>, e.g. resnet20_cifar10, resnet56_cifar10: the CIFAR ResNets of resnet.hpp; the file's
///   depth must be the one named;
/// - deit_..., vit_..., e.g. deit_tiny_patch16_224, deit_small_patch16_224, vit_tiny_patch16_224: the vision
///   transformers of vit.hpp; tiny, small, base, patch<size> and the image size behind it, where the name has them,
///   must be those of the file.
/// Batch norm is not folded yet. InputError for other names and for weights that are not the named network's: tensors
/// that are missing or have another shape, and the first that the network has no place for (first_left_over), such as
/// those of projection shortcuts or of layer scale.
NetworkGraph load_network(const std::string& name, const SafeTensors& weights);

/// Network with parameters from elsewhere; of the file only the shapes that tell the architecture are read: those of
/// convolutions, linear layers and the position embedding.
NetworkGraph load_network(const std::string& name, const SafeTensors& file, const ParameterSource& parameters);

/// Network with the weights' path; or, when the name ends in .onnx, the network in that file (onnx/import.hpp), which
/// has its own weights (`weights` is not read). A softmax at its end is left off: the logits are what it reads.
NetworkGraph load_network(const std::string& name_or_file, const std::filesystem::path& weights);

}  // namespace tram
