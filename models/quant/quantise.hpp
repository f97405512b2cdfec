#pragma once
#include <map>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/network/graph.hpp"
#include "models/options/named_values.hpp"
#include "models/quant/integer_network.hpp"
#include "models/quant/layer_bits.hpp"

namespace tram {

enum class WeightGranularity { per_channel, per_tensor };

/// Choice of an activation quantiser's range from calibration images: min_max: all values; percentile: from the (100 -
/// p)-th to the p-th percentile; mse: the range with the least mean squared quantisation error. Weights use mse with
/// mse, their full range otherwise.
enum class CalibrationMethod { min_max, percentile, mse };

std::span<const NamedValue<WeightGranularity>> names_of(WeightGranularity);
std::span<const NamedValue<CalibrationMethod>> names_of(CalibrationMethod);

struct QuantiseOptions {
  int bits = 8;               ///< 2 .. 8, weights and activations of GEMMs
  bool signed_codes = false;  ///< two's complement; weights symmetric
  int stream_bits = 16;       ///< bits .. 16, of the residual stream between layer norms (value_formats)
  int score_bits = 16;        ///< bits .. 16, of what a softmax reads
  bool equalise = true;       ///< channels of layer norms' outputs (equalise.hpp)
  WeightGranularity weights = WeightGranularity::per_channel;  ///< activations are per layer
  CalibrationMethod calibrate = CalibrationMethod::mse;
  double percentile = 99.99;  ///< of the percentile method, in (50, 100]
  int range_bits = 0;         ///< 2 .. bits: mse takes the ranges that codes of so many bits would have; 0: of bits
  int images = 256;           ///< the first ones of the training set
  int threads = 1;            ///< the result does not depend on it
  int weight_bits = 0, activation_bits = 0;  ///< 2 .. 8; 0: bits
  std::vector<LayerBits> layer_bits = {};    ///< of single layers

  /// Of all layers but those of layer_bits.
  OperandBits operands() const {
    return {weight_bits != 0 ? weight_bits : bits, activation_bits != 0 ? activation_bits : bits};
  }

  int fitted_bits(int of_codes) const { return range_bits != 0 ? range_bits : of_codes; }
};

/// The format of every value's codes (by value index): as wide as the widest layer that reads them wants (layer_bits),
/// values that no layer reads, directly or as they are, `activation_bits`, except
/// - values that only layer norms and additions read, on the way to a layer norm (the residual stream of a transformer,
///   whose few channels of large values would cost the others their resolution): stream_bits;
/// - values that only softmax reads, with or without a mask added to them: score_bits.
std::vector<CodeFormat> value_formats(const NetworkGraph& graph, const QuantiseOptions& options);

/// Whether a value has symmetric codes (by value index): queries, keys and values of attention, so that slices of one
/// linear layer share their zero point.
std::vector<bool> symmetric_values(const NetworkGraph& graph);

/// Whether a value is what softmax alone reads, the sum of scores and a constant: a mask, or a bias by position (by
/// value index).
std::vector<bool> masked_scores(const NetworkGraph& graph);

/// A quantiser for every value of the graph (by value index), from training images.
/// Asymmetric but for symmetric_values(); every range includes zero, so zero is a code. Codes of more than 8 bits have
/// room to spare: their range is that of all values, half as large again. What only GELU reads has no codes where GELU
/// is within 1/64 of an output code of 0. Of masked_scores() the codes reach down to 17.4 below the smallest of the
/// positions' largest values, however negative the mask is: what lies lower has the lowest code, and a softmax of 0. A
/// position with no value above -1000 does not count; its softmax gives all keys the same.
std::vector<Affine> calibrate_activations(const NetworkGraph& graph, const Dataset& training,
                                          const QuantiseOptions& options);

/// Quantisers of weights by convolution or linear layer: one for each output channel.
using WeightAffines = std::map<std::string, std::vector<Affine>>;

/// The integer network of a graph without batch norm. ReLU is fused into the convolution, linear layer or addition
/// before it; the last node must be a linear layer (or convolution), whose accumulators are the logits.
/// InputError names the node that cannot be expressed, or a layer whose accumulator could leave int32.
IntegerNetwork quantise(const NetworkGraph& folded, const std::vector<Affine>& activations,
                        const QuantiseOptions& options);
/// Integer network with quantisers of weights given for every layer, not fitted. InputError names a layer without.
IntegerNetwork quantise(const NetworkGraph& folded, const std::vector<Affine>& activations,
                        const WeightAffines& weights, const QuantiseOptions& options);

/// The graph that quantise() calibrates: batch norm folded, layer norms equalised if options say so.
NetworkGraph prepare_graph(const NetworkGraph& graph, const Dataset& training, const QuantiseOptions& options);

/// Prepares the graph, calibrates and quantises.
IntegerNetwork quantise(const NetworkGraph& graph, const Dataset& training, const QuantiseOptions& options);

/// The network's input codes for one normalised image [height, width, channels]: clamp(round_half_even(x / scale)
/// + zero).
std::vector<uint8_t> quantise_image(const IntegerNetwork& network, const Tensor& image);

}  // namespace tram
