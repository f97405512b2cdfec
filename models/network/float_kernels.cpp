#include "models/network/float_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "models/network/float_gemm.hpp"

namespace tram {
namespace {

/// Channels first .. first + count - 1 of every row of `channels` values.
std::vector<float> columns_of(const Tensor& map, int64_t first, int64_t count) {
  const int64_t channels = map.shape.back(), rows = static_cast<int64_t>(map.data.size()) / channels;
  std::vector<float> part(static_cast<size_t>(rows * count));
  for (int64_t row = 0; row < rows; ++row)
    std::copy_n(map.data.begin() + row * channels + first, count, part.begin() + row * count);
  return part;
}

/// Writes rows of `count` values into columns first .. of a map of `channels` columns.
void place_columns(const std::vector<float>& part, int64_t first, int64_t count, Tensor& map) {
  const int64_t channels = map.shape.back(), rows = static_cast<int64_t>(part.size()) / count;
  for (int64_t row = 0; row < rows; ++row)
    std::copy_n(part.begin() + row * count, count, map.data.begin() + row * channels + first);
}

ConvolutionOp group_of(const ConvolutionOp& op, int64_t group) {
  const int64_t out_channels = op.weight.shape[0] / op.groups;
  const int64_t taps = element_count(op.weight.shape) / op.weight.shape[0];
  ConvolutionOp part{{op.weight.shape, {}}, {}, op.stride, op.padding, 1};
  part.weight.shape[0] = out_channels;
  const auto begin = op.weight.data.begin() + group * out_channels * taps;
  part.weight.data.assign(begin, begin + out_channels * taps);
  if (!op.bias.empty()) {
    const auto bias = op.bias.data.begin() + group * out_channels;
    part.bias = {{out_channels}, {bias, bias + out_channels}};
  }
  return part;
}

bool is_depthwise(const ConvolutionOp& op) { return op.weight.shape[1] == 1 && op.weight.shape[0] == op.groups; }

/// Weights [C, 1, H, W] as [H, W][C], so that the innermost loop runs over channels.
std::vector<float> depthwise_weights(const Tensor& weight) {
  const int64_t channels = weight.shape[0], taps = weight.shape[2] * weight.shape[3];
  std::vector<float> ordered(weight.data.size());
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t t = 0; t < taps; ++t)
      ordered[static_cast<size_t>(t * channels + c)] = weight.data[static_cast<size_t>(c * taps + t)];
  return ordered;
}

/// Calls body(tap, position) for every tap of a square window at output (y, x) that lies inside the map.
void for_each_tap(int y, int x, int height, int width, int stride, int padding, const FeatureShape& in,
                  const auto& body) {
  for (int r = 0; r < height; ++r)
    for (int s = 0; s < width; ++s) {
      const int row = y * stride + r - padding, column = x * stride + s - padding;
      if (row < 0 || row >= in.height || column < 0 || column >= in.width) continue;
      body(int64_t{r} * width + s, int64_t{row} * in.width + column);
    }
}

Tensor depthwise_convolution(const Tensor& input, const ConvolutionOp& op, const FeatureShape& in,
                             const FeatureShape& out, const std::vector<float>& weights) {
  Tensor y = zeros(out);
  const auto kernel_height = static_cast<int>(op.weight.shape[2]), kernel_width = static_cast<int>(op.weight.shape[3]);
  const int64_t channels = in.channels;
  float* to = y.data.data();
  for (int row = 0; row < out.height; ++row)
    for (int column = 0; column < out.width; ++column, to += channels) {
      if (!op.bias.empty()) std::copy(op.bias.data.begin(), op.bias.data.end(), to);
      for_each_tap(row, column, kernel_height, kernel_width, op.stride, op.padding, in,
                   [&](int64_t tap, int64_t position) {
                     const float* from = input.data.data() + position * channels;
                     const float* weight = weights.data() + tap * channels;
                     for (int64_t c = 0; c < channels; ++c) to[c] += from[c] * weight[c];
                   });
    }
  return y;
}

}  // namespace

std::vector<float> pack_groups(const ConvolutionOp& op) {
  if (is_depthwise(op)) return depthwise_weights(op.weight);
  std::vector<float> packed;
  for (int group = 0; group < op.groups; ++group) {
    const Tensor weight = group_of(op, group).weight;
    const std::vector<float> part =
        pack_columns(gemm_weights(weight), weight.shape[0], element_count(weight.shape) / weight.shape[0]);
    packed.insert(packed.end(), part.begin(), part.end());
  }
  return packed;
}

Tensor grouped_convolution(const Tensor& input, const ConvolutionOp& op, const FeatureShape& in,
                           const FeatureShape& out, const std::vector<float>& packed) {
  if (is_depthwise(op)) return depthwise_convolution(input, op, in, out, packed);
  Tensor y = zeros(out);
  const int group_in = in.channels / op.groups, group_out = out.channels / op.groups;
  const int64_t positions = int64_t{out.height} * out.width, k = element_count(op.weight.shape) / op.weight.shape[0];
  const size_t panel = packed.size() / static_cast<size_t>(op.groups);
  std::vector<float> result(static_cast<size_t>(positions * group_out));
  for (int group = 0; group < op.groups; ++group) {
    const ConvolutionOp part = group_of(op, group);
    const FeatureShape part_in = {in.height, in.width, group_in};
    const Tensor map = {{in.height, in.width, group_in}, columns_of(input, int64_t{group} * group_in, group_in)};
    const std::span<const float> weights(packed.data() + static_cast<size_t>(group) * panel, panel);
    float_gemm(positions, group_out, k, float_im2col(map, part, part_in, out), weights, part.bias.data, result);
    place_columns(result, int64_t{group} * group_out, group_out, y);
  }
  return y;
}

