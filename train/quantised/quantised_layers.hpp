#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/network/graph.hpp"
#include "models/quant/quantise.hpp"
#include "train/layers/layer.hpp"
#include "train/network/graph_network.hpp"
#include "train/quantised/quantised_gemm.hpp"

namespace tram::train {

/// Name of the table that all layers share.
inline constexpr char shared_table[] = "multiplier";

/// Sharing of multipliers between convolutions and linear layers.
enum class TableSharing {
  none,        ///< exact multipliers
  single,      ///< one table for all, shared_table
  layer_wise,  ///< one a layer, named as the layer
};

/// Derivatives of a cost by codes, [2^bits], by name of the layer.
using CostSlopes = std::map<std::string, std::shared_ptr<const std::vector<float>>>;

struct QuantisedSettings {
  int bits = 8;  ///< of weights, activations and the multiplier's operands, 4 .. 8
  TableSharing tables = TableSharing::none;
  /// Circuits by layer, that of "" serving those not named; where given, they stand in place of tables.
  std::map<std::string, std::shared_ptr<const TableGemm>> circuits = {};
  /// Slopes of the circuits, likewise by name; none: straight-through gradients.
  std::map<std::string, std::shared_ptr<const ProductSlopes>> slopes = {};
  /// MultiplierTable::activation_cost_slope by layer; layers not named have none.
  CostSlopes activation_cost_slopes = {};
};

/// Makes the layers of a graph with batch norm folded as the integer network has them (models/quant/quantise.hpp): what
/// value_formats gives `bits` is quantised, after the ReLU that is its only reader, and slice by slice where only slices
/// are read; values of more bits stay real. Products are those of a multiplier. The logits stay accumulators.
class QuantisedLayers {
 public:
  QuantisedLayers(const NetworkGraph& folded, const QuantisedSettings& settings);

  /// The layer of a node; called in the order of the nodes.
  std::unique_ptr<Layer> make(NetworkParameters& parameters, size_t node, std::span<const BatchShape> inputs);

 private:
  bool quantises_output(size_t node) const;
  std::unique_ptr<Layer> make_plain(NetworkParameters& parameters, size_t node, std::span<const BatchShape> inputs);
  std::unique_ptr<Layer> make_gemm(NetworkParameters& parameters, size_t node, const BatchShape& input);
  /// is_trained: its input depends on trained values (the image does not: its activations cost what they cost).
  MultiplierTable table(NetworkParameters& parameters, const std::string& layer, bool is_trained);

  const NetworkGraph& graph_;
  QuantisedSettings settings_;
  std::vector<std::vector<int>> readers_;
  std::vector<CodeFormat> formats_;        ///< by value
  std::vector<bool> symmetric_;            ///< by value (symmetric_values)
  std::vector<RangeParameter> ranges_;     ///< by value
  std::map<std::string, int64_t> tables_;  ///< offset by name
};

/// A network of these layers for batches of one size.
std::unique_ptr<GraphNetwork> make_quantised_network(const NetworkGraph& folded, const QuantisedSettings& settings,
                                                     int batch);

/// Initial values of the trained arrays: the graph's weights; ranges of activations from their quantisers (by value of
/// the graph, calibrate_activations); ranges of weights of least mean squared error, channel by channel.
std::vector<float> initial_quantised_values(const NetworkParameters& parameters, const NetworkGraph& folded,
                                            const std::vector<Affine>& activations, const QuantiseOptions& options);

}  // namespace tram::train
