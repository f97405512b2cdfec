#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "models/support/quantity.hpp"
#include "sim/config/scenario_keys.hpp"

namespace tram {

/// What a kind of scenario key knows: how the text somebody wrote becomes a value, and the value text again.
/// parse throws InputError at RawValue::where with "what was found; expected ...".
template <class Value>
struct KeyKind {
  std::string type, unit, allowed;
  std::function<Value(const RawValue&)> parse;
  std::function<std::string(const Value&)> format;
  bool is_list = false;  ///< ScenarioKey::is_list
};

/// A whole number in low..high, of plain things or with a unit (bytes, cycles).
KeyKind<int64_t> whole(std::optional<Dimension> unit, int64_t low, int64_t high);
/// A quantity in low..high.
KeyKind<double> quantity(Dimension unit, double low, double high);
/// A number without unit in low..high.
KeyKind<double> number(double low, double high);
/// auto, all or a whole number from 1.
KeyKind<std::string> sample_number();
/// One of names.
KeyKind<std::string> choice(std::vector<std::string> names);
/// resnet<depth>_<data set>.
KeyKind<std::string> network_name();
/// A built-in multiplier (exact, trunc6, drum4 ...), or the path of an existing structure or netlist file.
KeyKind<std::string> multiplier_name();
/// linear, attention, all, or names of layers.
KeyKind<std::string> layer_names();
/// none, or LAYER=MULTIPLIER, ... (layer_multipliers.hpp); each multiplier as multiplier_name() takes it.
KeyKind<std::string> layer_multipliers();
bool is_built_in_multiplier(const std::string& name);
/// A number for each channel of an image, or one for all, in low..high; nothing: not given. So the two below.
KeyKind<std::optional<Rgb>> channel_numbers(float low, float high);
KeyKind<std::optional<int>> pixels(int low, int high);
KeyKind<std::optional<Interpolation>> interpolation();
/// An existing file or folder; a relative path starts from RawValue::folder, the value is absolute.
enum class PathKind { file, folder };
KeyKind<std::filesystem::path> existing_path(PathKind kind);

/// A key of this kind that is one field of Scenario. field takes a Scenario, const or not, and returns a reference to
/// the member; the default is what the member is in Scenario{}.
template <class Value, class Field>
ScenarioKey make_key(std::string name, KeyKind<Value> kind, Field field, std::string sentence) {
  const Scenario defaults{};
  return {.name = std::move(name),
          .type = kind.type,
          .unit = kind.unit,
          .default_text = kind.format(Value(field(defaults))),
          .is_list = kind.is_list,
          .allowed = kind.allowed,
          .sentence = std::move(sentence),
          .set = [field, parse = kind.parse](Scenario& scenario, const RawValue& value) {
            auto& target = field(scenario);
            target = static_cast<std::remove_reference_t<decltype(target)>>(parse(value));
          },
          .get = [field, format = kind.format](const Scenario& scenario) { return format(Value(field(scenario))); }};
}

}  // namespace tram
