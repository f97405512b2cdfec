#include "models/multiplier/catalogue.hpp"

#include <algorithm>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/import.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

namespace tram {

std::vector<std::string> multiplier_names() {
  std::vector<std::string> names = {"exact"};
  for (int columns = 1; columns <= 15; ++columns) names.push_back(fmt::format("trunc{}", columns));
  return names;
}

Netlist find_multiplier(const std::string& name_or_file) {
  const std::vector<std::string> names = multiplier_names();
  const auto found = std::find(names.begin(), names.end(), name_or_file);
  if (found != names.end()) return array_multiplier(8, static_cast<int>(found - names.begin()));
  if (is_netlist_file(name_or_file)) return read_multiplier(name_or_file);
  throw InputError("multiplier",
                   fmt::format("unknown '{}'; exact, trunc1 .. trunc15 or a .blif, .v or .sv file is expected{}",
                               name_or_file, did_you_mean(name_or_file, names)));
}

}  // namespace tram
