#include "sim/app/workload.hpp"

#include <optional>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/data/embedded/embedded.hpp"
#include "models/network/load_network.hpp"
#include "models/network/safetensors.hpp"
#include "models/quant/network_cache.hpp"
#include "models/quant/trained_network.hpp"
#include "models/support/error.hpp"
#include "sim/app/few_bits.hpp"
#include "sim/app/topology.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// A data set and a network by name: what the scenario says, or what stands in for it.
struct Choice {
  ImageSet images;
  std::string network;
};

fs::path folder_of(const Scenario& scenario) {
  return scenario.data.folder.empty() ? data_folder() : scenario.data.folder;
}

fs::path weights_of(const Scenario& scenario) {
  if (!scenario.network.weights.empty()) return scenario.network.weights;
  if (scenario.network.name.ends_with(".onnx")) return scenario.network.name;  // holds its own
  return folder_of(scenario) / "weights" / (scenario.network.name + ".safetensors");
}

/// Whether embedded weights serve: those of the network's name, where neither the scenario nor the data folder
/// has others.
bool has_embedded_weights(const Scenario& scenario) {
  const auto& names = embedded_names();
  std::error_code error;
  return scenario.network.weights.empty() && !fs::exists(weights_of(scenario), error) &&
         std::ranges::find(names, scenario.network.name) != names.end();
}

/// The first file that the scenario needs and the data folder lacks; empty when all are there.
fs::path missing_file(const Scenario& scenario) {
  const fs::path folder = folder_of(scenario);
  std::vector<fs::path> files;
  if (computes_values(scenario.engine))
    for (const fs::path& file : traits_of(scenario.data.set).files) files.push_back(folder / file);
  if (!has_embedded_weights(scenario)) files.push_back(weights_of(scenario));
  for (const fs::path& file : files)
    if (std::error_code error; !fs::exists(file, error)) return file;
  return {};
}

SafeTensors embedded(const std::string& network) {
  return {network + " (embedded)", std::string(embedded_weights(network))};
}

SafeTensors weights_for_shapes(const Scenario& scenario, const std::string& network) {
  return scenario.network.weights.empty() ? embedded(network) : SafeTensors(scenario.network.weights);
}

NetworkGraph float_network(const Scenario& scenario, const Choice& choice) {
  if (choice.images == ImageSet::shapes)
    return load_network(choice.network, weights_for_shapes(scenario, choice.network));
  if (has_embedded_weights(scenario)) return load_network(choice.network, embedded(choice.network));
  return load_network(choice.network, weights_of(scenario));
}

/// Calibration images and test images; those of ImageNet as in models/data/image_folder.hpp.
void add_images(const Scenario& scenario, const Choice& choice, uint64_t seed, Workload& workload) {
  const auto open = [&](Split split, int drawn) {
    return open_images(choice.images, split,
                       {.folder = folder_of(scenario),
                        .network = choice.network,
                        .preprocessing = scenario.data.preprocessing,
                        .count = drawn,
                        .seed = seed});
  };
  workload.training = open(Split::train, scenario.quantise.images);
  workload.images = open(Split::test, scenario.data.first + scenario.data.images);
  if (scenario.data.first + scenario.data.images > workload.images->count())
    throw InputError("data.images", fmt::format("{} images from {} on; the test set has {}", scenario.data.images,
                                                scenario.data.first, workload.images->count()));
  workload.data_set = workload.images->name();
  workload.preprocessing = workload.images->preprocessing();
}

/// What the network takes and gives is what the data set has.
void check_fits(const Scenario& scenario, const std::string& network, const FeatureShape& input, int classes,
                const Dataset& images) {
  const FeatureShape own = images.shape();
  const auto known = static_cast<int>(images.class_names().size());
  if (input != own)
    throw InputError(
        "network", fmt::format("{} takes images of {}x{}x{}; {}x{}x{}, those of data set {}{}, are "
                               "expected",
                               network, input.height, input.width, input.channels, own.height, own.width, own.channels,
                               images.name(), traits_of(scenario.data.set).is_resized ? " by data.crop" : ""));
  if (classes != known)
    throw InputError("network", fmt::format("{} tells {} classes apart; {}, those of data set {}, are expected",
                                            network, classes, known, images.name()));
}

/// A network that real data belongs to, and what stands in for it on shapes where that data is missing.
struct StandIn {
  ImageSet images;
  const char* network;
  const char* instead;
};
constexpr StandIn stand_ins[] = {{ImageSet::cifar10, "resnet20_cifar10", "resnet8_shapes"},
                                 {ImageSet::imagenet, "deit_tiny_patch16_224", "vit_shapes"}};

/// What the user chose is never replaced by something else.
const StandIn* stand_in_of(const Scenario& scenario) {
  if (!scenario.data.folder.empty() || !scenario.network.weights.empty() ||
      scenario.data.preprocessing != PreprocessingChoice{})
    return nullptr;
  for (const StandIn& stand_in : stand_ins)
    if (scenario.data.set == stand_in.images && scenario.network.name == stand_in.network) return &stand_in;
  return nullptr;
}

