#pragma once
#include <cstdint>
#include <random>
#include <vector>

#include "models/multiplier/truth_table.hpp"
#include "models/quant/integer_network.hpp"

namespace tram::test {

/// Products with large errors of their own for each of the 65,536 pairs: asymmetric, table(0, 0) = 17.
TruthTable random_table(uint32_t seed);

std::vector<uint8_t> random_codes(size_t count, std::mt19937& random);

/// A convolution with random weights, zeros, biases and requantisers.
GemmLayer random_conv(const std::string& name, FeatureShape in, int channels, int kernel, int stride, int padding,
                      std::mt19937& random);

/// A network of one layer, which gives the logits: K x N, M = 1.
IntegerNetwork single_linear(int k, int n, std::mt19937& random);

/// A network whose one GEMM has these sizes: m pixels of a map, k channels, n channels out; all logits.
IntegerNetwork single_gemm(int m, int k, int n, std::mt19937& random);

/// Convolutions with padding and stride, a subsampling shortcut with an addition, a 1 x 1 convolution, average pooling
/// and a linear layer, on odd sizes (input 9 x 7 x 3).
IntegerNetwork small_residual_network(uint32_t seed);

/// The layers of ResNet-20 for CIFAR-10 as shapes with empty weights, in order.
std::vector<GemmLayer> resnet20_gemms();

}  // namespace tram::test
