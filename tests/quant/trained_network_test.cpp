#include "models/quant/trained_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/network/float_gemm.hpp"
#include "models/network/fold_batch_norm.hpp"
#include "models/network/graph_parameters.hpp"
#include "models/network/vit.hpp"
#include "models/quant/affine.hpp"
#include "models/quant/predicted_energy.hpp"
#include "models/support/archive.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/network/test_networks.hpp"
#include "tests/quant/random_dataset.hpp"

namespace tram {
namespace {

std::string bytes_of(const IntegerNetwork& network) {
  ArchiveWriter writer;
  writer.put(network);
  return writer.bytes();
}

/// ResNet-8 on 32 x 32 images.
NetworkGraph random_resnet() {
  NetworkGraph graph = resnet_cifar(ResnetCifar{.blocks = 1, .width = 4, .classes = 5}, random_parameters(3));
  graph.name = "resnet8_random";
  return graph;
}

/// Two blocks of two heads on 10 tokens of 16 channels.
NetworkGraph random_transformer() {
  const VisionTransformer architecture{
      .patch = 4, .width = 16, .depth = 2, .heads = 2, .hidden = 24, .classes = 5, .input = {12, 12, 3}};
  NetworkGraph graph = vision_transformer(architecture, random_parameters(4));
  graph.name = "vit_random";
  return graph;
}

const Tensor* weight_of(const GraphNode& node) {
  if (const auto* convolution = std::get_if<ConvolutionOp>(&node.operation)) return &convolution->weight;
  if (const auto* linear = std::get_if<LinearOp>(&node.operation)) return &linear->weight;
  return nullptr;
}

/// Quantisers of weights as quantise() fits them to the full range.
WeightAffines full_ranges(const NetworkGraph& graph, CodeFormat format) {
  WeightAffines all;
  for (const GraphNode& node : graph.nodes) {
    const Tensor* weight = weight_of(node);
    if (weight == nullptr) continue;
    const size_t taps = weight->data.size() / static_cast<size_t>(weight->shape[0]);
    for (auto at = weight->data.begin(); at != weight->data.end(); at += static_cast<std::ptrdiff_t>(taps)) {
      const auto [low, high] = std::minmax_element(at, at + static_cast<std::ptrdiff_t>(taps));
      all[node.name].push_back(format.is_signed ? symmetric_affine(std::max(-*low, *high), format)
                                                : affine_of_range(*low, *high, format));
    }
  }
  return all;
}

TrainedNetwork calibrated(const NetworkGraph& graph, QuantiseOptions options) {
  const RandomDataset images(graph.input, 4);
  options.images = 3;
  TrainedNetwork trained;
  trained.graph = prepare_graph(graph, images, options);
  trained.activations = calibrate_activations(trained.graph, images, options);
  trained.weights = full_ranges(trained.graph, {options.bits, options.signed_codes});
  trained.options = options;
  trained.data = "random";
  trained.notes = {{"command", "a \"quoted\" one"}, {"seed", "7"}};
  return trained;
}

class TrainedNetworkFile : public testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.path() / "network.safetensors"; }
  TrainedNetwork through_file(const TrainedNetwork& trained) const {
    write_trained_network(file(), trained);
    return read_trained_network(file());
  }
  /// The message with which a file of these tensors and metadata is refused.
  static std::string refusal(const NamedTensors& tensors, const std::map<std::string, std::string>& metadata) {
    try {
      read_trained_network(SafeTensors("f", to_safetensors(tensors, metadata)));
    } catch (const InputError& error) {
      return error.what();
    }
    return "none";
  }
  std::string write_refusal(const TrainedNetwork& trained) const {
    try {
      write_trained_network(file(), trained);
    } catch (const InputError& error) {
      EXPECT_FALSE(std::filesystem::exists(file()));
      return error.what();
    }
    return "none";
  }

  TemporaryFolder folder_;
};

/// Quantisers given are used as fitted ones are.
TEST_F(TrainedNetworkFile, TheIntegerNetworkOfFittedQuantisersIsThatOfPostTrainingQuantisation) {
  for (const NetworkGraph& graph : {random_resnet(), random_transformer()})
    for (const bool is_signed : {false, true}) {
      const TrainedNetwork trained =
          calibrated(graph, {.signed_codes = is_signed, .calibrate = CalibrationMethod::min_max});
      EXPECT_EQ(bytes_of(quantise(trained)), bytes_of(quantise(graph, RandomDataset(graph.input, 4), trained.options)));
    }
}

