#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/support/content_cache.hpp"

namespace tram {

struct SourceText {
  std::string name;  ///< file name given to Yosys, such as "pe.sv"; all are read as SystemVerilog, in this order
  std::string text;
};

/// A way to use ABC. Which of them gives the circuit of least energy is luck, so several are tried (multiplier_cost.hpp).
struct AbcScript {
  const char* name;
  const char* commands;  ///< empty: Yosys' own script for ABC, for small area
};
/// The scripts of ABC, the default first.
std::span<const AbcScript> abc_scripts();
/// Names of abc_scripts(), in the same order.
std::vector<std::string> abc_script_names();

struct MappingOptions {
  std::string top;                                ///< top module
  std::map<std::string, std::string> parameters;  ///< of the top module, such as {"LANES", "1"}
  bool keep_hierarchy = true;                     ///< modules below the top stay separate parts
  bool has_registers = true;                      ///< false: the library needs no flip-flop
  std::vector<std::string> kept_cells;            ///< combinational cells of the library that the sources instantiate
  std::string script = abc_scripts()[0].name;     ///< of ABC, by name
  std::optional<double> delay_target;             ///< s, see map_to_library: takes scripts of its own
  std::filesystem::path cache_folder;             ///< empty: default_cache_folder()
  bool use_cache = true;
};

/// Maps RTL to the library's cells with Yosys and ABC; dont_use cells are left out. Without a delay target ABC runs
/// options.script. With a delay target two scripts are
/// tried, one for area (&nf) and one for speed (map), both followed by sizing of the gates for the target: of those
/// whose critical path (static_timing) meets the target, the one of less area is taken, else the fastest. Instances of
/// kept_cells stay as they are, as boxes whose paths ABC does not see. Cached by content of sources,
/// library, options and Yosys version (content_cache.hpp).
/// Throws InputError when Yosys is missing or the library lacks a needed kind of cell, RunError with the last error
/// line of Yosys when it fails.
MappedNetlist map_to_library(const std::vector<SourceText>& sources, std::shared_ptr<const Library> library,
                             const MappingOptions& options);

/// Reads an already mapped structural Verilog netlist through Yosys: cells of the library are taken as they are, modules
/// are flattened, and operators, as EvoApproxLib's _pdk45.v has them in port connections, become cells by ABC. Throws InputError when Yosys is missing or cannot read the file, and for what MappedNetlist refuses.
MappedNetlist read_mapped_verilog(const std::filesystem::path& file, const std::string& top,
                                  std::shared_ptr<const Library> library);

}  // namespace tram
