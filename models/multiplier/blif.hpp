#pragma once
#include <string>
#include <utility>
#include <vector>

namespace tram {

/// One .names: a sum of cubes over its inputs.
struct BlifCover {
  std::vector<std::string> inputs;
  std::string output;
  std::vector<std::string> cubes;  ///< one character an input: 0, 1 or -
  bool on_set = true;              ///< the cubes say where the output is 1; else where it is 0
  long line = 0;

  /// Bit m is the value when input i has bit i of m; for at most five inputs.
  unsigned truth_table() const;
};

/// One .subckt: an instance of another model of the file.
struct BlifInstance {
  std::string model;
  std::vector<std::pair<std::string, std::string>> connections;  ///< port of the model, net here
  size_t covers_before = 0;                                      ///< it stands after so many covers of its model
  long line = 0;
};

struct BlifModel {
  std::string name;
  bool is_signed = false;  ///< a comment line `# Multiplier ..., signed` stands in the file
  std::vector<std::string> inputs, outputs;
  long line = 1, inputs_line = 1, outputs_line = 1;
  bool is_black_box = false;
  std::vector<BlifCover> covers;
  std::vector<BlifInstance> instances;
};

/// Reads the models of a BLIF text (Berkeley Logic Interchange Format, 1992), at least one. Delay constraints,
/// attributes and external don't-cares (.exdc) are passed over. Throws InputError(file, line, what) for registers,
/// library gates, state tables, other files and everything else that is not a combinational model.
std::vector<BlifModel> parse_blif_models(const std::string& text, const std::string& file);

/// The one circuit of a BLIF text: the model that no other one contains, with the instances in it replaced by their
/// covers. Throws as parse_blif_models, and for models that stand apart, contain themselves or are missing.
BlifModel parse_blif_model(const std::string& text, const std::string& file);

}  // namespace tram
