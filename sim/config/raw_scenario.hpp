#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "models/options/value_kind.hpp"

namespace tram {

/// A scenario file as written: dotted keys in the order of the file, each a known key, none twice.
struct RawScenario {
  std::string name;  ///< stem of the file
  std::vector<RawValue> values;
};

/// Reads a scenario file (YAML, at most 1 MiB; nested maps and dotted keys mean the same). InputError with file:line
/// for YAML that does not parse, an unknown key (names the nearest), a key twice, a list (but for keys that take
/// one), a map or nothing where a value belongs, control characters.
RawScenario load_scenario_file(const std::filesystem::path& file);

/// "key=value" as given to --set; InputError when there is no '=' or the key is unknown (names the nearest).
RawValue parse_override(const std::string& assignment);

}  // namespace tram
