#include "tests/bench/quantisation_report.hpp"

#include <gtest/gtest.h>

#include "models/quant/golden.hpp"
#include "tests/quant/random_dataset.hpp"
#include "tests/quant/small_graphs.hpp"

namespace tram {
namespace {

std::vector<std::string> parts_of(const std::vector<PartLoss>& report) {
  std::vector<std::string> parts;
  for (const PartLoss& loss : report) parts.push_back(loss.part);
  return parts;
}

TEST(QuantisationReport, PartsOfATransformer) {
  const RandomDataset data({12, 12, 3}, 12);
  QuantiseOptions options;
  options.images = 8;
  const std::vector<PartLoss> report = quantisation_report(small_transformer(1), data, data, 12, options);
  EXPECT_EQ(parts_of(report), (std::vector<std::string>{"fp32", "weights", "activations", "layer norm", "softmax",
                                                        "look-ups", "additions", "integers"}));
  EXPECT_EQ(report[0].logit_error, 0);
  for (size_t i = 1; i < report.size(); ++i) {
    EXPECT_GT(report[i].logit_error, 0) << report[i].part;
    EXPECT_LT(report[i].logit_error, 0.1) << report[i].part;
  }
  for (size_t i = 3; i < 7; ++i) EXPECT_LT(report[i].logit_error, report[7].logit_error) << report[i].part;
  const IntegerNetwork network = quantise(small_transformer(1), data, options);
  const std::vector<int32_t> logits = golden_logits(GoldenInference(network, exact_table()), data, 0, 12);
  EXPECT_EQ(report.back().top1, count_correct(network, data, 0, logits));
  options.threads = 3;
  EXPECT_EQ(to_text(quantisation_report(small_transformer(1), data, data, 12, options)), to_text(report));
}

TEST(QuantisationReport, LeavesOutWhatANetworkHasNot) {
  const RandomDataset data({12, 12, 3}, 4);
  QuantiseOptions options;
  options.images = 4;
  EXPECT_EQ(parts_of(quantisation_report(small_resnet(7), data, data, 4, options)),
            (std::vector<std::string>{"fp32", "weights", "activations", "additions", "integers"}));
}

TEST(QuantisationReport, TextByHand) {
  EXPECT_EQ(to_text({{"fp32", 200, 150, 0}, {"weights", 200, 149, 0.0123}}),
            "in integers  images top-1 %   change  logit error\n"
            "fp32            200   75.00    +0.00        0.00%\n"
            "weights         200   74.50    -0.50        1.23%\n");
}

}  // namespace
}  // namespace tram
