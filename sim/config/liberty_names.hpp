#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "sim/config/raw_scenario.hpp"

namespace tram {

struct NamedLiberty {
  std::string name;
  std::filesystem::path file;   ///< where it is when it is there
  std::string origin;           ///< how to get it
};

/// osu018, osu035, osu050 (Debian packages), asap7, sky130hd, sg13g2 (files of the data folder).
std::vector<NamedLiberty> named_liberties();

/// The Liberty file that a name or a path (relative to value.folder) means. InputError at value.where when the file
/// does not exist: says how to get it and which names are there.
std::filesystem::path resolve_liberty(const RawValue& value);

}  // namespace tram
