#include "train/export/export_network.hpp"

#include <cmath>
#include <map>

#include "models/data/synthetic.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/quant/golden.hpp"
#include "models/support/archive.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/train/quantised_graphs.hpp"
#include "train/onednn/single_thread.hpp"
#include "train/quantised/quantised_layers.hpp"

namespace tram::train {
namespace {

std::string bytes_of(const IntegerNetwork& network) {
  ArchiveWriter writer;
  writer.put(network);
  return writer.bytes();
}

/// A quantised network whose weights and ranges are as after some steps of training: each moved a little.
class TrainedByHand {
 public:
  TrainedByHand(const NetworkGraph& fp32, int bits, TableSharing sharing) : options_{.bits = bits, .images = 16} {
    onednn::use_single_thread();
    const Shapes training(Split::train, 16);
    graph_ = prepare_graph(fp32, training, options_);
    activations_ = calibrate_activations(graph_, training, options_);
    network_ = make_quantised_network(graph_, {bits, sharing}, batch);
    values_ = initial_quantised_values(network_->parameters(), graph_, activations_, {.bits = bits});
    RandomItem random(3, 0, 0);
    for (float& value : values_) value *= 1 + 0.04F * (random.unit() - 0.5F);
    round_biases();
  }

  TrainedNetwork network() const {
    return trained_network(network_->parameters(), values_, graph_, activations_, options_);
  }

  /// Outputs of each node by name for the images of a batch, with these products in every table.
  std::map<std::string, BatchTensor> forward(const Dataset& images, const TruthTable& table) {
    BatchTensor input(BatchShape(batch, images.shape()));
    for (int i = 0; i < batch; ++i) std::ranges::copy(images.image(i).data, &input.at(i, 0, 0, 0));
    std::vector<float> tables;
    for (size_t i = 0; i < network_->parameters().tables.entries().size(); ++i)
      tables.insert(tables.end(), table.values.begin(), table.values.end());
    network_->forward({values_, {}, {}, tables}, input);
    std::map<std::string, BatchTensor> outputs;
    network_->visit_outputs([&](const std::string& name, const BatchTensor& output) { outputs[name] = output; });
    return outputs;
  }

  static constexpr int batch = 4;

 private:
  /// To whole units of the accumulators, as the machine has them: what is left to differ is rounding alone.
  void round_biases() {
    const TrainedNetwork trained = network();
    const IntegerNetwork integers = quantise(trained);
    for (const IntegerStep& step : integers.steps)
      if (const auto* gemm = std::get_if<GemmLayer>(&step.layer)) {
        const float input = integers.tensors[static_cast<size_t>(step.inputs[0])].affine.scale;
        const auto& entries = network_->parameters().trained.entries();
        const auto bias = std::ranges::find(entries, gemm->name + ".bias", &Parameter::name);
        for (size_t o = 0; o < gemm->bias.size(); ++o)
          values_[static_cast<size_t>(bias->offset) + o] =
              static_cast<float>(gemm->bias[o]) * (input * trained.weights.at(gemm->name)[o].scale);
      }
  }

  QuantiseOptions options_;
  NetworkGraph graph_;
  std::vector<Affine> activations_;
  std::unique_ptr<GraphNetwork> network_;
  std::vector<float> values_;
};

/// How many codes of the machine are those that the trainer's real values stand for.
struct Agreement {
  int64_t codes = 0, equal = 0;

