#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace tram {

/// Weights that are part of the program, so that it runs without any file. All were trained by this project;
/// README.md beside this header has the command that made each.
///   resnet8_shapes: ResNet-8 of width 8 for the drawn data set "shapes", 98.00 % of its 2,000 first test images
///   resnet20_cifar10: ResNet-20 for CIFAR-10, 91.32 % of its test images
///   vit_shapes: vision transformer of 32 channels and two blocks for "shapes", 87.45 % of its 2,000 first test images

/// The safetensors file of that name, as bytes that live as long as the program.
/// InputError (with the nearest name) when there is none.
std::string_view embedded_weights(std::string_view name);

/// Names of all embedded files.
std::vector<std::string> embedded_names();

}  // namespace tram
