#pragma once
#include <span>
#include <vector>

#include "train/structure/operand_statistics.hpp"

namespace tram::train {

/// The expected harm of an unsigned bits x bits multiplier from which parts are removed, as a quadratic form.
///
/// A part is a product of bits with its value: a partial product (i, j), 2^(i+j) w[i] x[j], or what is lost by joining
/// two of a column with an OR, (i, j) and (k, l) with i + j = k + l: 2^(i+j) w[i] w[k] x[j] x[l]. A multiplier's error
/// is minus the sum of the parts r that are removed, so the weighted mean of its square is
///   r' C r,  C[p][q] = sum over groups of (sum of f p q - sum of f p x sum of f q / sum of f)
/// with the weights f of pairs (error_weights) and groups of all pairs with one w in one layer: their mean is free, since
/// the sum over k of E[error | w[n][k]] goes into the bias of output channel n. With Fisher information, half of it is
/// proportional to the expected rise of the loss, if the errors of different products are independent.
class ErrorForm {
 public:
  struct Part {
    int first = 0;    ///< partial product i * bits + j
    int second = -1;  ///< of an OR pair the other, above `first`; else -1
    int column = 0;
  };

  /// Statistics of each layer that uses the multiplier (or of all of them together). Throws InputError when there are
  /// no multiplications.
  explicit ErrorForm(std::span<const OperandStatistics> layers);

  int bits() const { return bits_; }
  /// The partial products, by index, then the pairs.
  const std::vector<Part>& parts() const { return parts_; }
  /// The part that is the pair of two partial products of a column, first < second.
  int pair(int first, int second) const { return pairs_.at(static_cast<size_t>(first) * bits_ * bits_ + second); }
  double at(size_t p, size_t q) const { return matrix_[p * parts_.size() + q]; }
  /// r' C r for parts removed so many times.
  double value(std::span<const double> removed) const;

 private:
  void add_layer(std::span<const double> weights);
  void subtract_means(const std::vector<double>& sums, double weight);

  int bits_;
  std::vector<Part> parts_;
  std::vector<int> pairs_;                   ///< by first and second partial product
  std::vector<uint32_t> w_masks_, x_masks_;  ///< by part: the bits that it is a product of
  std::vector<double> matrix_;
};

/// The weights of the pairs of each layer, sum 1 over all: Fisher information, or counts (have_fisher).
std::vector<std::vector<double>> error_weights(std::span<const OperandStatistics> layers);

/// The same error for any table of products by its definition, products[(w << bits) | x]: the oracle, and the measure
/// of multipliers of any kind.
double weighted_error(std::span<const OperandStatistics> layers, std::span<const int32_t> products);

}  // namespace tram::train
