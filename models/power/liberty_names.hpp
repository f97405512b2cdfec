#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace tram {

struct NamedLiberty {
  std::string name;
  std::filesystem::path file;   ///< where it is when it is there
  std::string origin;           ///< how to get it
};

/// osu018, osu035, osu050 (Debian packages), asap7, sky130hd, sg13g2 (files of the data folder).
std::vector<NamedLiberty> named_liberties();

/// The Liberty file that a name or a path (relative to folder) means. InputError at `where` when the file does not
/// exist: says how to get it and which names are there.
std::filesystem::path find_liberty(const std::string& name_or_file, const std::string& where,
                                   const std::filesystem::path& folder = ".");

}  // namespace tram
