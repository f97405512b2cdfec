#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/gemm/table_gemm.hpp"

namespace tram::train {

/// One step of a weight-stationary PE: the weight code held, the activation code before and now.
struct OperandTransition {
  uint8_t weight = 0, previous = 0, now = 0;
  bool operator==(const OperandTransition&) const = default;
};

/// Statistics of a multiplier's operands in a network: how often each pair occurs, the sensitivity of the loss to an
/// error there (Fisher information), and a sample of their transitions. Independent of thread count; the same calls in
/// the same order give the same statistics.
class OperandStatistics {
 public:
  struct Options {
    int bits = 8;                ///< of each operand, 1 .. 8
    size_t transitions = 20000;  ///< the most that are kept
    uint64_t seed = 1;           ///< of the sample, which depends on `stream` (the layer) too
    uint32_t stream = 0;
    int images = 0;          ///< in each block, one after the other in its rows, and of equally many; 0: no slopes
    int slope_images = 256;  ///< limit of the images whose slopes are kept: the first ones
  };

  OperandStatistics() : OperandStatistics(Options{}) {}
  explicit OperandStatistics(const Options& options);

  /// A block of a layer's products: weights [n][k], taps [m][k] in the order in which they are streamed, dproducts
  /// [m][n] the derivative of the loss by the sums of products (may be empty: then no Fisher weights). Codes are below
  /// 2^bits. Throws std::invalid_argument for other sizes.
  void add(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> taps,
           std::span<const float> dproducts);

  int bits() const { return options_.bits; }
  /// Multiplications with each pair, [(w << bits) | x]. Exact below 2^53.
  std::span<const double> counts() const { return counts_; }
  /// Diagonal Fisher information: sum of dproducts^2 over the multiplications with each pair. All 0 without dproducts.
  std::span<const double> fisher() const { return fisher_; }
  double multiplications() const;
  /// Slopes by image, [w][j]: the increase of the image's loss, to first order, when weight code w has its value 1
  /// larger wherever bit j of x is set, as if that were worth 1 too: the sum of dproducts over the products of w and
  /// such x; at j = bits over all products of w. With dproducts and Options::images alone.
  std::span<const std::vector<float>> slopes() const { return slopes_; }
  /// A uniform sample, without replacement, of the transitions (w[n][k], x[m][k] -> x[m + 1][k]) within all blocks
  /// added; all of them when they are no more than Options::transitions.
  std::vector<OperandTransition> transitions() const;

 private:
  void add_counts(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> taps);
  void add_fisher(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> taps,
                  std::span<const float> dproducts);
  void add_transitions(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> taps);
  void add_slopes(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> taps,
                  std::span<const float> dproducts);
  bool keep(double key, const OperandTransition& transition);

  Options options_;
  uint64_t blocks_ = 0;
  std::vector<double> counts_, fisher_;
  std::vector<std::vector<float>> slopes_;
  std::multimap<double, OperandTransition> sample_;  ///< by random key: those with the least keys are the sample
};

/// Whether any layer has Fisher information. What a squared error of 1 counts with each pair is fisher() then, and counts()
/// where no layer has any.
bool have_fisher(std::span<const OperandStatistics> layers);

/// Operand statistics by name of the layer.
using OperandsByLayer = std::map<std::string, OperandStatistics>;

}  // namespace tram::train
