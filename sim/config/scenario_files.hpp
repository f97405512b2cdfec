#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace tram {

struct ScenarioListing {
  std::string name;        ///< stem of the file
  std::string first_line;  ///< its first comment line, without '#'
};

/// The folder of the scenarios known by name: $TRAM_SCENARIOS, else the one that came with the program.
std::filesystem::path scenario_folder();

/// The scenarios of folder, by name.
std::vector<ScenarioListing> list_scenarios(const std::filesystem::path& folder);

/// The file that NAME|FILE means: a file when it ends in .yaml or .yml or contains '/', else NAME in scenario_folder().
/// InputError (where: --scenario) names the nearest and lists all scenarios when there is no such file.
std::filesystem::path find_scenario(const std::string& name_or_file);

}  // namespace tram
