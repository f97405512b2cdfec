#pragma once
#include <cstdint>
#include <random>

#include "models/multiplier/truth_table.hpp"
#include "models/quant/integer_network.hpp"

namespace tram::test {

/// Sizes and code formats of a random transformer.
struct TransformerOptions {
  int grid = 2;               ///< patches: grid x grid of 2 x 2 pixels x 3
  int heads = 2, width = 16;  ///< width / heads channels a head
  int hidden = 24, classes = 7, blocks = 1;
  int residual_bits = 16;  ///< of the stream between the blocks
  int score_bits = 12;     ///< of the inputs of softmax
  bool signed_codes = false;
  bool zero_probabilities = false;  ///< the zero point of the attention probabilities is 0
};

/// Patch embedding, class token, positions; blocks of layer norm, one tensor of q, k and v, scores, softmax, context,
/// projection, addition, layer norm, two linear layers with a look-up between them, addition; then the first token, a
/// slice of its normalised channels and the classifier. Weights, constants and scales are random.
IntegerNetwork random_transformer(const TransformerOptions& options, uint32_t seed);

/// As random_table, for the network's codes.
TruthTable random_table_for(const IntegerNetwork& network, uint32_t seed);

}  // namespace tram::test
