#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "train/layers/parameters.hpp"
#include "train/network/network.hpp"
#include "train/structure/structure_model.hpp"

namespace tram::train {

/// The fp32 network whose answers are learned from, by the same images (distillation).
struct Teacher {
  std::function<std::unique_ptr<Network>()> make_network;
  std::vector<float> trained, running;  ///< its values
};

/// Model that a Trainer trains: a network with its first values, where the tables of its multipliers come from, and who
/// teaches it.
struct Model {
  std::function<std::unique_ptr<Network>()> make_network;     ///< for shards of Settings::shard images
  NetworkParameters parameters;                               ///< the network's, then the structure's
  std::vector<float> trained, running;                        ///< initial values
  std::shared_ptr<const StructureModel> structure = nullptr;  ///< of tables that are trained; none: there are none
  std::shared_ptr<const Teacher> teacher = nullptr;
};

}  // namespace tram::train
