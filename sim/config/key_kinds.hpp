#pragma once
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "models/options/value_kind.hpp"
#include "sim/config/scenario_keys.hpp"

namespace tram {

// Kinds of scenario keys beside those of models/options.

/// auto, all or a whole number from 1.
ValueKind<SampleRule> sample_rule();
/// resnet<depth>_<data set>.
ValueKind<std::string> network_name();
/// A built-in multiplier (exact, trunc6, drum4 ...), or the path of an existing structure or netlist file.
ValueKind<std::string> multiplier_name();
/// linear, attention, all, or names of layers.
ValueKind<std::string> layer_names();
/// none, or LAYER=MULTIPLIER, ... (layer_multipliers.hpp); each multiplier as multiplier_name() takes it.
ValueKind<std::vector<LayerMultiplier>> layer_multipliers();
/// none, or LAYER=WxX, ... with layers of LayerBits.
ValueKind<std::vector<LayerBits>> layer_bits();
/// A script of ABC by name, or best: nothing.
ValueKind<std::optional<std::string>> mapping_script();
bool is_built_in_multiplier(const std::string& name);
/// A number for each channel of an image, or one for all, in low..high; nothing: not given. So the two below.
ValueKind<std::optional<Rgb>> channel_numbers(float low, float high);
ValueKind<std::optional<int>> pixels(int low, int high);
ValueKind<std::optional<Interpolation>> interpolation();

/// A key of this kind that is one field of Scenario. field takes a Scenario, const or not, and returns a reference to
/// the member; the default is what the member is in Scenario{}.
template <class Value, class Field>
ScenarioKey make_key(const std::string& name, ValueKind<Value> kind, Field field, const std::string& sentence) {
  const Scenario defaults{};
  return {.name = name,
          .type = kind.type,
          .unit = kind.unit,
          .default_text = kind.format(Value(field(defaults))),
          .is_list = kind.is_list,
          .allowed = kind.allowed,
          .sentence = sentence,
          .set =
              [field, parse = kind.parse](Scenario& scenario, const RawValue& value) {
                auto& target = field(scenario);
                target = static_cast<std::remove_reference_t<decltype(target)>>(parse(value));
              },
          .get = [field, format = kind.format](const Scenario& scenario) { return format(Value(field(scenario))); }};
}

}  // namespace tram
