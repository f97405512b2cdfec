#include "train/layers/tokens.hpp"

#include <algorithm>
#include <functional>

namespace tram::train {
namespace {

/// to[i] += sum over n of from[n][first + i], where from is [batch][stride]
void add_over_batch(const float* from, int batch, int64_t stride, int64_t first, std::span<float> to) {
  for (int n = 0; n < batch; ++n) {
    const float* row = from + n * stride + first;
    std::transform(to.begin(), to.end(), row, to.begin(), std::plus<>());
  }
}

/// y[n][i] = x[n][i] + map[i]
void add_map(const BatchTensor& x, std::span<const float> map, int batch, BatchTensor& y) {
  for (int n = 0; n < batch; ++n) {
    const auto first = static_cast<int64_t>(n * map.size());
    std::transform(map.begin(), map.end(), x.data() + first, y.data() + first, std::plus<>());
  }
}

}  // namespace

PrependToken::PrependToken(NetworkParameters& parameters, const std::string& name, const BatchShape& in)
    : in_(in), token_(parameters.trained.add(name, {1, 1, in.channels}, Parameter::Kind::embedding)) {}

void PrependToken::forward(const ForwardPass& pass, Inputs x, BatchTensor& y) {
  const int64_t rest = in_.size() / in_.batch;
  for (int n = 0; n < in_.batch; ++n) {
    float* to = y.data() + n * (rest + in_.channels);
    std::copy_n(pass.trained.data() + token_, in_.channels, to);
    std::copy_n(x[0]->data() + n * rest, rest, to + in_.channels);
  }
}

void PrependToken::backward(const BackwardPass& pass, Inputs, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  const int64_t rest = in_.size() / in_.batch, stride = rest + in_.channels;
  const auto token = pass.gradient.subspan(static_cast<size_t>(token_), static_cast<size_t>(in_.channels));
  std::fill(token.begin(), token.end(), 0.0F);
  add_over_batch(dy.data(), in_.batch, stride, 0, token);
  if (dx[0] == nullptr) return;
  for (int n = 0; n < in_.batch; ++n)
    std::copy_n(dy.data() + n * stride + in_.channels, rest, dx[0]->data() + n * rest);
}

AddParameter::AddParameter(NetworkParameters& parameters, const std::string& name, const BatchShape& shape)
    : shape_(shape), map_(parameters.trained.add(name, {1, int64_t{shape.height} * shape.width, shape.channels},
                                                 Parameter::Kind::embedding)) {}

void AddParameter::forward(const ForwardPass& pass, Inputs x, BatchTensor& y) {
  const auto item = static_cast<size_t>(shape_.size() / shape_.batch);
  add_map(*x[0], pass.trained.subspan(static_cast<size_t>(map_), item), shape_.batch, y);
}

void AddParameter::backward(const BackwardPass& pass, Inputs, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  const int64_t item = shape_.size() / shape_.batch;
  const auto map = pass.gradient.subspan(static_cast<size_t>(map_), static_cast<size_t>(item));
  std::fill(map.begin(), map.end(), 0.0F);
  add_over_batch(dy.data(), shape_.batch, item, 0, map);
  if (dx[0] != nullptr) std::copy(dy.values().begin(), dy.values().end(), dx[0]->data());
}

void AddMask::forward(const ForwardPass&, Inputs x, BatchTensor& y) { add_map(*x[0], map_, shape_.batch, y); }

void AddMask::backward(const BackwardPass&, Inputs, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  if (dx[0] != nullptr) std::copy(dy.values().begin(), dy.values().end(), dx[0]->data());
}

void Slice::forward(const ForwardPass&, Inputs x, BatchTensor& y) {
  for (int n = 0; n < in_.batch; ++n)
    for (int t = 0; t < tokens_.count; ++t)
      for (int w = 0; w < in_.width; ++w)
        std::copy_n(x[0]->data() + x[0]->index(n, channels_.first, tokens_.first + t, w), channels_.count,
                    &y.at(n, 0, t, w));
}

void Slice::backward(const BackwardPass&, Inputs, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  if (dx[0] == nullptr) return;
  std::fill(dx[0]->values().begin(), dx[0]->values().end(), 0.0F);
  for (int n = 0; n < in_.batch; ++n)
    for (int t = 0; t < tokens_.count; ++t)
      for (int w = 0; w < in_.width; ++w)
        std::copy_n(dy.data() + dy.index(n, 0, t, w), channels_.count,
                    &dx[0]->at(n, channels_.first, tokens_.first + t, w));
}

void Reshape::forward(const ForwardPass&, Inputs x, BatchTensor& y) {
  std::copy(x[0]->values().begin(), x[0]->values().end(), y.data());
}

void Reshape::backward(const BackwardPass&, Inputs, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  if (dx[0] != nullptr) std::copy(dy.values().begin(), dy.values().end(), dx[0]->data());
}

}  // namespace tram::train
