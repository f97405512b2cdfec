#include "sim/app/workload.hpp"

#include <algorithm>

#include "models/data/cifar10.hpp"
#include "models/data/embedded/embedded.hpp"
#include "models/data/image_folder.hpp"
#include "models/data/synthetic.hpp"
#include "models/network/load_network.hpp"
#include "models/network/safetensors.hpp"
#include "models/power/technology_mapping.hpp"
#include "models/quant/network_cache.hpp"
#include "models/support/error.hpp"
#include "sim/app/topology.hpp"
#include "sim/app/generated_network.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// A network and its data set, before quantisation.
struct Parts {
  NetworkGraph graph;
  std::unique_ptr<Dataset> training, images;
};

fs::path folder_of(const Scenario& scenario) {
  return scenario.data.folder.empty() ? data_folder() : scenario.data.folder;
}

fs::path weights_of(const Scenario& scenario) {
  if (!scenario.network.weights.empty()) return scenario.network.weights;
  if (scenario.network.name.ends_with(".onnx")) return scenario.network.name;  // holds its own
  return folder_of(scenario) / "weights" / (scenario.network.name + ".safetensors");
}

/// The first file that the scenario needs and the data folder lacks; empty when all are there.
fs::path missing_file(const Scenario& scenario) {
  const fs::path folder = folder_of(scenario);
  const fs::path cifar10 = folder / "cifar-10-batches-bin";
  std::vector<fs::path> files{cifar10 / "test_batch.bin", cifar10 / "data_batch_1.bin"};
  if (scenario.data.set == "imagenet") files = {folder / "imagenet" / "synsets.txt"};
  files.push_back(weights_of(scenario));
  for (const fs::path& file : files)
    if (std::error_code error; !fs::exists(file, error)) return file;
  return {};
}

SafeTensors weights_for_shapes(const Scenario& scenario, const std::string& network) {
  if (!scenario.network.weights.empty()) return SafeTensors(scenario.network.weights);
  return SafeTensors(network + " (embedded)", std::string(embedded_weights(network)));
}

NetworkGraph network_for_shapes(const Scenario& scenario, const std::string& network) {
  if (network == generated_transformer_name) return generated_transformer();
  return load_network(network, weights_for_shapes(scenario, network));
}

Parts shapes_parts(const Scenario& scenario, const std::string& network, uint64_t seed) {
  const int images = scenario.data.first + scenario.data.images;
  return {network_for_shapes(scenario, network),
          std::make_unique<Shapes>(Split::train, scenario.quantise.images, seed),
          std::make_unique<Shapes>(Split::test, images, seed)};
}

Parts cifar10_parts(const Scenario& scenario) {
  const fs::path folder = folder_of(scenario);
  return {load_network(scenario.network.name, weights_of(scenario)),
          std::make_unique<Cifar10>(folder, Split::train), std::make_unique<Cifar10>(folder, Split::test)};
}

/// Calibration images and test images as in models/data/image_folder.hpp.
Parts imagenet_parts(const Scenario& scenario) {
  const fs::path folder = folder_of(scenario);
  return {load_network(scenario.network.name, weights_of(scenario)), imagenet(folder, Split::train),
          imagenet(folder, Split::test)};
}

/// A network that real data belongs to, and what stands in for it on shapes where that data is missing.
struct StandIn {
  const char* data_set;
  const char* network;
  const char* instead;
  const char* remark;   ///< in the note
};
constexpr StandIn stand_ins[] = {
    {"cifar10", "resnet20_cifar10", "resnet8_shapes", ""},
    {"imagenet", "deit_tiny_patch16_224", generated_transformer_name,
     ", a small vision transformer whose weights are random numbers, so that its accuracy means nothing"}};

/// What the user chose is never replaced by something else.
const StandIn* stand_in_of(const Scenario& scenario) {
  if (!scenario.data.folder.empty() || !scenario.network.weights.empty()) return nullptr;
  for (const StandIn& stand_in : stand_ins)
    if (scenario.data.set == stand_in.data_set && scenario.network.name == stand_in.network) return &stand_in;
  return nullptr;
}

Parts load_parts(const Scenario& scenario, uint64_t seed, std::string& note) {
  if (scenario.data.set == "shapes") return shapes_parts(scenario, scenario.network.name, seed);
  const fs::path missing = missing_file(scenario);
  if (missing.empty()) return scenario.data.set == "imagenet" ? imagenet_parts(scenario) : cifar10_parts(scenario);
  const StandIn* stand_in = stand_in_of(scenario);
  if (stand_in == nullptr)
    throw InputError(missing.string(), fmt::format("does not exist; expected {} and the weights of {}, in "
                                                   "data.folder or the latter in network_weights",
                                                   scenario.data.set == "imagenet" ? "ImageNet" : "CIFAR-10",
                                                   scenario.network.name));
  note = fmt::format("{} is not there: running the embedded set shapes with {} instead{}; "
                     "scripts/get_data fetches the real data", missing.string(), stand_in->instead, stand_in->remark);
  return shapes_parts(scenario, stand_in->instead, seed);
}

QuantiseOptions quantise_options(const Scenario& scenario, int threads) {
  QuantiseOptions options;
  options.bits = scenario.quantise.bits;
  options.signed_codes = scenario.quantise.codes == "signed";
  options.stream_bits = scenario.quantise.stream_bits;
  options.score_bits = scenario.quantise.score_bits;
  options.equalise = scenario.quantise.equalise == "yes";
  options.weights = parse_weight_granularity("quantise.weights", scenario.quantise.weights);
  options.calibrate = parse_calibration_method("quantise.calibrate", scenario.quantise.calibrate);
  options.percentile = scenario.quantise.percentile;
  options.images = scenario.quantise.images;
  options.threads = threads;
  return options;
}

/// A network of shapes has no values to quantise.
Workload topology_workload(const Scenario& scenario) {
  if (scenario.engine != "timing")
    throw InputError("network", fmt::format("{} has shapes only, engine: {} needs weights; expected engine: timing",
                                            scenario.network.name, scenario.engine));
  Workload workload;
  workload.integer_network = read_topology(scenario.network.name);
  workload.network = workload.integer_network.name;
  workload.images = zero_images(workload.integer_network, scenario.data.first + scenario.data.images);
  workload.training = zero_images(workload.integer_network, 1);
  workload.data_set = workload.images->name();
  return workload;
}

}  // namespace

Workload load_workload(const Scenario& scenario, uint64_t seed, int threads) {
  if (is_topology(scenario.network.name)) return topology_workload(scenario);
  Workload workload;
  Parts parts = load_parts(scenario, seed, workload.note);
  if (scenario.data.first + scenario.data.images > parts.images->count())
    throw InputError("data.images", fmt::format("{} images from {} on; the test set has {}", scenario.data.images,
                                                scenario.data.first, parts.images->count()));
  workload.network = parts.graph.name;
  workload.data_set = parts.images->name();
  workload.integer_network =
      quantise_cached(parts.graph, *parts.training, quantise_options(scenario, threads), default_cache_folder());
  workload.images = std::move(parts.images);
  workload.training = std::move(parts.training);
  return workload;
}

}  // namespace tram
