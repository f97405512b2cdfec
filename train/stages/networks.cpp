#include "train/stages/networks.hpp"

#include "models/network/load_network.hpp"
#include "models/support/error.hpp"
#include "train/network/graph_network.hpp"
#include "train/network/graph_values.hpp"
#include "train/quantised/quantised_layers.hpp"
#include "train/session/shard_runner.hpp"

namespace tram::train {
namespace {

/// The arrays of a network that the function makes; oneDNN's primitives want its thread set up.
NetworkParameters parameters_of(const std::function<std::unique_ptr<Network>()>& make) {
  NetworkParameters parameters;
  run_shards(1, 1, [&](int, int) { parameters = make()->parameters(); });
  return parameters;
}

Model model_of(std::function<std::unique_ptr<Network>()> make) {
  Model model;
  model.parameters = parameters_of(make);
  model.make_network = std::move(make);
  return model;
}

std::shared_ptr<const Teacher> make_teacher(const Settings& settings, const NetworkGraph& teacher) {
  if (settings.teacher == 0) return nullptr;
  const Model model = fp32_model(settings, teacher);
  return std::make_shared<Teacher>(Teacher{model.make_network, model.trained, model.running});
}

}  // namespace

Model fp32_model(const Settings& settings) {
  const NetworkGraph graph = settings.graph();
  Model model = model_of([=] { return std::make_unique<GraphNetwork>(graph, settings.shard); });
  model.trained = initial_values(model.parameters.trained, settings.seed);
  model.running = initial_values(model.parameters.running, settings.seed);
  return model;
}

Model fp32_model(const Settings& settings, const NetworkGraph& graph) {
  Model model = model_of([=] { return std::make_unique<GraphNetwork>(graph, settings.shard); });
  model.trained = trained_values(model.parameters, graph);
  model.running = running_values(model.parameters, graph);
  return model;
}

void check_fits(const char* option, const std::string& name, const NetworkGraph& graph, const FeatureShape& images,
                int classes) {
  const auto text = [](const FeatureShape& shape, int outputs) {
    return fmt::format("images of {}x{}x{} and {} classes", shape.height, shape.width, shape.channels, outputs);
  };
  const int outputs = infer_shapes(graph).back().channels;
  if (graph.input != images || outputs != classes)
    throw InputError(option, fmt::format("{}, for {}; one for {} is expected", name, text(graph.input, outputs),
                                         text(images, classes)));
}

NetworkGraph load_teacher(const Settings& settings, const FeatureShape& images, int classes) {
  NetworkGraph teacher = load_network(settings.teacher_network, settings.teacher_weights);
  check_fits("--teacher-network", settings.teacher_network, teacher, images, classes);
  return teacher;
}

NetworkGraph load_graph(const Settings& settings, const std::filesystem::path& weights) {
  return load_network(settings.network_name(), weights);
}

QuantiseOptions quantise_options(const Settings& settings, int threads) {
  return {.bits = settings.bits, .range_bits = settings.range_bits, .images = settings.calibrate, .threads = threads};
}

QuantisedStart quantised_start(const Settings& settings, NetworkGraph fp32, const Dataset& training, int threads) {
  const QuantiseOptions options = quantise_options(settings, threads);
  NetworkGraph graph = prepare_graph(fp32, training, options);
  std::vector<Affine> activations = calibrate_activations(graph, training, options);
  IntegerNetwork network = quantise(graph, activations, options);
  return {std::move(fp32), std::move(graph), std::move(activations), std::move(network)};
}

Model quantised_model(const Settings& settings, const QuantisedStart& start, const QuantisedSettings& layers) {
  Model model = model_of(
      [graph = start.graph, layers, batch = settings.shard] { return make_quantised_network(graph, layers, batch); });
  model.trained =
      initial_quantised_values(model.parameters, start.graph, start.activations, quantise_options(settings, 1));
  model.teacher = make_teacher(settings, start.teacher);
  return model;
}

}  // namespace tram::train
