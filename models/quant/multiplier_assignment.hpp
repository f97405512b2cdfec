#pragma once
#include <span>
#include <string>
#include <vector>

#include "models/quant/integer_network.hpp"

namespace tram {

/// Layers that a multiplier serves. "linear": every GemmLayer (convolutions and linear layers), as in the published
/// method; "attention": every MatmulLayer (Q K^T and P V); "all": both; otherwise a list of layer names, separated by
/// commas or spaces, in which * matches any text ("blocks.*.mlp.fc1, head"). In all rules but the first a layer's name
/// comes before these words: the classifier of a CIFAR ResNet is called linear.
struct MultiplierRule {
  std::string layers = "linear";
  std::string multiplier;  ///< a name or file, as in the catalogue
};

/// How wide an array's operands are: those of the network's widest layer, in all layers; or those of each layer, as if it
/// had an array of its own.
enum class ArrayWidth { network, layer };

/// The multiplier of every step of a network. The simulator and the trainer share it.
struct MultiplierAssignment {
  std::vector<std::string> multipliers;  ///< those in use, each once at each width, in the order of their first step
  std::vector<OperandBits> bits;         ///< by multiplier: operands of the array
  std::vector<int> of_step;              ///< by step: index into multipliers; -1: the step multiplies nothing

  /// Index of the multiplier at these bits, added if need be.
  int add(const std::string& multiplier, OperandBits operands);
};

/// "exact" everywhere, then rule after rule: a later rule replaces what an earlier one chose.
/// InputError(where, ...) for a rule that selects no layer, naming the first name that does not occur.
MultiplierAssignment assign_multipliers(const std::string& where, const IntegerNetwork& network,
                                        std::span<const MultiplierRule> rules, ArrayWidth width = ArrayWidth::network);

/// One multiplier for every step that multiplies.
MultiplierAssignment assign_everywhere(const IntegerNetwork& network, const std::string& multiplier,
                                       ArrayWidth width = ArrayWidth::network);

}  // namespace tram