Tensor layer_norm(const Tensor& input, const LayerNormOp& op) {
  Tensor y = input;
  const size_t channels = op.gamma.data.size();
  for (size_t i = 0; i < y.data.size(); i += channels) {
    float* row = y.data.data() + i;
    double sum = 0, squares = 0;
    for (size_t c = 0; c < channels; ++c) sum += row[c];
    const double mean = sum / static_cast<double>(channels);
    for (size_t c = 0; c < channels; ++c) squares += (row[c] - mean) * (row[c] - mean);
    const double factor = 1 / std::sqrt(squares / static_cast<double>(channels) + double{op.epsilon});
    for (size_t c = 0; c < channels; ++c)
      row[c] = static_cast<float>((row[c] - mean) * factor) * op.gamma.data[c] + op.beta.data[c];
  }
  return y;
}

Tensor softmax(const Tensor& input) {
  Tensor y = input;
  const auto channels = static_cast<size_t>(input.shape.back());
  for (size_t i = 0; i < y.data.size(); i += channels) {
    const std::span<float> row(y.data.data() + i, channels);
    const float largest = *std::max_element(row.begin(), row.end());
    float sum = 0;
    for (float& value : row) sum += value = std::exp(value - largest);
    for (float& value : row) value /= sum;
  }
  return y;
}

Tensor attention_scores(const Tensor& q, const Tensor& k, const AttentionScoresOp& op, const FeatureShape& out) {
  Tensor y = zeros(out);
  const int64_t tokens = q.shape[0], keys = k.shape[0], depth = q.shape[2] / op.heads;
  std::vector<float> scores(static_cast<size_t>(tokens * keys));
  for (int64_t head = 0; head < op.heads; ++head) {
    const std::vector<float> queries = columns_of(q, head * depth, depth);
    const std::vector<float> packed = pack_columns(columns_of(k, head * depth, depth), keys, depth);
    float_gemm(tokens, keys, depth, queries, packed, {}, scores);
    for (float& score : scores) score *= op.scale;
    for (int64_t t = 0; t < tokens; ++t)
      std::copy_n(scores.begin() + t * keys, keys, y.data.begin() + (t * op.heads + head) * keys);
  }
  return y;
}

Tensor attention_context(const Tensor& p, const Tensor& v, const AttentionContextOp& op, const FeatureShape& out) {
  Tensor y = zeros(out);
  const int64_t tokens = p.shape[0], keys = v.shape[0], depth = v.shape[2] / op.heads;
  std::vector<float> probabilities(static_cast<size_t>(tokens * keys)), context(static_cast<size_t>(tokens * depth));
  std::vector<float> transposed(static_cast<size_t>(depth * keys));
  for (int64_t head = 0; head < op.heads; ++head) {
    for (int64_t t = 0; t < tokens; ++t)
      std::copy_n(p.data.begin() + (t * op.heads + head) * keys, keys, probabilities.begin() + t * keys);
    for (int64_t s = 0; s < keys; ++s)
      for (int64_t c = 0; c < depth; ++c)
        transposed[static_cast<size_t>(c * keys + s)] = v.data[static_cast<size_t>(s * v.shape[2] + head * depth + c)];
    float_gemm(tokens, depth, keys, probabilities, pack_columns(transposed, depth, keys), {}, context);
    place_columns(context, head * depth, depth, y);
  }
  return y;
}

Tensor max_pool(const Tensor& input, const MaxPoolOp& op, const FeatureShape& in, const FeatureShape& out) {
  Tensor y = zeros(out);
  std::fill(y.data.begin(), y.data.end(), -std::numeric_limits<float>::infinity());
  const int64_t channels = in.channels;
  float* to = y.data.data();
  for (int row = 0; row < out.height; ++row)
    for (int column = 0; column < out.width; ++column, to += channels)
      for_each_tap(row, column, op.kernel, op.kernel, op.stride, op.padding, in, [&](int64_t, int64_t position) {
        const float* from = input.data.data() + position * channels;
        for (int64_t c = 0; c < channels; ++c) to[c] = std::max(to[c], from[c]);
      });
  return y;
}

Tensor average_pool(const Tensor& input, const AveragePoolOp& op, const FeatureShape& in, const FeatureShape& out) {
  Tensor y = zeros(out);
  const int64_t channels = in.channels;
  float* to = y.data.data();
  for (int row = 0; row < out.height; ++row)
    for (int column = 0; column < out.width; ++column, to += channels) {
      int count = 0;
      for_each_tap(row, column, op.kernel, op.kernel, op.stride, op.padding, in, [&](int64_t, int64_t position) {
        const float* from = input.data.data() + position * channels;
        for (int64_t c = 0; c < channels; ++c) to[c] += from[c];
        ++count;
      });
      if (op.count_padding) count = op.kernel * op.kernel;
      for (int64_t c = 0; c < channels; ++c) to[c] /= static_cast<float>(count);
    }
  return y;
}

Tensor slice_channels(const Tensor& input, const SliceChannelsOp& op) {
  return {{input.shape[0], input.shape[1], op.count}, columns_of(input, op.first, op.count)};
}

}  // namespace tram
