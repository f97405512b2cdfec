#include <gtest/gtest.h>

#include <filesystem>

#include "models/data/cifar10.hpp"
#include "models/network/load_network.hpp"
#include "models/network/safetensors.hpp"
#include "models/quant/golden.hpp"
#include "models/quant/quantise.hpp"
#include "networks.hpp"
#include "reference_engine.hpp"
#include "sim/machine/machine.hpp"

namespace tram::test {
namespace {

/// A test image through the default machine with an asymmetric multiplier.
TEST(ResNet20, RealImageEqualsGoldenInference) {
  const auto weights = data_folder() / "weights" / "resnet20_cifar10.safetensors";
  if (!std::filesystem::exists(weights) || !std::filesystem::exists(data_folder() / "cifar-10-batches-bin"))
    GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  QuantiseOptions options;
  options.images = 16;
  const Cifar10 training(data_folder(), Split::train), images(data_folder(), Split::test);
  const IntegerNetwork network = quantise(load_network("resnet20_cifar10", SafeTensors(weights)), training, options);
  const std::vector<uint8_t> codes = quantise_image(network, images.image(0));

  const TruthTable table = random_table(1);
  ReferenceEngine engine(table);
  Machine machine(Scenario{}, network, engine);
  const ImageRun run = machine.run(codes);
  EXPECT_EQ(run.result.logits, GoldenInference(network, table).run(codes).logits);

  double macs = 0;
  for (const LayerResult& layer : run.result.layers) macs += layer.macs;
  EXPECT_EQ(macs, 40551040);
}

}  // namespace
}  // namespace tram::test
