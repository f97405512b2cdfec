#include "sim/config/scenario_files.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "models/support/error.hpp"
#include "models/support/installation.hpp"
#include "models/support/nearest.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

std::string first_comment(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line))
    if (line.starts_with('#')) return line.substr(std::min(line.find_first_not_of("# "), line.size()));
  return {};
}

}  // namespace

fs::path scenario_folder() {
  const char* folder = std::getenv("TRAM_SCENARIOS");
  return folder != nullptr && *folder != 0 ? folder : installed("scenarios");
}

std::vector<ScenarioListing> list_scenarios(const fs::path& folder) {
  std::vector<ScenarioListing> listing;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".yaml")
      listing.push_back({entry.path().stem().string(), first_comment(entry.path())});
  std::ranges::sort(listing, {}, &ScenarioListing::name);
  return listing;
}

fs::path find_scenario(const std::string& name_or_file) {
  const bool is_file =
      name_or_file.ends_with(".yaml") || name_or_file.ends_with(".yml") || name_or_file.find('/') != std::string::npos;
  fs::path file = is_file ? fs::path(name_or_file) : scenario_folder() / (name_or_file + ".yaml");
  std::error_code ignored;
  if (fs::is_regular_file(file, ignored)) return file;
  std::vector<std::string> names;
  for (const ScenarioListing& scenario : list_scenarios(scenario_folder())) names.push_back(scenario.name);
  throw InputError("--scenario", fmt::format("{} '{}'; a .yaml file or one of {} is expected{}",
                                             is_file ? "no file" : "unknown scenario", name_or_file,
                                             fmt::join(names, ", "), did_you_mean(name_or_file, names)));
}

}  // namespace tram
