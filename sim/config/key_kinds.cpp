#include "sim/config/key_kinds.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/import.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"
#include "sim/config/layer_multipliers.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

template <class Number>
Number parse_plain(const RawValue& value, const char* noun, const std::string& allowed) {
  Number number{};
  const char* end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, number);
  if (error != std::errc{} || stop != end)
    throw InputError(value.where, fmt::format("'{}' is not {}; expected {}", value.text, noun, allowed));
  return number;
}

double parse_with_unit(const RawValue& value, Dimension unit) {
  try {
    return parse_quantity(value.text, unit);
  } catch (const std::invalid_argument& error) {
    throw InputError(value.where, error.what());
  }
}

template <class Number>
Number within(const RawValue& value, Number number, Number low, Number high, const std::string& allowed) {
  if (number >= low && number <= high) return number;
  throw InputError(value.where, fmt::format("'{}' is out of range; expected {}", value.text, allowed));
}

int64_t parse_whole_with_unit(const RawValue& value, Dimension unit, const std::string& allowed) {
  const double number = parse_with_unit(value, unit);
  if (number != std::floor(number))
    throw InputError(value.where, fmt::format("'{}' is not a whole number of {}; expected {}", value.text,
                                              unit == Dimension::size ? "bytes" : base_unit(unit), allowed));
  return std::abs(number) < 0x1p62 ? static_cast<int64_t>(number) : int64_t{1} << 62;
}

std::string parse_multiplier(const RawValue& value, const std::string& allowed) {
  if (is_built_in_multiplier(value.text)) return value.text;
  if (is_multiplier_file(value.text)) return existing_path(PathKind::file).parse(value).string();
  throw InputError(value.where, fmt::format("unknown multiplier '{}'; expected {}{}", value.text, allowed,
                                            did_you_mean(value.text, multiplier_names())));
}

}  // namespace

bool is_built_in_multiplier(const std::string& name) { return is_multiplier_name(name); }

KeyKind<int64_t> whole(std::optional<Dimension> unit, int64_t low, int64_t high) {
  const auto format = [unit](const int64_t& value) {
    return unit ? format_quantity(static_cast<double>(value), *unit) : fmt::format("{}", value);
  };
  const std::string allowed = fmt::format("{} to {}", format(low), format(high));
  const auto parse = [=](const RawValue& value) {
    const int64_t number = unit ? parse_whole_with_unit(value, *unit, allowed)
                                : parse_plain<int64_t>(value, "a whole number", allowed);
    return within(value, number, low, high, allowed);
  };
  return {"integer", unit ? std::string(base_unit(*unit)) : "", allowed, parse, format};
}

KeyKind<double> quantity(Dimension unit, double low, double high) {
  const auto format = [unit](const double& value) { return format_quantity(value, unit); };
  const std::string allowed = fmt::format("{} to {}", format(low), format(high));
  return {"number", std::string(base_unit(unit)), allowed,
          [=](const RawValue& value) { return within(value, parse_with_unit(value, unit), low, high, allowed); },
          format};
}

KeyKind<double> number(double low, double high) {
  const std::string allowed = fmt::format("{} to {}", low, high);
  return {"number", "", allowed,
          [=](const RawValue& value) {
            return within(value, parse_plain<double>(value, "a number", allowed), low, high, allowed);
          },
          [](const double& value) { return fmt::format("{}", value); }};
}

KeyKind<std::string> sample_number() {
  const std::string allowed = "auto, all or 1 to 1048576";
  const auto parse = [allowed](const RawValue& value) {
    if (value.text == "auto" || value.text == "all") return value.text;
    const auto number = parse_plain<int64_t>(value, "auto, all or a whole number", allowed);
    return std::to_string(within<int64_t>(value, number, 1, 1 << 20, allowed));
  };
  return {"name", "", allowed, parse, [](const std::string& value) { return value; }};
}

KeyKind<std::string> choice(std::vector<std::string> names) {
  const std::string allowed = fmt::format("{}", fmt::join(names, ", "));
  const auto parse = [names = std::move(names), allowed](const RawValue& value) {
    if (std::ranges::find(names, value.text) != names.end()) return value.text;
    throw InputError(value.where, fmt::format("'{}'; expected {}{}", value.text, names.size() > 1 ? "one of " : "",
                                              allowed + did_you_mean(value.text, names)));
  };
  return {"choice", "", allowed, parse, [](const std::string& value) { return value; }};
}

