#pragma once
#include "models/network/graph.hpp"

namespace tram {

// fp32 kernels of FloatInference beside the GEMM: one function an operation; shapes as in operations.hpp, the output
// has the shape given. naive_inference is the oracle of each.

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
