#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/multiplier/truth_table.hpp"
#include "models/quant/execute.hpp"
#include "models/quant/integer_network.hpp"
#include "models/quant/multiplier_assignment.hpp"

namespace tram {

/// Results of one image.
struct GoldenResult {
  std::vector<Codes> tensors;   ///< codes in memory by tensor index, HWC; empty for the last layer's output
  std::vector<int32_t> logits;  ///< accumulators of the last layer, [M][N]
};

/// What a multiplier does with operands of these bits, at most its own: the values of its table where the other bits are 0
/// or, of two's complement operands, the sign.
TruthTable restricted(const TruthTable& table, OperandBits bits);

/// Exact products of a network's codes, of its widest layer.
TruthTable exact_table_of(const IntegerNetwork& network);

/// The golden integer inference: the definition of what every engine of the simulator and the trainer's evaluation
/// must compute, bit by bit (semantics in integer_network.hpp and requantise.hpp).
/// May be called from several threads at once. The network must outlive the object.
class GoldenInference {
 public:
  /// One multiplier for all layers that multiply, whose operands are at least as wide as their codes (restricted()).
  GoldenInference(const IntegerNetwork& network, const TruthTable& table);
  /// tables: those of assignment.multipliers, in that order.
  GoldenInference(const IntegerNetwork& network, const MultiplierAssignment& assignment,
                  std::span<const TruthTable> tables);

  /// image: codes of tensor 0, HWC.
  GoldenResult run(std::span<const uint8_t> image) const;

  /// Logits of several images at once (the same integers, faster): image after image in, [images][N] out.
  std::vector<int32_t> logits(std::span<const uint8_t> images) const;

  const IntegerNetwork& network() const { return network_; }

 private:
  int64_t check_images(std::span<const uint8_t> images) const;  ///< how many they are
  std::vector<Codes> forward(std::span<const uint8_t> images, int64_t count, bool keep,
                             std::vector<int32_t>& logits) const;

  const IntegerNetwork& network_;
  std::vector<StepTables> steps_;  ///< by step
  std::vector<size_t> last_use_;   ///< by tensor: the last step that reads it
};

/// Class with the largest real logit (accumulator x logit_scale), the first one among equals; logits of one position.
int top1(const IntegerNetwork& network, std::span<const int32_t> logits);

/// Logits of data set images first .. first + count - 1, [count][N], on `threads` threads (the result does not
/// depend on it).
std::vector<int32_t> golden_logits(const GoldenInference& golden, const Dataset& data, int first, int count,
                                   int threads = 1);

/// Number of those images whose label is top-1.
int count_correct(const IntegerNetwork& network, const Dataset& data, int first, std::span<const int32_t> logits);

}  // namespace tram
