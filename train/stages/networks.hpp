#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/quant/quantise.hpp"
#include "train/config/settings.hpp"
#include "train/quantised/quantised_layers.hpp"
#include "train/session/model.hpp"

namespace tram::train {

/// Phase 0: the network in fp32 with random weights, or with those of a graph.
Model fp32_model(const Settings& settings);
Model fp32_model(const Settings& settings, const NetworkGraph& graph);

/// The fp32 network with the weights in a file.
NetworkGraph load_graph(const Settings& settings, const std::filesystem::path& weights);

/// Options that quantise() and the machine take for a network trained with these settings.
QuantiseOptions quantise_options(const Settings& settings, int threads);

/// InputError at `option` where the network called name is not for images of this shape and so many classes.
void check_fits(const char* option, const std::string& name, const NetworkGraph& graph, const FeatureShape& images,
                int classes);

/// The network of --teacher-network. InputError unless it is for such images and classes.
NetworkGraph load_teacher(const Settings& settings, const FeatureShape& images, int classes);

/// Where quantised training begins: the graph with batch norm folded, and the quantiser of each of its values.
struct QuantisedStart {
  NetworkGraph teacher;  ///< in fp32: the network itself, which the pipeline replaces by --teacher-network
  NetworkGraph graph;
  std::vector<Affine> activations;
  IntegerNetwork network;  ///< of both, as the machine would run it before training
};
QuantisedStart quantised_start(const Settings& settings, NetworkGraph fp32, const Dataset& training, int threads);

/// The quantised network with its first values, and its teacher if the settings want one.
Model quantised_model(const Settings& settings, const QuantisedStart& start, const QuantisedSettings& layers);

}  // namespace tram::train
