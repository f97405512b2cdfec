#pragma once
#include <string>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/network/graph.hpp"
#include "models/quant/quantise.hpp"

namespace tram {

/// Loss of accuracy by quantising one part of a network alone, the rest in fp32.
struct PartLoss {
  std::string part;
  int images = 0;
  int top1 = 0;            ///< images whose label has the largest logit
  double logit_error = 0;  ///< root mean square of the logits' differences from fp32, relative to that of the logits
};

/// The parts, in this order:
/// - fp32;
/// - weights: of convolutions and linear layers, dequantised;
/// - activations: every value rounded to its codes;
/// - layer norm, softmax, look-ups (GELU, ...), additions: those layers in integers, from codes to codes; left out when
///   the network has none;
/// - integers: the whole integer network with the exact multiplier.
/// On the first `images` images of test. The result does not depend on options.threads.
std::vector<PartLoss> quantisation_report(const NetworkGraph& graph, const Dataset& training, const Dataset& test,
                                          int images, const QuantiseOptions& options);

/// The report as a table of text lines.
std::string to_text(const std::vector<PartLoss>& report);

}  // namespace tram
