#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/cells/mapping/technology_mapping.hpp"

namespace tram {

/// Which processing element of rtl/arrays/weight_stationary.
enum class PeKind {
  plain,  ///< tram_pe.sv: clocked always
  gated,  ///< tram_gated_pe.sv: each register where it works
  hidden  ///< tram_hidden_pe.sv: gated, and a second weight register, which loads while the first one works
};

/// A processing element as SystemVerilog. It instantiates tram_multiplier (a_i: the operand that is held, b_i: the one that
/// streams, product_o) as `multiplier`, and may instantiate tram_adder.
struct PeSource {
  std::string top;                ///< module
  std::vector<SourceText> files;  ///< it and what it instantiates besides those two
  /// Attribute `tram` by port (pe_contract.hpp), of sources that do not say it themselves.
  std::map<std::string, std::string> roles = {};

  /// Whether the top module declares this parameter.
  bool has_parameter(const std::string& name) const;
};

PeSource built_in_pe(PeKind kind);

/// A folder's PE: its files *.sv and *.v, by name. The top is the one module whose ports have attributes `tram`, or what
/// contract.yaml says, lines of
///   top: my_pe
///   weight_i: weight held south        one for each port, in place of its attribute
/// InputError naming folder, file or line: for no SystemVerilog, no or several modules with attributes, a module that
/// is not there, a line that is none of these or that comes twice.
PeSource read_pe(const std::filesystem::path& folder);

}  // namespace tram
