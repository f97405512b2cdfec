#include "models/power/liberty_names.hpp"

#include <fmt/ranges.h>

#include "models/support/data_folder.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

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
  return fmt::format("expected a Liberty file{}{}", there.empty() ? "" : " or one of those found here: ",
                     fmt::join(there, ", "));
}

}  // namespace

std::vector<NamedLiberty> named_liberties() {
  std::vector<NamedLiberty> named;
  for (const std::string name : {"osu018", "osu035", "osu050"})
    named.push_back({name, fs::path("/usr/share/qflow/tech") / name / (name + "_stdcells.lib"),
                     "Debian package qflow-tech-" + name});
  const fs::path folder = data_folder() / "liberty";
  for (const auto& [name, file] : {std::pair{"asap7", "asap7_rvt_tt.lib"}, {"sky130hd", "sky130hd_tt.lib"},
                                   {"sg13g2", "sg13g2_typ.lib"}})
    named.push_back({name, folder / file, "folder liberty of the data folder, $TRAM_DATA or ~/.cache/tram-data"});
  return named;
}

fs::path find_liberty(const std::string& name_or_file, const std::string& where, const fs::path& folder) {
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
  const bool is_path = name_or_file.find('/') != std::string::npos || name_or_file.ends_with(".lib");
  if (is_path) throw InputError(where, fmt::format("no Liberty file {}; {}", file.string(), choices()));
  throw InputError(where, fmt::format("unknown library '{}'; {}{}", name_or_file, choices(),
                                      did_you_mean(name_or_file, names)));
}

}  // namespace tram
