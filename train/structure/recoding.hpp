#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/multiplier/truth_table.hpp"
#include "train/structure/operand_statistics.hpp"

namespace tram::train {

/// Weight codes for an approximate multiplier: the code that is stored for each weight w. Weights are constants, so any
/// code may represent one, at no cost of hardware.
using Recoding = std::vector<uint8_t>;  ///< [2^bits], by w

/// Recodings by name of the layer.
using Recodings = std::map<std::string, Recoding>;

/// Error of a multiplier's products as products of weights, once every weight has the code that suits it best.
///
/// For a layer whose activations are x with probability h(x), the weight w gets the code c of
///   error(w) = min over c of Var_x[P(c, x) - w x] = V_c - 2 w C_c + w^2 V_x,
///   V_c = Var_x[P(c, x)],  C_c = Cov_x[P(c, x), x];
/// the mean of the difference is free: summed over the weights of an output channel it goes into its bias. The error of
/// the multiplier is the mean of error(w) over layers and weights, weighted by their Fisher information. (Without this
/// choice, dropping the low bits of weights rounds all of them downwards, which shifts every sum by as much as its
/// activations; with it they are rounded to the nearest.)
class RecodedError {
 public:
  /// Statistics of each layer that uses the multiplier; where none has Fisher information (have_fisher), counts take its
  /// place. Throws InputError when a layer has no multiplications.
  explicit RecodedError(std::span<const OperandStatistics> layers);

  int bits() const { return bits_; }
  size_t layers() const { return layers_.size(); }

  /// Mean over layers and weights; products[(c << bits) | x].
  double error(std::span<const int32_t> products) const;
  /// recoding() of all layers.
  std::vector<Recoding> recodings(std::span<const int32_t> products, int threads) const;
  /// Codes of all layers that are as good; of equally good ones the smallest. Quicker, for errors alone.
  std::vector<Recoding> quick_recodings(std::span<const int32_t> products) const;
  /// The codes of a layer; of equally good ones that nearest to w, then the smaller. With costs by code (may be empty),
  /// each in units of the error, what is least is the sum of both.
  Recoding recoding(size_t layer, std::span<const int32_t> products, std::span<const double> costs = {}) const;

 private:
  struct Layer {
    std::vector<double> by_weight;      ///< share of the Fisher information; over all layers the sum is 1
    std::vector<double> by_activation;  ///< h
    double mean = 0, variance = 0;      ///< of x
  };
  struct Moments {
    std::vector<double> variance, covariance;
  };  ///< by code

  std::vector<Moments> moments(std::span<const Layer> layers, std::span<const int32_t> products) const;
  /// min over c of error(w, c), by w.
  std::vector<double> min_errors(const Layer& layer, const Moments& of) const;

  int bits_;
  std::vector<Layer> layers_;
};

/// The products that weights get with their codes: table(w, x) = original(recoding[w], x).
TruthTable recoded(const TruthTable& original, const Recoding& recoding);

/// The transitions with the codes that their weights are stored with.
std::vector<OperandTransition> recoded(std::vector<OperandTransition> transitions, const Recoding& recoding);

/// A sample of operand transitions of layers together, each layer by its share of the multiplications.
class JointTransitions {
 public:
  explicit JointTransitions(std::span<const OperandStatistics> layers, size_t count = 20000);

  /// Weights as they are.
  std::vector<OperandTransition> plain() const;
  /// Weights recoded; recodings by layer.
  std::vector<OperandTransition> recoded(std::span<const Recoding> recodings) const;

 private:
  std::vector<std::vector<OperandTransition>> by_layer_;
};

}  // namespace tram::train
