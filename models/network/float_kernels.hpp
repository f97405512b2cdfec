#pragma once
#include <algorithm>

#include "models/network/graph.hpp"

namespace tram {

// fp32 kernels of FloatInference beside the GEMM: one function an operation; shapes as in operations.hpp, the output
// has the shape given. naive_inference is the oracle of each.

/// erf(x) within 5e-7 by a rational function of degree 13 over 8 on [-4, 4] (the coefficients of Eigen's and XLA's
/// fp32 erf); branch-free, so that loops over it vectorise.
inline float fast_erf(float x) {
  x = std::clamp(x, -4.0F, 4.0F);
  const float s = x * x;
  float p = -2.72614225801306e-10F;
  for (const float c : {2.77068142495902e-08F, -2.10102402082508e-06F, -5.69250639462346e-05F, -7.34990630326855e-04F,
                        -2.95459980854025e-03F, -1.60960333262415e-02F})
    p = p * s + c;
  float q = -1.45660718464996e-05F;
  for (const float c : {-2.13374055278905e-04F, -1.68282697438203e-03F, -7.37332916720468e-03F, -1.42647390514189e-02F})
    q = q * s + c;
  return x * p / q;
}

/// Convolution with groups > 1; packed holds one pack_columns result a group, one after the other (unused when
/// depthwise).
Tensor grouped_convolution(const Tensor& input, const ConvolutionOp& op, const FeatureShape& in,
                           const FeatureShape& out, const std::vector<float>& packed);

/// The packed weights that grouped_convolution wants.
std::vector<float> pack_groups(const ConvolutionOp& op);

Tensor layer_norm(const Tensor& input, const LayerNormOp& op);
Tensor softmax(const Tensor& input);
Tensor attention_scores(const Tensor& q, const Tensor& k, const AttentionScoresOp& op, const FeatureShape& out);
Tensor attention_context(const Tensor& p, const Tensor& v, const AttentionContextOp& op, const FeatureShape& out);
Tensor max_pool(const Tensor& input, const MaxPoolOp& op, const FeatureShape& in, const FeatureShape& out);
Tensor average_pool(const Tensor& input, const AveragePoolOp& op, const FeatureShape& in, const FeatureShape& out);
Tensor slice_channels(const Tensor& input, const SliceChannelsOp& op);

}  // namespace tram
