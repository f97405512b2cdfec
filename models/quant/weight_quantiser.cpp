#include "models/quant/weight_quantiser.hpp"

#include <algorithm>
#include <cmath>

#include "models/quant/affine.hpp"
#include "models/support/error.hpp"
#include "models/support/parallel.hpp"

namespace tram {

Affine fitted_affine(std::span<const float> weights, const QuantiseOptions& options) {
  const auto [low, high] = std::minmax_element(weights.begin(), weights.end());
  const CodeFormat format{options.operands().weights, options.signed_codes};
  const bool min_error = options.calibrate == CalibrationMethod::mse;
  if (!min_error && format.is_signed) return symmetric_affine(std::max(-double{*low}, double{*high}), format);
  if (!min_error) return affine_of_range(*low, *high, format);
  const WeightedValues samples{{weights.begin(), weights.end()}, std::vector<double>(weights.size(), 1.0)};
  const CodeFormat fitted{options.fitted_bits(format.bits), options.signed_codes};
  if (format.is_signed)
    return symmetric_affine(min_error_bound(samples, std::max(-double{*low}, double{*high}), fitted), format);
  const Interval range = min_error_range(samples, *low, *high, fitted.bits);
  return affine_of_range(range.low, range.high, format);
}

QuantisedWeights quantise_weights(const std::string& where, std::span<const float> weights,
                                  std::span<const Affine> given, std::span<const double> min_scale,
                                  const QuantiseOptions& options) {
  if (!std::all_of(weights.begin(), weights.end(), [](float weight) { return std::isfinite(weight); }))
    throw InputError(where, "weights that are not finite; finite ones are expected");
  const size_t channels = min_scale.size(), taps = weights.size() / channels;
  if (!given.empty() && given.size() != channels)
    throw InputError(where, fmt::format("{} weight quantisers; {} are expected", given.size(), channels));
  const CodeFormat format{options.operands().weights, options.signed_codes};
  QuantisedWeights result{std::vector<uint8_t>(weights.size()), std::vector<Affine>(channels)};
  const bool each = options.weights == WeightGranularity::per_channel;
  const Affine common = each || !given.empty() ? Affine{} : fitted_affine(weights, options);
  parallel_for(static_cast<int64_t>(channels), options.threads, [&](int64_t channel) {
    const auto n = static_cast<size_t>(channel);
    Affine& affine = result.affines[n];
    if (!given.empty()) affine = given[n];
    else affine = each ? fitted_affine(weights.subspan(n * taps, taps), options) : common;
    if (affine.scale < min_scale[n]) affine.scale = std::nextafter(static_cast<float>(min_scale[n]), INFINITY);
    for (size_t i = n * taps; i < (n + 1) * taps; ++i)
      result.codes[i] = static_cast<uint8_t>(format.raw(quantise_value(weights[i], affine, format)));
  });
  return result;
}

}  // namespace tram
