#pragma once
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include "models/quant/affine.hpp"
#include "train/layers/parameters.hpp"

namespace tram::train {

/// Ranges of quantisers that are trained ("learned step size": Esser et al., ICLR 2020; asymmetric: Bhalgat et al.,
/// CVPR workshops 2020). One {low, high} a quantiser, an array [quantisers][2] of the network; the quantiser of a range is
/// affine_of_range(low, high, bits), as everywhere.
class RangeParameter {
 public:
  RangeParameter() = default;
  /// The array NAME of `quantisers` ranges. symmetric: the quantiser is symmetric_affine_of_range(low, high).
  RangeParameter(NetworkParameters& parameters, const std::string& name, int quantisers, int bits,
                 bool symmetric = false)
      : offset_(parameters.trained.add(name, {quantisers, 2}, Parameter::Kind::range)), bits_(bits),
        symmetric_(symmetric) {}

  int bits() const { return bits_; }
  Affine affine(std::span<const float> trained, int quantiser = 0) const {
    const float* range = trained.data() + offset_ + 2 * quantiser;
    return symmetric_ ? symmetric_affine_of_range(range[0], range[1], {bits_, false})
                      : affine_of_range(range[0], range[1], bits_);
  }
  /// {d low, d high} of a quantiser.
  float* gradient(std::span<float> gradient, int quantiser = 0) const {
    return gradient.data() + offset_ + 2 * quantiser;
  }

 private:
  int64_t offset_ = 0;
  int bits_ = 8;
  bool symmetric_ = false;
};

/// Quantises and dequantises values, and the straight-through derivative of that.
struct FakeQuantiser {
  Affine affine;
  int bits = 8;

  float inverse() const { return 1 / affine.scale; }
  float last() const { return static_cast<float>((1 << bits) - 1); }  ///< code
  /// Code before saturation.
  float unclamped(float value) const { return std::nearbyint(value * inverse()) + static_cast<float>(affine.zero); }
};

/// y[i] = the value of the code nearest to x[i]; y may be x.
void fake_quantise(const FakeQuantiser& quantiser, std::span<const float> x, std::span<float> y);

/// dx[i] = dy[i] where x[i] lies within the range, else 0 (dx may be dy), and {d low, d high} += the derivative by
/// the range, times 1 / sqrt(count 2^bits), which balances it with the gradient of weights (Esser et al., section 2.2):
/// beyond an end dy; within, by scale: dy (rounded - x / scale) / (2^bits - 1), high growing and low falling with scale.
void fake_quantise_backward(const FakeQuantiser& quantiser, std::span<const float> x, std::span<const float> dy,
                            std::span<float> dx, float* range_gradient);

}  // namespace tram::train
