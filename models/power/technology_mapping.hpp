#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/power/mapped_netlist.hpp"

namespace tram {

struct SourceText {
  std::string name;  ///< file name given to Yosys, such as "pe.sv"; all are read as SystemVerilog, in this order
  std::string text;
};

struct MappingOptions {
  std::string top;                          ///< top module
  std::map<std::string, std::string> parameters;  ///< of the top module, such as {"LANES", "1"}
  bool keep_hierarchy = true;               ///< modules below the top stay separate parts
  std::optional<double> delay_target;       ///< s, to ABC's -D; without: ABC's default script
  std::filesystem::path cache_folder;       ///< empty: default_cache_folder()
  bool use_cache = true;
};

/// $TRAM_CACHE, else $XDG_CACHE_HOME/tram, else $HOME/.cache/tram, else a tram folder in the temporary folder.
std::filesystem::path default_cache_folder();

/// Maps RTL to the library's cells with Yosys and ABC; dont_use cells are left out. Cached by content of sources,
/// library, options and Yosys version; safe for several processes at once; a cache
/// folder that cannot be written is not an error.
/// Throws InputError when Yosys is missing or the library lacks a needed kind of cell, RunError with the last error
/// line of Yosys when it fails.
MappedNetlist map_to_library(const std::vector<SourceText>& sources, std::shared_ptr<const Library> library,
                             const MappingOptions& options);

/// Reads an already mapped structural Verilog netlist (through Yosys, nothing is optimised); cells are taken from
/// the library. Throws InputError when Yosys is missing or cannot read the file, and for what MappedNetlist refuses.
MappedNetlist read_mapped_verilog(const std::filesystem::path& file, const std::string& top,
                                  std::shared_ptr<const Library> library);

}  // namespace tram
