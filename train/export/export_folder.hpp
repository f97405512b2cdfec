#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/multiplier/netlist.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/quant/multiplier_assignment.hpp"
#include "models/quant/trained_network.hpp"

namespace tram::train {

/// A multiplier: a built-in's name ("exact", "trunc6") or a file, a structure, or a netlist.
using MultiplierSource = std::variant<std::string, MultiplierStructure, Netlist>;

/// Layers and their multiplier. layers as in MultiplierRule: "linear", "attention", "all" or names with *.
struct LayerMultiplierSource {
  std::string layers = "linear";
  MultiplierSource multiplier;
};

/// Assignment of multipliers to steps, and their tables.
struct MultiplierChoice {
  MultiplierAssignment assignment;
  std::vector<TruthTable> tables;  ///< of assignment.multipliers, in that order
};

/// "exact" everywhere, then one entry after the other, as assign_multipliers has it; multipliers are known by the name
/// of the built-in, structure or netlist. InputError for layers that do not exist, for different multipliers of one
/// name, names that is_structure_name refuses, and operands that are not as the network's codes.
MultiplierChoice choose_multipliers(const IntegerNetwork& network, std::span<const LayerMultiplierSource> layers);

/// Images classified by golden inference.
struct GoldenScore {
  int64_t correct = 0, images = 0;

  double accuracy() const { return images == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(images); }
};

/// Golden score on the data set's images first .. first + count - 1, which the simulator's machine must give too. The
/// result does not depend on threads. InputError for images outside the set.
GoldenScore golden_score(const IntegerNetwork& network, const MultiplierAssignment& assignment,
                         std::span<const TruthTable> tables, const Dataset& data, int first, int count, int threads);

/// Machine and data of the scenario of an exported folder.
struct ExportOptions {
  std::string data_set = "shapes";         ///< data.set of scenarios: shapes, cifar10, imagenet
  std::filesystem::path data_folder = {};  ///< data.folder; empty: where data lies by default
  int images = 100;                        ///< test images, from the first one on
  std::optional<GoldenScore> score = {};   ///< measured on test images, for the scenario's comment
  std::string liberty = "asap7";           ///< technology.liberty: a name, or a file
};

/// Writes into a folder, made if it is not there, each file through an AtomicFile:
///   network.safetensors   trained (models/quant/trained_network.hpp)
///   NAME.axm.json         of multipliers with a structure
///   NAME.sv, .v, .blif    of every multiplier but exact, as are NAME.npy (its table) and NAME.h
///   scenario.yaml         the last: `tram_sim --scenario FOLDER/scenario.yaml` runs network and multipliers on the
///                         table engine; built-ins by their name, structures from their .axm.json, other netlists from
///                         BLIF, which has gates in place of their adder cells
/// InputError for a folder that cannot be made, and as quantise, choose_multipliers and write_trained_network do.
void export_folder(const std::filesystem::path& folder, const TrainedNetwork& trained,
                   std::span<const LayerMultiplierSource> layers, const ExportOptions& options);

}  // namespace tram::train
