#include "models/quant/equalise.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/network/float_inference.hpp"
#include "tests/quant/random_dataset.hpp"
#include "tests/quant/small_graphs.hpp"

namespace tram {
namespace {

/// Widest range of a channel of a map relative to the narrowest.
double spread(const Tensor& map) {
  const auto channels = static_cast<size_t>(map.shape.back());
  double widest = 0, narrowest = INFINITY;
  for (size_t c = 0; c < channels; ++c) {
    float low = INFINITY, high = -INFINITY;
    for (size_t i = c; i < map.data.size(); i += channels) {
      low = std::min(low, map.data[i]);
      high = std::max(high, map.data[i]);
    }
    widest = std::max<double>(widest, high - low);
    narrowest = std::min<double>(narrowest, high - low);
  }
  return widest / narrowest;
}

TEST(Equalise, KeepsTheFunctionAndLevelsTheChannels) {
  NetworkGraph graph = small_transformer(1);
  for (GraphNode& node : graph.nodes)  // channels far apart
    if (auto* norm = std::get_if<LayerNormOp>(&node.operation))
      for (size_t c = 0; c < norm->gamma.data.size(); ++c) norm->gamma.data[c] *= c % 2 ? 4.0F : 0.25F;
  const RandomDataset data({12, 12, 3}, 1);
  QuantiseOptions options;
  options.images = 1;
  const NetworkGraph equalised = equalise_norms(graph, data, options);
  const std::vector<Tensor> before = FloatInference(graph).run(data.image(0));
  const std::vector<Tensor> after = FloatInference(equalised).run(data.image(0));
  float largest = 0;
  for (const float logit : before.back().data) largest = std::max(largest, std::abs(logit));
  for (size_t n = 0; n < before.back().data.size(); ++n)
    EXPECT_NEAR(after.back().data[n], before.back().data[n], 1e-4F * largest);
  int norms = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    if (std::holds_alternative<LayerNormOp>(graph.nodes[i].operation)) {
      ++norms;
      EXPECT_GT(spread(before[i + 1]), 10);
      EXPECT_LT(spread(after[i + 1]), 1.01);
    }
  EXPECT_EQ(norms, 5);
}

TEST(Equalise, GraphsWithoutLayerNormStayAsTheyAre) {
  const RandomDataset data({12, 12, 3}, 1);
  const NetworkGraph graph = small_mobile_network(1), same = equalise_norms(graph, data, {});
  EXPECT_EQ(FloatInference(same).logits(data.image(0)), FloatInference(graph).logits(data.image(0)));
}

}  // namespace
}  // namespace tram
