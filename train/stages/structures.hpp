#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "models/multiplier/structure/structure.hpp"
#include "models/quant/integer_network.hpp"
#include "train/config/settings.hpp"
#include "train/quantised/quantised_layers.hpp"
#include "train/session/model.hpp"
#include "train/session/trainer.hpp"
#include "train/structure/operand_statistics.hpp"

namespace tram::train {

/// A multiplier as parts of an exact one or, where more than parts were removed, as gates.
using Circuit = std::variant<MultiplierStructure, Netlist>;

Netlist netlist_of(const Circuit& circuit);

/// The hardware of each table: by layer, or that of shared_table for all.
using Structures = std::map<std::string, Circuit>;

/// Adds the structure of phase 1 to a quantised model with tables: columns (tram) or gates (tram+), with the shares that
/// the tables have in the network's multiplications. The power of gates is measured on the layers' operands
/// (measured_power), without any it is the published costs.
void add_structure(const Settings& settings, const IntegerNetwork& network, const OperandsByLayer& layers, int threads,
                   Model& model);

/// Phase 2 of a structure that was explored.
Structures map_explored(const Model& model, std::span<const float> trained);

/// Over 16 shards of the training images.
OperandsByLayer operand_statistics(const Settings& settings, Trainer& trainer, const TrainState& state);

/// Those of the layers that have a table.
std::vector<OperandStatistics> layers_of(const std::string& table, const OperandsByLayer& layers);

/// In files TABLE.axm.json or, of gates, TABLE.blif of a folder.
void write_structures(const std::filesystem::path& folder, const Structures& structures);
/// Those of these names; empty when one is missing.
Structures read_structures(const std::filesystem::path& folder, const std::vector<std::string>& names);

}  // namespace tram::train
