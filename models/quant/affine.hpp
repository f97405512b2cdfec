#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/quant/integer_network.hpp"

namespace tram {

/// The quantiser of `bits` bits for real values in [low, high]. The range is widened to include zero, and the zero
/// point is rounded to a code, so that real zero is exact. An empty range: scale 1 / (2^bits - 1); the least: 2^-139.
Affine affine_of_range(double low, double high, int bits);

/// clamp(round_half_even(value / scale) + zero, 0, 2^bits - 1); value must not be NaN.
uint8_t quantise_value(double value, const Affine& affine, int bits);

/// Quantiser of a range for codes of a format: affine_of_range of its bits, the zero point moved with the codes (by
/// -2^(bits - 1) where they are signed).
Affine affine_of_range(double low, double high, CodeFormat format);

/// Symmetric codes for real values in [-bound, bound]: real zero is code 0 where codes are signed, else
/// 2^(bits - 1), and the codes used lie evenly around it.
Affine symmetric_affine(double bound, CodeFormat format);

/// The smallest scale with which codes around the same zero reach low and high, low <= 0 <= high: what symmetric_affine
/// gives for the range of its own codes, from lowest to highest.
Affine symmetric_affine_of_range(double low, double high, CodeFormat format);

/// clamp(round_half_even(value / scale) + zero) to the format's codes; value must not be NaN.
int32_t quantise_value(double value, const Affine& affine, CodeFormat format);

/// scale * (code - zero)
inline double real_value(int32_t code, const Affine& affine) { return double{affine.scale} * (code - affine.zero); }

/// The requantiser nearest to the real multiplier m, 0 <= m < 2^15 (relative error at most 2^-31 for m >= 2^-31;
/// below 2^-32 it is 0, which changes no result: |x m| < 1/2). InputError(where, ...) for m outside.
Requantiser make_requantiser(const std::string& where, double m);

/// Values and how often each occurs; what a quantiser is fitted to.
struct WeightedValues {
  std::vector<double> values;
  std::vector<double> counts;
};

/// Mean squared error of quantising the values to unsigned codes.
double quantisation_error(const WeightedValues& samples, const Affine& affine, int bits);
/// Mean squared error of quantising the values to codes of a format.
double quantisation_error(const WeightedValues& samples, const Affine& affine, CodeFormat format);

/// Real values from low to high.
struct Interval {
  double low, high;
};

/// The range, low i/64 to high j/64 with i, j in 1 .. 64, whose quantiser (affine_of_range) of `bits` bits has the least
/// mean squared error, found by coordinate descent from the full range.
Interval min_error_range(const WeightedValues& samples, double low, double high, int bits);

/// The bound, bound j/64 with j in 1 .. 64, whose quantiser (symmetric_affine) has the least mean squared error.
double min_error_bound(const WeightedValues& samples, double bound, CodeFormat format);

}  // namespace tram
