#include "sim/app/few_bits.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "models/network/float_inference.hpp"
#include "models/network/fold_batch_norm.hpp"
#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/parallel.hpp"

namespace tram {

std::string bits_note(const IntegerNetwork& network) {
  std::vector<std::pair<OperandBits, int>> counts;
  for (const IntegerStep& step : network.steps) {
    if (!uses_multiplier(step)) continue;
    const OperandBits bits = operand_bits(step);
    const auto known = std::ranges::find(counts, bits, &std::pair<OperandBits, int>::first);
    if (known != counts.end()) ++known->second;
    else counts.emplace_back(bits, 1);
  }
  if (counts.size() == 1 && counts[0].first == OperandBits{}) return {};
  std::vector<std::string> parts;
  for (const auto& [bits, layers] : counts)
    parts.push_back(
        fmt::format("{} x {} in {} layer{}", bits.weights, bits.activations, layers, layers == 1 ? "" : "s"));
  return fmt::format("Network quantised without training; bits of weights x activations: {}", fmt::join(parts, ", "));
}

std::string few_bits_warning(const NetworkGraph& graph, const IntegerNetwork& network, const Dataset& training,
                             int threads) {
  constexpr int most_images = 64;
  const NetworkGraph folded = fold_batch_norm(graph);
  const FloatInference exactly(folded);
  const GoldenInference golden(network, exact_table_of(network));
  const int images = std::min(most_images, training.count());
  std::atomic<int> equal = 0;
  parallel_for(images, threads, [&](int64_t i) {
    const Tensor image = training.image(static_cast<int>(i));
    const std::vector<float> logits = exactly.run(image).back().data;
    const auto best = static_cast<int>(std::ranges::max_element(logits) - logits.begin());
    equal += top1(network, golden.logits(quantise_image(network, image))) == best;
  });
  if (20 * (images - equal) <= images) return {};
  return fmt::format(
      "warning: quantised without training, the network gives its floating-point class for {} of {} training images; "
      "more "
      "bits (quantise.layer_bits: first=8x8, last=8x8), or a network trained with so few (tram_train --bits), keep "
      "more",
      equal.load(), images);
}

}  // namespace tram
