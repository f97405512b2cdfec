#include "models/cells/liberty/liberty_names.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "models/support/data_folder.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"
#include "models/support/text.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

std::string choices() {
  std::vector<std::string> there;
  for (const NamedLiberty& named : named_liberties())
    if (is_file(named.file)) there.push_back(named.name);
  return fmt::format("a Liberty file{}{} is expected",
                     there.empty() ? "" : " or one of those found here: ", fmt::join(there, ", "));
}

// The file of one name or path.
fs::path find_one(const std::string& name_or_file, const std::string& where, const fs::path& folder) {
  std::vector<std::string> names;
  for (const NamedLiberty& named : named_liberties()) {
    names.push_back(named.name);
    if (named.name != name_or_file) continue;
    if (is_file(named.file)) return named.file;
    throw InputError(where, fmt::format("library '{}' is not there: no {} ({}); {}", named.name, named.file.string(),
                                        named.origin, choices()));
  }
  const fs::path file = (folder / name_or_file).lexically_normal();
  if (is_file(file)) return fs::absolute(file);
  const bool is_path =
      name_or_file.find('/') != std::string::npos || name_or_file.ends_with(".lib") || name_or_file.ends_with(".gz");
  if (is_path) throw InputError(where, fmt::format("no Liberty file {}; {}", file.string(), choices()));
  throw InputError(
      where, fmt::format("unknown library '{}'; {}{}", name_or_file, choices(), did_you_mean(name_or_file, names)));
}

}  // namespace

std::vector<NamedLiberty> named_liberties() {
  std::vector<NamedLiberty> named;
  // Wires: of osu018 metal 2 of its LEF file, .3 um wide (area and both edges); of the others OpenROAD's values for lower
  // metals, correlated with its extractor: of sky130hd met1.
  for (const auto& [name, file, nm, wire] :
       {std::tuple<std::string, const char*, double, double>{"osu018", "osu018_stdcells.lib", 180, .126e-15},
        {"osu035", "osu035_stdcells.lib", 350, 0},
        {"osu050", "osu05_stdcells.lib", 500, 0}})
    named.push_back(
        {name, fs::path("/usr/share/qflow/tech") / name / file, "Debian package qflow-tech-" + name, nm, wire});
  const fs::path folder = data_folder() / "liberty";
  for (const auto& [name, file, nm, wire] : {std::tuple{"asap7", "asap7_rvt_tt.lib", 7.0, .173e-15},
                                             {"sky130hd", "sky130hd_tt.lib", 130.0, .172e-15},
                                             {"sg13g2", "sg13g2_typ.lib", 130.0, .173e-15}})
    named.push_back(
        {name, folder / file, "folder liberty of the data folder, $TRAM_DATA or ~/.cache/tram-data", nm, wire});
  return named;
}

bool is_named_liberty(const std::string& name) {
  return std::ranges::any_of(named_liberties(), [&](const NamedLiberty& named) { return named.name == name; });
}

std::vector<fs::path> find_liberty(const std::string& names_or_files, const std::string& where,
                                   const fs::path& folder) {
  if (is_file(folder / names_or_files)) return {find_one(names_or_files, where, folder)};
  std::vector<fs::path> files;
  for (size_t begin = 0; begin <= names_or_files.size();) {
    const size_t end = std::min(names_or_files.find_first_of(",+", begin), names_or_files.size());
    const std::string_view one = trimmed(std::string_view(names_or_files).substr(begin, end - begin), " ");
    if (one.empty())
      throw InputError(
          where, fmt::format("'{}' has an empty entry; names or files between commas are expected", names_or_files));
    const fs::path file = find_one(std::string(one), where, folder);
    if (std::ranges::find(files, file) != files.end())
      throw InputError(where, fmt::format("{} is given twice; each file of a library once is expected", file.string()));
    files.push_back(file);
    begin = end + 1;
  }
  return files;
}

std::string portable_liberty(const std::string& names_or_files, const std::string& where, const fs::path& folder) {
  if (is_named_liberty(names_or_files)) return names_or_files;
  std::vector<std::string> files;
  for (const fs::path& file : find_liberty(names_or_files, where, folder)) files.push_back(file.string());
  return fmt::format("{}", fmt::join(files, ","));
}

}  // namespace tram
