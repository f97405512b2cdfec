#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace tram {

struct NamedLiberty {
  std::string name;
  std::filesystem::path file;  ///< where it is when it is there
  std::string origin;          ///< how to get it
  double node_nm;              ///< of the process
  double wire_f_per_um;        ///< F a micrometre of a thin wire; 0: not known
};

/// The named libraries: osu018, osu035, osu050 (Debian packages), asap7, sky130hd, sg13g2 (files of the data folder).
std::vector<NamedLiberty> named_liberties();

bool is_named_liberty(const std::string& name);

/// The Liberty files of the library that a name, a path (relative to folder), or several of them with commas or plus
/// signs between mean; the path of a file that exists may hold these characters. InputError at `where` when a file does
/// not exist (says how to get it and which names are there) or is given twice.
std::vector<std::filesystem::path> find_liberty(const std::string& names_or_files, const std::string& where,
                                                const std::filesystem::path& folder = ".");

/// Text of the same meaning from any folder: a name as it is, else absolute paths between commas.
std::string portable_liberty(const std::string& names_or_files, const std::string& where,
                             const std::filesystem::path& folder = ".");

}  // namespace tram
