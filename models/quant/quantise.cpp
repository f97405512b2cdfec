#include "models/quant/quantise.hpp"

#include "models/network/fold_batch_norm.hpp"
#include "models/quant/affine.hpp"
#include "models/quant/equalise.hpp"
#include "models/quant/integer_builder.hpp"
#include "models/support/error.hpp"

namespace tram {

std::span<const NamedValue<WeightGranularity>> names_of(WeightGranularity) {
  static constexpr std::array<NamedValue<WeightGranularity>, 2> names{
      {{WeightGranularity::per_channel, "per_channel"}, {WeightGranularity::per_tensor, "per_tensor"}}};
  return names;
}

std::span<const NamedValue<CalibrationMethod>> names_of(CalibrationMethod) {
  static constexpr std::array<NamedValue<CalibrationMethod>, 3> names{{{CalibrationMethod::mse, "mse"},
                                                                       {CalibrationMethod::min_max, "min_max"},
                                                                       {CalibrationMethod::percentile, "percentile"}}};
  return names;
}

IntegerNetwork quantise(const NetworkGraph& folded, const std::vector<Affine>& activations,
                        const QuantiseOptions& options) {
  return IntegerBuilder(folded, activations, nullptr, options).build();
}

IntegerNetwork quantise(const NetworkGraph& folded, const std::vector<Affine>& activations,
                        const WeightAffines& weights, const QuantiseOptions& options) {
  return IntegerBuilder(folded, activations, &weights, options).build();
}

NetworkGraph prepare_graph(const NetworkGraph& graph, const Dataset& training, const QuantiseOptions& options) {
  NetworkGraph folded = fold_batch_norm(graph);
  return options.equalise ? equalise_norms(std::move(folded), training, options) : folded;
}

IntegerNetwork quantise(const NetworkGraph& graph, const Dataset& training, const QuantiseOptions& options) {
  const NetworkGraph prepared = prepare_graph(graph, training, options);
  return quantise(prepared, calibrate_activations(prepared, training, options), options);
}

std::vector<uint8_t> quantise_image(const IntegerNetwork& network, const Tensor& image) {
  const TensorInfo& input = network.tensors[0];
  const Shape expected = {input.shape.height, input.shape.width, input.shape.channels};
  if (image.shape != expected)
    throw InputError(network.name,
                     fmt::format("image of shape {}; {} is expected", to_string(image.shape), to_string(expected)));
  std::vector<uint8_t> codes;
  codes.reserve(image.data.size());
  for (const float value : image.data)
    codes.push_back(static_cast<uint8_t>(input.format.raw(quantise_value(value, input.affine, input.format))));
  return codes;
}

}  // namespace tram
