#include "sim/app/workload.hpp"

#include <algorithm>

#include "models/data/cifar10.hpp"
#include "models/data/embedded/embedded.hpp"
#include "models/data/image_folder.hpp"
#include "models/data/synthetic.hpp"
#include "models/network/load_network.hpp"
#include "models/network/safetensors.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

constexpr char embedded_network[] = "resnet8_shapes";
constexpr char fetched_network[] = "resnet20_cifar10";  ///< of which scripts/get_data fetches the weights

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
  const fs::path images = folder_of(scenario) / "cifar-10-batches-bin";
  for (const fs::path& file : {images / "test_batch.bin", images / "data_batch_1.bin", weights_of(scenario)})
    if (std::error_code error; !fs::exists(file, error)) return file;
  return {};
}

SafeTensors weights_for_shapes(const Scenario& scenario, const std::string& network) {
  if (!scenario.network.weights.empty()) return SafeTensors(scenario.network.weights);
  return SafeTensors(network + " (embedded)", std::string(embedded_weights(network)));
}

Parts shapes_parts(const Scenario& scenario, const std::string& network, uint64_t seed) {
  const int images = scenario.data.first + scenario.data.images;
  return {load_network(network, weights_for_shapes(scenario, network)),
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

/// What the user chose is never replaced by something else.
bool has_stand_in(const Scenario& scenario) {
  return scenario.data.folder.empty() && scenario.network.weights.empty() && scenario.network.name == fetched_network;
}

Parts load_parts(const Scenario& scenario, uint64_t seed, std::string& note) {
  if (scenario.data.set == "shapes") return shapes_parts(scenario, scenario.network.name, seed);
  if (scenario.data.set == "imagenet") return imagenet_parts(scenario);
  const fs::path missing = missing_file(scenario);
  if (missing.empty()) return cifar10_parts(scenario);
  if (!has_stand_in(scenario))
    throw InputError(missing.string(), fmt::format("does not exist; expected CIFAR-10 and the weights of {}, in "
                                                   "data.folder or the latter in network_weights",
                                                   scenario.network.name));
  note = fmt::format("{} is not there: running the embedded set shapes with {} instead; "
                     "scripts/get_data fetches the real data", missing.string(), embedded_network);
  return shapes_parts(scenario, embedded_network, seed);
}

QuantiseOptions quantise_options(const Scenario& scenario, int threads) {
  QuantiseOptions options;
  options.bits = scenario.quantise.bits;
  options.weights = parse_weight_granularity("quantise.weights", scenario.quantise.weights);
  options.calibrate = parse_calibration_method("quantise.calibrate", scenario.quantise.calibrate);
  options.percentile = scenario.quantise.percentile;
  options.images = scenario.quantise.images;
  options.threads = threads;
  return options;
}

}  // namespace

Workload load_workload(const Scenario& scenario, uint64_t seed, int threads) {
  Workload workload;
  Parts parts = load_parts(scenario, seed, workload.note);
  if (scenario.data.first + scenario.data.images > parts.images->count())
    throw InputError("data.images", fmt::format("{} images from {} on; the test set has {}", scenario.data.images,
                                                scenario.data.first, parts.images->count()));
  workload.network = parts.graph.name;
  workload.data_set = parts.images->name();
  workload.integer_network = quantise(parts.graph, *parts.training, quantise_options(scenario, threads));
  workload.images = std::move(parts.images);
  workload.training = std::move(parts.training);
  return workload;
}

}  // namespace tram
