#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/multiplier/file_options.hpp"
#include "models/multiplier/netlist.hpp"
#include "models/multiplier/structure/structure.hpp"

namespace tram {

/// A family of built-in multipliers.
struct MultiplierInfo {
  std::string name;  ///< the pattern of its names, such as drum<k>, k = 3..7
  std::string summary;
  std::string source;  ///< publication
  std::vector<std::string> members;
};

const std::vector<MultiplierInfo>& multiplier_catalogue();

/// Names of all built-in multipliers at 8 x 8 bits: exact, trunc1 .. trunc15, exact_dadda, drum4 ...
/// Every name may have a suffix with other operand widths, 2 to 8 bits each: exact_dadda_4x6.
const std::vector<std::string>& multiplier_names();

/// Whether it is one of those names, with or without widths (which the family may still refuse).
bool is_multiplier_name(const std::string& name);

/// A built-in name without widths, with these; any other name or file as it is.
std::string name_at_widths(const std::string& name, int a_bits, int b_bits);

/// Whether the name ends as that of a structure (.axm.json) or netlist (.blif, .v, .sv) file does.
bool is_multiplier_file(const std::filesystem::path& path);

/// The multiplier of that name, or the one of a structure or netlist file. Throws InputError for an unknown name (with
/// the nearest), and as read_structure and read_multiplier do.
Netlist find_multiplier(const std::string& name_or_file);

/// Multiplier of this name, with options for a netlist file; adds sentences on what the file leaves open
/// (MultiplierFile::notes).
Netlist find_multiplier(const std::string& name_or_file, const MultiplierFileOptions& options,
                        std::vector<std::string>& notes);

/// The structure of that name or .axm.json file; nothing for a multiplier that is not one. Throws as find_multiplier.
std::optional<MultiplierStructure> find_structure(const std::string& name_or_file);

}  // namespace tram
