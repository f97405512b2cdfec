#include "train/layers/attention.hpp"

namespace tram::train {
namespace {

using onednn::MatrixProductShape;
using onednn::MatrixView;

/// Views of each head's [tokens][D / heads] of a sequence [N][tokens][D].
MatrixView heads_of(int64_t tokens, int64_t channels, int heads) {
  return {{tokens * channels, channels / heads, channels, 1}};
}

/// Views of each head's [T][S] of scores [N][T][heads][S].
MatrixView scores_of(int64_t queries, int heads, int64_t keys) {
  return {{queries * heads * keys, keys, heads * keys, 1}};
}

MatrixView transposed(const MatrixView& view) {
  return {{view.strides[0], view.strides[1], view.strides[3], view.strides[2]}};
}

/// The sizes that all products of one attention share.
struct Sizes {
  int64_t batch, queries, keys, channels;
  int heads;

  int64_t depth() const { return channels / heads; }
  MatrixView of_queries() const { return heads_of(queries, channels, heads); }
  MatrixView of_keys() const { return heads_of(keys, channels, heads); }
  MatrixView of_scores() const { return scores_of(queries, heads, keys); }
  /// [queries][keys] = [queries][depth] [depth][keys]
  MatrixProductShape scores(float alpha) const {
    return {.outer = batch,
            .inner = heads,
            .m = queries,
            .n = keys,
            .k = depth(),
            .a = of_queries(),
            .b = transposed(of_keys()),
            .c = of_scores(),
            .alpha = alpha};
  }
  /// [queries][depth] = [queries][keys] [keys][depth]
  MatrixProductShape context(float alpha) const {
    return {.outer = batch,
            .inner = heads,
            .m = queries,
            .n = depth(),
            .k = keys,
            .a = of_scores(),
            .b = of_keys(),
            .c = of_queries(),
            .alpha = alpha};
  }
  /// [keys][depth] = [keys][queries] [queries][depth]
  MatrixProductShape transposed_context(float alpha) const {
    return {.outer = batch,
            .inner = heads,
            .m = keys,
            .n = depth(),
            .k = queries,
            .a = transposed(of_scores()),
            .b = of_queries(),
            .c = of_keys(),
            .alpha = alpha};
  }
};

Sizes sizes(const BatchShape& queries, const BatchShape& keys, int heads) {
  return {.batch = queries.batch,
          .queries = queries.height,
          .keys = keys.height,
          .channels = keys.channels,
          .heads = heads};
}

}  // namespace

AttentionScores::AttentionScores(const BatchShape& queries, const BatchShape& keys, int heads, float scale)
    : out_(queries.batch, keys.height, queries.height, heads), forward_(sizes(queries, keys, heads).scores(scale)),
      queries_(sizes(queries, keys, heads).context(scale)),
      keys_(sizes(queries, keys, heads).transposed_context(scale)) {}

void AttentionScores::forward(const ForwardPass&, Inputs x, BatchTensor& y) {
  forward_.run(x[0]->data(), x[1]->data(), y.data());
}

void AttentionScores::backward(const BackwardPass&, Inputs x, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  if (dx[0] != nullptr) queries_.run(dy.data(), x[1]->data(), dx[0]->data());
  if (dx[1] != nullptr) keys_.run(dy.data(), x[0]->data(), dx[1]->data());
}

AttentionContext::AttentionContext(const BatchShape& probabilities, const BatchShape& values)
    : out_(probabilities.batch, values.channels, probabilities.height, 1),
      forward_(sizes(probabilities, values, probabilities.width).context(1)),
      probabilities_(sizes(probabilities, values, probabilities.width).scores(1)),
      values_(sizes(probabilities, values, probabilities.width).transposed_context(1)) {}

void AttentionContext::forward(const ForwardPass&, Inputs x, BatchTensor& y) {
  forward_.run(x[0]->data(), x[1]->data(), y.data());
}

void AttentionContext::backward(const BackwardPass&, Inputs x, const BatchTensor&, const BatchTensor& dy,
                                Gradients dx) {
  if (dx[0] != nullptr) probabilities_.run(dy.data(), x[1]->data(), dx[0]->data());
  if (dx[1] != nullptr) values_.run(x[0]->data(), dy.data(), dx[1]->data());
}

}  // namespace tram::train