  /// What one layer leaves in memory, for a batch.
  void add(const BatchTensor& values, const std::vector<GoldenResult>& golden, size_t tensor, const TensorInfo& info) {
    const auto size = static_cast<size_t>(info.shape.size());
    for (size_t image = 0; image < golden.size(); ++image)
      for (size_t i = 0; i < size; ++i) {
        ++codes;
        equal += quantise_value(values.values()[image * size + i], info.affine, info.format) ==
                 golden[image].tensors[tensor][i];
      }
  }
};

/// Codes of all layers but `different` of them, and logits but for `tolerance`. The trainer rounds in fp32, the machine
/// by factors of 31 bits: they part where a value lies next to a tie, and in what follows in the network from there.
void expect_trainer_equals_machine(TrainedByHand& trained, const TruthTable& table, double different, float tolerance) {
  const Shapes images(Split::test, TrainedByHand::batch);
  const auto outputs = trained.forward(images, table);
  const IntegerNetwork network = quantise(trained.network());
  const GoldenInference golden(network, table);
  std::vector<GoldenResult> results;
  for (int i = 0; i < TrainedByHand::batch; ++i)
    results.push_back(golden.run(quantise_image(network, images.image(i))));
  Agreement agreement;
  for (const IntegerStep& step : std::span(network.steps).first(network.steps.size() - 1)) {
    const auto tensor = static_cast<size_t>(step.output);
    agreement.add(outputs.at(layer_name(step)), results, tensor, network.tensors[tensor]);
  }
  EXPECT_EQ(agreement.codes, 229504);
  EXPECT_GE(static_cast<double>(agreement.equal), static_cast<double>(agreement.codes) * (1 - different));
  const BatchTensor& logits = outputs.at(network.last().name);
  for (int i = 0; i < TrainedByHand::batch; ++i)
    for (size_t c = 0; c < 10; ++c) {
      const float scale = network.last().logit_scale[c];
      EXPECT_NEAR(logits.at(i, static_cast<int>(c), 0, 0), scale * static_cast<float>(results[i].logits[c]), tolerance);
    }
}

/// Codes of every layer: weights, ranges and biases of the trainer are those of the integer network.
TEST(ExportNetwork, TheIntegerNetworkComputesTheTrainersCodes) {
  TrainedByHand exact(trained_resnet8(), 8, TableSharing::none);
  expect_trainer_equals_machine(exact, exact_table(), 1e-3, 0.1F);
  TrainedByHand truncated(trained_resnet8(), 8, TableSharing::single);
  expect_trainer_equals_machine(truncated, truth_table(array_multiplier(8, 6)), 1e-3, 0.1F);
  TrainedByHand six_bits(trained_resnet8(), 6, TableSharing::single);
  expect_trainer_equals_machine(six_bits, truth_table(array_multiplier(6, 4)), 1e-3, 0.5F);
}

/// Of a transformer the trainer keeps the residual stream and the scores in fp32, which have 16 bits on the machine.
TEST(ExportNetwork, TheLogitsOfATransformerAreTheTrainers) {
  TrainedByHand trained(random_vit(), 8, TableSharing::none);
  const Shapes images(Split::test, TrainedByHand::batch);
  const BatchTensor logits = trained.forward(images, exact_table()).at("head");
  const IntegerNetwork network = quantise(trained.network());
  const GoldenInference golden(network, exact_table());
  double difference = 0, size = 0;
  for (int i = 0; i < TrainedByHand::batch; ++i) {
    const std::vector<int32_t> machine = golden.run(quantise_image(network, images.image(i))).logits;
    for (size_t c = 0; c < machine.size(); ++c) {
      const double logit = logits.at(i, static_cast<int>(c), 0, 0);
      difference += std::pow(logit - double{network.last().logit_scale[c]} * machine[c], 2);
      size += logit * logit;
    }
  }
  EXPECT_LT(std::sqrt(difference / size), 0.03);
}

TEST(ExportNetwork, TheFileGivesTheSameIntegerNetwork) {
  const TemporaryFolder folder;
  for (const NetworkGraph& fp32 : {trained_resnet8(), random_vit()}) {
    const TrainedNetwork trained = TrainedByHand(fp32, 8, TableSharing::none).network();
    write_trained_network(folder.path() / "n.safetensors", trained);
    EXPECT_EQ(bytes_of(quantise(read_trained_network(folder.path() / "n.safetensors"))), bytes_of(quantise(trained)));
  }
}

TEST(ExportNetwork, RangesOfAnotherGraphAreRefused) {
  NetworkParameters parameters;
  const RangeParameter range(parameters, "layer9.relu.range", 1, 8);
  const NetworkGraph graph = trained_resnet8();
  EXPECT_THROW(trained_network(parameters, std::vector<float>{0, 1}, graph,
                               std::vector<Affine>(static_cast<size_t>(graph.value_count())), {}),
               InputError);
}

}  // namespace
}  // namespace tram::train
