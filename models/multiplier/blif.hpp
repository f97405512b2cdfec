#pragma once
#include <string>
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

struct BlifModel {
  std::string name;
  bool is_signed = false;  ///< a comment line `# Multiplier ..., signed` stands there
  std::vector<std::string> inputs, outputs;
  long inputs_line = 1, outputs_line = 1;
  std::vector<BlifCover> covers;
};

/// Reads the first model of a BLIF text (Berkeley Logic Interchange Format, 1992). Throws InputError(file, line, what)
/// for latches, subcircuits and everything else that is not a plain combinational model.
BlifModel parse_blif_model(const std::string& text, const std::string& file);

}  // namespace tram
