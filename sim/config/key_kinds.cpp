#include "sim/config/key_kinds.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/options/parse_number.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"
#include "sim/config/layer_multipliers.hpp"

namespace tram {
namespace {

std::string parse_multiplier(const RawValue& value, const std::string& allowed) {
  if (is_built_in_multiplier(value.text)) return value.text;
  if (is_multiplier_file(value.text)) return existing_path(PathKind::file).parse(value).string();
  throw InputError(value.where, fmt::format("unknown multiplier '{}'; {} is expected{}", value.text, allowed,
                                            did_you_mean(value.text, multiplier_names())));
}

}  // namespace

bool is_built_in_multiplier(const std::string& name) { return is_multiplier_name(name); }

ValueKind<SampleRule> sample_rule() {
  const std::string allowed = "auto, all or 1 to 1048576";
  const auto parse = [allowed](const RawValue& value) -> SampleRule {
    if (value.text == "auto") return {};
    if (value.text == "all") return {SampleRule::Kind::all};
    const auto number = parse_plain<int>(value, "auto, all or a whole number", allowed);
    return {SampleRule::Kind::number, within(value, number, 1, 1 << 20, allowed)};
  };
  const auto format = [](const SampleRule& rule) -> std::string {
    if (rule.kind == SampleRule::Kind::number) return std::to_string(rule.pes);
    return rule.kind == SampleRule::Kind::all ? "all" : "auto";
  };
  return {"name", "", allowed, parse, format};
}

ValueKind<std::optional<std::string>> mapping_script() {
  std::vector<std::string> scripts = abc_script_names();
  scripts.insert(scripts.begin(), "best");
  const ValueKind<std::string> names = choice(std::move(scripts));
  const auto parse = [parse = names.parse](const RawValue& value) -> std::optional<std::string> {
    const std::string name = parse(value);
    return name == "best" ? std::nullopt : std::optional(name);
  };
  return {names.type, "", names.allowed, parse,
          [](const std::optional<std::string>& value) { return value.value_or("best"); }};
}

ValueKind<std::string> network_name() {
  const std::string allowed =
      "resnet<depth>_<data set>, such as resnet20_cifar10 or resnet8_shapes, a vision "
      "transformer's name, such as deit_tiny_patch16_224, an ONNX file, or (engine: timing) a "
      "topology file of SCALE-Sim, .csv";
  const auto parse = [allowed](const RawValue& value) -> std::string {
    if (value.text.ends_with(".onnx") || value.text.ends_with(".csv"))
      return existing_path(PathKind::file).parse(value).string();
    const size_t digits_end = value.text.find_first_not_of("0123456789", 6);
    const bool resnet = value.text.starts_with("resnet") && digits_end != 6 && digits_end < value.text.size() - 1 &&
                        value.text[digits_end] == '_';
    if (resnet || value.text.starts_with("deit_") || value.text.starts_with("vit_")) return value.text;
    throw InputError(value.where, fmt::format("unknown network '{}'; {} is expected", value.text, allowed));
  };
  return {"name", "", allowed, parse, [](const std::string& value) { return value; }};
}

ValueKind<std::string> multiplier_name() {
  const std::string allowed = "a built-in name (tram_axm list has them) or a .axm.json, .blif, .v or .sv file";
  return {"name", "", allowed, [allowed](const RawValue& value) { return parse_multiplier(value, allowed); },
          [](const std::string& value) { return value; }};
}

ValueKind<std::string> layer_names() {
  const auto parse = [](const RawValue& value) { return value.text; };
  return {"names", "", "linear, attention, all, or names of layers with * for any text, separated by commas", parse,
          [](const std::string& value) { return value; }};
}

ValueKind<std::vector<LayerBits>> layer_bits() {
  const auto parse = [](const RawValue& value) {
    try {
      return split_layer_bits(value.text);
    } catch (const std::invalid_argument& error) {
      throw InputError(value.where, error.what());
    }
  };
  return {"names", "",
          "none, or LAYER=WxX, ... of 2 to 8 bits each; layers by name, * for any text, or first or last of those that "
          "multiply",
          parse, join_layer_bits};
}

ValueKind<std::vector<LayerMultiplier>> layer_multipliers() {
  const auto parse = [](const RawValue& value) {
    try {
      std::vector<LayerMultiplier> layers = split_layer_multipliers(value.text);
      for (LayerMultiplier& layer : layers)
        layer.multiplier = multiplier_name().parse({value.key, layer.multiplier, value.where, value.folder});
      return layers;
    } catch (const std::invalid_argument& error) {
      throw InputError(value.where, error.what());
    }
  };
  return {"names", "",
          "none, or LAYER=MULTIPLIER, ... with names as for the two keys above, a layer's own before the words", parse,
          join_layer_multipliers};
}

ValueKind<std::optional<Rgb>> channel_numbers(float low, float high) {
  const auto parse = [=](const RawValue& value) -> std::optional<Rgb> {
    return parse_rgb(value.where, value.text, low, high);
  };
  return {"numbers",
          "",
          fmt::format("one number of {} to {}, or three separated by commas", low, high),
          parse,
          [](const std::optional<Rgb>& value) { return value ? to_text(*value) : ""; },
          true};
}

ValueKind<std::optional<int>> pixels(int low, int high) {
  const ValueKind<int64_t> kind = whole({}, low, high);
  const auto parse = [parse = kind.parse](const RawValue& value) -> std::optional<int> {
    return static_cast<int>(parse(value));
  };
  return {kind.type, "", kind.allowed, parse,
          [](const std::optional<int>& value) { return value ? std::to_string(*value) : ""; }};
}

ValueKind<std::optional<Interpolation>> interpolation() {
  const ValueKind<std::string> kind = choice({to_text(Interpolation::bicubic), to_text(Interpolation::bilinear)});
  const auto parse = [parse = kind.parse](const RawValue& value) -> std::optional<Interpolation> {
    return parse_interpolation(value.where, parse(value));
  };
  return {kind.type, "", kind.allowed, parse,
          [](const std::optional<Interpolation>& value) { return value ? to_text(*value) : ""; }};
}

}  // namespace tram
