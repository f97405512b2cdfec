#include "sim/config/raw_scenario.hpp"

#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "sim/config/scenario_keys.hpp"

namespace tram {
namespace {

constexpr uintmax_t largest_file = 1 << 20;

/// Walks the maps of one YAML document and collects its values under their dotted names.
class Flattener {
 public:
  Flattener(const std::filesystem::path& file, RawScenario& result) : file_(file), result_(result) {}

  void flatten(const YAML::Node& map, const std::string& group) {
    for (const auto& entry : map) {
      const YAML::Node &key_node = entry.first, &value = entry.second;
      const long line = line_of(key_node);
      if (!key_node.IsScalar()) throw InputError(file_.string(), line, "a map or list as a key; a word is expected");
      const std::string key = (group.empty() ? "" : group + ".") + clean(key_node.Scalar(), line);
      if (is_key_group(key)) {
        if (!value.IsMap()) throw InputError(file_.string(), line, no_map(key));
        flatten(value, key);
      } else {
        add(key, value, line);
      }
    }
  }

 private:
  static long line_of(const YAML::Node& node) { return node.Mark().line + 1; }

  std::string clean(const std::string& text, long line) const {
    if (text.size() > 1000 || std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 127; }))
      throw InputError(file_.string(), line, "control characters or over 1000 characters; a line of text is expected");
    return text;
  }

  static std::string no_map(const std::string& group) {
    const auto keys = scenario_keys();
    const auto in_group = [&](const ScenarioKey& key) { return key.name.starts_with(group + "."); };
    const auto first = std::ranges::find_if(keys, in_group);
    return fmt::format("{}: no map; one such as {}: {{ {}: {} }} is expected", group, group,
                       first->name.substr(group.size() + 1), first->default_text);
  }

  void add(const std::string& name, const YAML::Node& value, long line) {
    const ScenarioKey* key = find_scenario_key(name);
    if (!key) throw InputError(file_.string(), line, unknown_key_message(name));
    const auto [first, is_new] = lines_.try_emplace(name, line);
    if (!is_new)
      throw InputError(file_.string(), line,
                       fmt::format("{}: given twice, first in line {}; once is expected", name, first->second));
    const bool is_list = key->is_list && value.IsSequence() && value.size() > 0 &&
                         std::ranges::all_of(value, [](const YAML::Node& entry) { return entry.IsScalar(); });
    if (!value.IsScalar() && !is_list)
      throw InputError(file_.string(), line,
                       fmt::format("{}: {}; {} is expected", name,
                                   value.IsMap()        ? "a map"
                                   : value.IsSequence() ? "a list"
                                                        : "no value",
                                   key->allowed));
    const std::string text =
        is_list ? fmt::format("{}", fmt::join(value.as<std::vector<std::string>>(), ",")) : value.Scalar();
    result_.values.push_back({name, clean(text, line_of(value)),
                              fmt::format("{}:{}: {}", file_.string(), line_of(value), name), file_.parent_path()});
  }

  const std::filesystem::path& file_;
  RawScenario& result_;
  std::map<std::string, long> lines_;
};

std::string read_scenario_text(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::file_size(file, error) > largest_file && !error)
    throw InputError(file.string(), "is over 1 MiB; a scenario file is expected");
  return read_file(file);
}

}  // namespace

RawScenario load_scenario_file(const std::filesystem::path& file) {
  RawScenario result{file.stem().string(), {}};
  const std::string text = read_scenario_text(file);
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1)
      throw InputError(file.string(), documents[1].Mark().line + 1,
                       "a second document; one scenario a file is expected");
    if (documents.empty() || documents[0].IsNull()) return result;
    if (!documents[0].IsMap())
      throw InputError(file.string(), documents[0].Mark().line + 1, "no map; lines such as 'engine: rtl' are expected");
    Flattener(file, result).flatten(documents[0], "");
  } catch (const YAML::Exception& error) {
    throw InputError(file.string(), std::max(error.mark.line, 0) + 1,
                     fmt::format("no YAML: {}; 'key: value' lines are expected", error.msg));
  }
  return result;
}

RawValue parse_override(const std::string& assignment) {
  const size_t equals = assignment.find('=');
  if (equals == std::string::npos)
    throw InputError("--set",
                     fmt::format("'{}' has no '='; key=value, such as array.rows=32, is expected", assignment));
  const std::string key = assignment.substr(0, equals);
  if (!find_scenario_key(key)) throw InputError("--set", unknown_key_message(key));
  return {key, assignment.substr(equals + 1), "--set " + key, std::filesystem::current_path()};
}

}  // namespace tram