TEST_F(TrainedNetworkFile, GivesTheSameIntegerNetworkAgain) {
  for (const NetworkGraph& graph : {random_resnet(), random_transformer()})
    for (const QuantiseOptions& options :
         {QuantiseOptions{}, QuantiseOptions{.bits = 4, .stream_bits = 10, .score_bits = 7, .equalise = false},
          QuantiseOptions{
              .bits = 6, .signed_codes = true, .calibrate = CalibrationMethod::percentile, .percentile = 99.9}}) {
      const TrainedNetwork trained = calibrated(graph, options), again = through_file(trained);
      EXPECT_EQ(bytes_of(quantise(again)), bytes_of(quantise(trained)));
      EXPECT_EQ(again.graph.name, graph.name);
      EXPECT_EQ(again.data, "random");
      EXPECT_EQ(again.notes, trained.notes);
      EXPECT_EQ(again.options.bits, options.bits);
      EXPECT_EQ(again.options.signed_codes, options.signed_codes);
      EXPECT_EQ(again.options.stream_bits, options.stream_bits);
      EXPECT_EQ(again.options.score_bits, options.score_bits);
      EXPECT_EQ(again.options.equalise, options.equalise);
      EXPECT_EQ(again.options.calibrate, options.calibrate);
      EXPECT_EQ(again.options.percentile, options.percentile);
      EXPECT_EQ(again.options.images, 3);
      const std::string first = read_file(file());
      write_trained_network(file(), again);
      EXPECT_EQ(read_file(file()), first);
    }
}

/// Each code is quantise_value of its weight by the quantiser given, whatever the weights are.
TEST_F(TrainedNetworkFile, CodesOfWeightsFollowTheQuantisersGiven) {
  TrainedNetwork trained = calibrated(random_resnet(), {});
  std::vector<Affine>& affines = trained.weights.at("layer1.0.conv2");
  affines = {{0.01F, 100}, {0.02F, 130}, {0.03F, 7}, {0.004F, 250}};
  const IntegerNetwork network = quantise(through_file(trained));
  int seen = 0;
  for (const IntegerStep& step : network.steps) {
    const auto* gemm = std::get_if<GemmLayer>(&step.layer);
    if (gemm == nullptr || gemm->name != "layer1.0.conv2") continue;
    EXPECT_EQ(gemm->weight_zero, (std::vector<int32_t>{100, 130, 7, 250}));
    for (const GraphNode& node : trained.graph.nodes) {
      if (node.name != gemm->name) continue;
      const std::vector<float> weights = gemm_weights(*weight_of(node));
      for (size_t i = 0; i < weights.size(); ++i, ++seen)
        EXPECT_EQ(gemm->weights[i], quantise_value(weights[i], affines[i / (weights.size() / 4)], 8)) << i;
    }
  }
  EXPECT_EQ(seen, 4 * 9 * 4);
}

TEST_F(TrainedNetworkFile, ParametersHaveTheNamesAndShapesOfFp32Files) {
  write_trained_network(file(), calibrated(random_transformer(), {}));
  const SafeTensors tensors(file());
  EXPECT_EQ(tensors.shape("cls_token"), (Shape{1, 1, 16}));
  EXPECT_EQ(tensors.shape("pos_embed"), (Shape{1, 10, 16}));
  EXPECT_EQ(tensors.shape("blocks.1.norm2.bias"), (Shape{16}));
  EXPECT_EQ(tensors.shape("blocks.1.mlp.fc1.weight"), (Shape{24, 16}));
  EXPECT_EQ(tensors.shape("blocks.1.mlp.fc1.weight_affine"), (Shape{24, 2}));
  EXPECT_EQ(tensors.shape("blocks.1.mlp.act.affine"), (Shape{1, 2}));
  EXPECT_EQ(tensors.shape("input.affine"), (Shape{1, 2}));
  EXPECT_EQ(tensors.metadata().at("num_heads"), "2");
}

TEST_F(TrainedNetworkFile, NetworksThatAFileCannotHoldAreRefused) {
  TrainedNetwork other_epsilon = calibrated(random_transformer(), {});
  for (GraphNode& node : other_epsilon.graph.nodes)
    if (auto* norm = std::get_if<LayerNormOp>(&node.operation)) norm->epsilon = 1e-5F;
  EXPECT_EQ(write_refusal(other_epsilon),
            file().string() +
                ": would not give this network again; the graph of vit_random with batch norm folded, as "
                "load_network makes it, is expected");
  TrainedNetwork small_images = calibrated(small_resnet(1), {});
  small_images.graph.name = "resnet8_random";
  EXPECT_EQ(write_refusal(small_images),
            file().string() + ": input of 12x12x3; 32x32x3, that of resnet8_random, is expected");
  TrainedNetwork no_weights = calibrated(random_resnet(), {});
  no_weights.weights.erase("conv1");
  EXPECT_NE(write_refusal(no_weights).find("no tensor conv1.weight_affine; it is expected"), std::string::npos);
  EXPECT_THROW(quantise(no_weights), InputError);
  TrainedNetwork shifted_queries = calibrated(random_transformer(), {});
  for (size_t v = 1; v < shifted_queries.activations.size(); ++v)
    if (shifted_queries.graph.nodes[v - 1].name == "blocks.0.attn.q") ++shifted_queries.activations[v].zero;
  EXPECT_NE(write_refusal(shifted_queries)
                .find("tensor blocks.0.attn.q.affine: zero point 129; a whole number of 128 "
                      "to 128 is expected"),
            std::string::npos);
  TrainedNetwork note = calibrated(random_resnet(), {});
  note.notes["bits"] = "9";
  EXPECT_EQ(write_refusal(note), "resnet8_random: a note called bits; names that the format does not use are expected");
}

