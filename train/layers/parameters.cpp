#include "train/layers/parameters.hpp"

#include <cmath>
#include <functional>
#include <numeric>

#include "models/data/philox.hpp"

namespace tram::train {
namespace {

constexpr uint32_t initial_weights_stream = 0x7477'0001;

/// Half the width of the interval that initial values are drawn from.
float bound(const Parameter& parameter) {
  if (parameter.kind == Parameter::Kind::embedding) return 0.02F * std::sqrt(3.0F);
  const int64_t fan_in = parameter.size / parameter.shape.at(0);
  return std::sqrt(6.0F / static_cast<float>(fan_in));
}

void draw(const Parameter& parameter, RandomItem random, std::span<float> values) {
  const float size = bound(parameter);
  for (float& value : values) value = size * (2 * random.unit() - 1);
}

float constant_value(Parameter::Kind kind) {
  return kind == Parameter::Kind::gamma || kind == Parameter::Kind::running_variance ? 1.0F : 0.0F;
}

}  // namespace

int64_t ParameterList::add(std::string name, std::vector<int64_t> shape, Parameter::Kind kind) {
  const int64_t count = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
  entries_.push_back(
      {.name = std::move(name), .shape = std::move(shape), .kind = kind, .offset = size_, .size = count});
  size_ += count;
  return entries_.back().offset;
}

std::vector<float> initial_values(const ParameterList& list, uint64_t seed) {
  std::vector<float> values(static_cast<size_t>(list.size()));
  uint64_t index = 0;
  for (const Parameter& parameter : list.entries()) {
    const std::span<float> part(values.data() + parameter.offset, static_cast<size_t>(parameter.size));
    if (parameter.kind == Parameter::Kind::weight || parameter.kind == Parameter::Kind::embedding)
      draw(parameter, RandomItem(seed, initial_weights_stream, index), part);
    else std::fill(part.begin(), part.end(), constant_value(parameter.kind));
    ++index;
  }
  return values;
}

}  // namespace tram::train