KeyKind<std::string> network_name() {
  const std::string allowed = "resnet<depth>_<data set>, such as resnet20_cifar10 or resnet8_shapes, a vision "
                              "transformer's name, such as deit_tiny_patch16_224, an ONNX file, or (engine: timing) a "
                              "topology file of SCALE-Sim, .csv";
  const auto parse = [allowed](const RawValue& value) -> std::string {
    if (value.text.ends_with(".onnx") || value.text.ends_with(".csv"))
      return existing_path(PathKind::file).parse(value).string();
    const size_t digits_end = value.text.find_first_not_of("0123456789", 6);
    const bool resnet = value.text.starts_with("resnet") && digits_end != 6 && digits_end < value.text.size() - 1 &&
                        value.text[digits_end] == '_';
    if (resnet || value.text.starts_with("deit_") || value.text.starts_with("vit_")) return value.text;
    throw InputError(value.where, fmt::format("unknown network '{}'; expected {}", value.text, allowed));
  };
  return {"name", "", allowed, parse, [](const std::string& value) { return value; }};
}

KeyKind<std::string> multiplier_name() {
  const std::string allowed = "a built-in name (tram_axm list has them) or a .axm.json, .blif, .v or .sv file";
  return {"name", "", allowed, [allowed](const RawValue& value) { return parse_multiplier(value, allowed); },
          [](const std::string& value) { return value; }};
}

KeyKind<std::string> layer_names() {
  const auto parse = [](const RawValue& value) { return value.text; };
  return {"names", "", "linear, attention, all, or names of layers with * for any text, separated by commas", parse,
          [](const std::string& value) { return value; }};
}

KeyKind<std::string> layer_multipliers() {
  const auto parse = [](const RawValue& value) {
    try {
      std::vector<LayerMultiplier> layers = split_layer_multipliers(value.text);
      for (LayerMultiplier& layer : layers)
        layer.multiplier = multiplier_name().parse({value.key, layer.multiplier, value.where, value.folder});
      return join_layer_multipliers(layers);
    } catch (const std::invalid_argument& error) {
      throw InputError(value.where, error.what());
    }
  };
  return {"names", "", "none, or LAYER=MULTIPLIER, ... with names as for the two keys above, a layer's own before the words",
          parse, [](const std::string& value) { return value; }};
}

KeyKind<std::optional<Rgb>> channel_numbers(float low, float high) {
  const auto parse = [=](const RawValue& value) -> std::optional<Rgb> {
    return parse_rgb(value.where, value.text, low, high);
  };
  return {"numbers", "", fmt::format("one number of {} to {}, or three separated by commas", low, high), parse,
          [](const std::optional<Rgb>& value) { return value ? to_text(*value) : ""; }, true};
}

KeyKind<std::optional<int>> pixels(int low, int high) {
  const KeyKind<int64_t> kind = whole({}, low, high);
  const auto parse = [parse = kind.parse](const RawValue& value) -> std::optional<int> {
    return static_cast<int>(parse(value));
  };
  return {kind.type, "", kind.allowed, parse,
          [](const std::optional<int>& value) { return value ? std::to_string(*value) : ""; }};
}

KeyKind<std::optional<Interpolation>> interpolation() {
  const KeyKind<std::string> kind = choice({to_text(Interpolation::bicubic), to_text(Interpolation::bilinear)});
  const auto parse = [parse = kind.parse](const RawValue& value) -> std::optional<Interpolation> {
    return parse_interpolation(value.where, parse(value));
  };
  return {kind.type, "", kind.allowed, parse,
          [](const std::optional<Interpolation>& value) { return value ? to_text(*value) : ""; }};
}

KeyKind<fs::path> existing_path(PathKind kind) {
  const std::string allowed = kind == PathKind::file ? "an existing file" : "an existing folder";
  const auto parse = [kind, allowed](const RawValue& value) {
    const fs::path path = fs::absolute(value.folder / value.text).lexically_normal();
    std::error_code ignored;
    const bool there = kind == PathKind::file ? fs::is_regular_file(path, ignored) : fs::is_directory(path, ignored);
    if (there && !value.text.empty()) return path;
    throw InputError(value.where, fmt::format("'{}' is not there; expected {}", path.string(), allowed));
  };
  return {"path", "", allowed, parse, [](const fs::path& path) { return path.string(); }};
}

}  // namespace tram