TEST_F(TrainedNetworkFile, KeepsWhatTheTrainingPredicts) {
  TrainedNetwork network = calibrated(random_resnet(), {});
  EXPECT_FALSE(prediction(network, file()).has_value());
  add_prediction(network, {"asap7", 1.0 / 3e15, 0.25});
  write_trained_network(file(), network);
  const auto again = prediction(read_trained_network(file()), file());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->library, "asap7");
  EXPECT_EQ(again->joule_a_mac, 1.0 / 3e15);
  EXPECT_EQ(again->ratio, 0.25);
  for (const char* bad : {"", "-1", "0", "nan", "inf", ".5x"}) {
    network.notes["predicted_ratio"] = bad;
    try {
      prediction(network, "net.safetensors");
      FAIL() << bad;
    } catch (const InputError& error) {
      EXPECT_EQ(error.what(), fmt::format("net.safetensors: predicted_ratio: '{}'; a number above 0 is expected", bad));
    }
  }
}

/// A good file's parts, one of them made bad.
TEST_F(TrainedNetworkFile, BadFilesAreRefusedInOneLine) {
  write_trained_network(file(), calibrated(random_resnet(), {}));
  const SafeTensors good(file());
  NamedTensors tensors;
  for (const std::string& name : good.names()) tensors.emplace_back(name, good.read(name));
  const auto metadata = good.metadata();
  EXPECT_EQ(refusal(tensors, metadata), "none");
  const auto with_value = [&](const std::string& name, size_t at, float value) {
    NamedTensors changed = tensors;
    for (auto& [each, tensor] : changed)
      if (each == name) tensor.data.at(at) = value;
    return refusal(changed, metadata);
  };
  const auto with_entry = [&](const std::string& name, const std::string& text) {
    auto changed = metadata;
    changed[name] = text;
    return refusal(tensors, changed);
  };
  EXPECT_EQ(with_value("conv1.bias", 1, NAN),
            "f: tensor conv1.bias: values that are not finite; finite ones are expected");
  EXPECT_EQ(with_value("relu1.affine", 0, 0), "f: tensor relu1.affine: scale 0; a positive number is expected");
  EXPECT_EQ(with_value("conv1.weight_affine", 2, -1),
            "f: tensor conv1.weight_affine: scale -1; a positive number is expected");
  for (const float zero : {-1.0F, 1.5F, 256.0F, 1e30F})
    EXPECT_EQ(
        with_value("conv1.weight_affine", 3, zero),
        fmt::format("f: tensor conv1.weight_affine: zero point {}; a whole number of 0 to 255 is expected", zero));
  EXPECT_EQ(with_entry("version", "2"), "f, metadata entry version: '2'; 1 is expected");
  EXPECT_EQ(with_entry("bits", "9"), "f, metadata entry bits: '9'; a number of 4 to 8 is expected");
  EXPECT_EQ(with_entry("stream_bits", "7x"), "f, metadata entry stream_bits: '7x'; a number of 8 to 16 is expected");
  EXPECT_EQ(with_entry("codes", "both"), "f, metadata entry codes: 'both'; unsigned or signed is expected");
  EXPECT_EQ(with_entry("input", "32x32"),
            "f, metadata entry input: '32x32'; height x width x channels such as 32x32x3 is expected");
  EXPECT_EQ(with_entry("network", "resnet20_cifar10"),
            "f: weights of a resnet8; those of resnet20_cifar10 are expected");
  EXPECT_EQ(with_entry("format", "other"),
            "f: no trained network with its quantisers; a safetensors file whose metadata say so is expected");
  for (size_t i = 0; i < tensors.size(); ++i) {
    NamedTensors fewer = tensors;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    const std::string message = refusal(fewer, metadata);
    EXPECT_TRUE(message.starts_with("f: ")) << tensors[i].first << ": " << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
  NamedTensors more = tensors;
  more.emplace_back("bn1.weight", zeros(Shape{4}));
  EXPECT_EQ(refusal(more, metadata),
            "f: tensor bn1.weight belongs to nothing in the network; no others than its "
            "parameters and quantisers are expected");
}

/// Whatever byte of the header is another: the file is refused, or gives a network.
TEST_F(TrainedNetworkFile, DamagedHeadersDoNoHarm) {
  write_trained_network(file(), calibrated(random_resnet(), {}));
  const std::string good = read_file(file());
  const size_t header = 8 + good.find("}}", 8);
  std::mt19937 generator(1);
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    std::string bytes = good;
    bytes[generator() % header] ^= static_cast<char>(1 + generator() % 255);
    try {
      quantise(read_trained_network(SafeTensors("f", bytes)));
    } catch (const InputError& error) {
      ++refused;
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
  EXPECT_GT(refused, 200);
}

}  // namespace
}  // namespace tram