Choice choose(const Scenario& scenario, std::string& note) {
  Choice as_said{scenario.data.set, scenario.network.name};
  if (as_said.images == ImageSet::shapes) return as_said;
  const fs::path missing = missing_file(scenario);
  if (missing.empty() && has_embedded_weights(scenario))
    note = fmt::format("{} is not there: running with the embedded weights, which this project trained",
                       weights_of(scenario).string());
  if (missing.empty()) return as_said;
  const StandIn* stand_in = stand_in_of(scenario);
  if (stand_in == nullptr)
    throw InputError(missing.string(), fmt::format("does not exist; {} and the weights of {}, in "
                                                   "data.folder or the latter in network_weights is expected",
                                                   traits_of(scenario.data.set).title, scenario.network.name));
  note = fmt::format(
      "{} is not there: running the embedded set shapes with {} instead; "
      "scripts/get_data fetches the real data",
      missing.string(), stand_in->instead);
  return {ImageSet::shapes, stand_in->instead};
}

/// Without values a network's shapes and formats count, and where zero points are 0, which no range of its values
/// changes: one image gives it ranges in no time.
QuantiseOptions quantise_options(const Scenario& scenario, int threads) {
  QuantiseOptions options;
  options.bits = scenario.quantise.bits;
  options.weight_bits = scenario.quantise.weight_bits;
  options.activation_bits = scenario.quantise.activation_bits;
  options.layer_bits = scenario.quantise.layer_bits;
  options.sign_magnitude = scenario.quantise.codes == CodeKind::sign_magnitude;
  options.signed_codes = is_signed(scenario.quantise.codes);
  options.stream_bits = scenario.quantise.stream_bits;
  options.score_bits = scenario.quantise.score_bits;
  options.equalise = scenario.quantise.equalise;
  options.weights = scenario.quantise.weights;
  options.calibrate = scenario.quantise.calibrate;
  options.percentile = scenario.quantise.percentile;
  options.images = scenario.quantise.images;
  options.threads = threads;
  if (!computes_values(scenario.engine)) {
    options.equalise = false;
    options.calibrate = CalibrationMethod::min_max;
    options.images = 1;
  }
  return options;
}

/// Images of zeros, whose values do not count.
void add_zero_images(const Scenario& scenario, const FeatureShape& input, Workload& workload) {
  workload.images = zero_images(input, scenario.data.first + scenario.data.images);
  workload.training = zero_images(input, 1);
  workload.data_set = workload.images->name();
}

/// A network of shapes has no values to quantise.
Workload topology_workload(const Scenario& scenario) {
  if (computes_values(scenario.engine))
    throw InputError("network", fmt::format("{} has shapes only, engine: {} needs weights; engine: timing is expected",
                                            scenario.network.name, name_of(scenario.engine)));
  Workload workload;
  Topology topology = read_topology(scenario.network.name);
  workload.integer_network = std::move(topology.network);
  workload.note = topology.note;
  workload.network = workload.integer_network.name;
  add_zero_images(scenario, workload.integer_network.tensors.front().shape, workload);
  return workload;
}

/// The scenario's weights, if they are those of a network that was trained with its quantisers.
std::optional<TrainedNetwork> trained_network(const Scenario& scenario) {
  if (scenario.network.weights.empty()) return std::nullopt;
  const SafeTensors file(scenario.network.weights);
  if (!trained_network_info(file)) return std::nullopt;
  return read_trained_network(file);
}

/// The data set's images fit the network, or it gets some without values.
void settle_images(const Scenario& scenario, const FeatureShape& input, int classes, Workload& workload) {
  if (computes_values(scenario.engine)) check_fits(scenario, workload.network, input, classes, *workload.images);
  else add_zero_images(scenario, input, workload);
}

/// Network in integers and the name of what it was before.
void add_network(const Scenario& scenario, const Choice& choice, int threads, Workload& workload) {
  if (const std::optional<TrainedNetwork> trained = trained_network(scenario)) {
    workload.network = trained->graph.name;
    workload.integer_network = quantise(*trained);
    settle_images(scenario, trained->graph.input, static_cast<int>(workload.integer_network.last().n()), workload);
    workload.quantisation_note = fmt::format(
        "Network quantised by its training on {}: {}-bit {} codes, quantisers and "
        "biases as in {}",
        trained->data, trained->options.bits, trained->options.signed_codes ? "signed" : "unsigned",
        scenario.network.weights.filename().string());
    workload.predicted = prediction(*trained, scenario.network.weights);
    workload.recoded = trained->notes.contains(recoded_note);
    if (workload.recoded)
      workload.quantisation_note +=
          "; its weights are codes chosen for the multipliers of that training, which stand for "
          "other weights on exact ones: no exact machine is run beside";
    return;
  }
  const NetworkGraph graph = float_network(scenario, choice);
  workload.network = graph.name;
  settle_images(scenario, graph.input, infer_shapes(graph).back().channels, workload);
  workload.integer_network =
      quantise_cached(graph, *workload.training, quantise_options(scenario, threads), default_cache_folder());
  workload.quantisation_note = bits_note(workload.integer_network);
  if (!workload.quantisation_note.empty() && computes_values(scenario.engine))
    workload.warning = few_bits_warning(graph, workload.integer_network, *workload.training, threads);
}

}  // namespace

Workload load_workload(const Scenario& scenario, uint64_t seed, int threads) {
  if (is_topology(scenario.network.name)) return topology_workload(scenario);
  Workload workload;
  const Choice choice = choose(scenario, workload.note);
  if (computes_values(scenario.engine)) add_images(scenario, choice, seed, workload);
  add_network(scenario, choice, threads, workload);
  return workload;
}

}  // namespace tram
