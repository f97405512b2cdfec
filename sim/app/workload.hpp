#pragma once
#include <memory>
#include <optional>
#include <string>

#include "models/data/dataset.hpp"
#include "models/quant/integer_network.hpp"
#include "models/quant/predicted_energy.hpp"
#include "sim/config/scenario.hpp"

namespace tram {

/// What runs on the machine: a network in integers and the images it sees.
struct Workload {
  std::string network, data_set;
  std::string note;                 ///< one line when the embedded default stands in for missing data, else empty
  std::unique_ptr<Dataset> images;  ///< the test split
  std::unique_ptr<Dataset> training;
  std::string preprocessing;      ///< what is done to an image before the network sees it; empty for shapes only
  std::string quantisation_note;  ///< one line where the network's own training quantised it or codes have not 8 bits
  std::string warning;            ///< one line where so few bits lose what the network knew; else empty
  std::optional<PredictedEnergy> predicted;  ///< by the network's training
  bool recoded = false;            ///< its codes stand for its weights on the multipliers of its training only
  IntegerNetwork integer_network;  ///< calibrated on images of the training split, or as it was trained
};

/// Loads network and data of the scenario and quantises the network; one whose weights are a trained network's
/// (models/quant/trained_network.hpp) comes as it was trained, without calibration. When the data of resnet20_cifar10
/// or of deit_tiny_patch16_224 on ImageNet are not in the data folder and the scenario names no place for them, the
/// embedded set `shapes` and a small network that this project trained stand in. Throws
/// InputError for any other file that is missing, damaged files, a range of images outside the set, and a network of
/// other images or (where an engine has values) other classes than the set's. A network that
/// is a topology file (topology.hpp) has shapes only, and zeros for images.
Workload load_workload(const Scenario& scenario, uint64_t seed, int threads);

}  // namespace tram
