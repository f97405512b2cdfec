#include "train/config/settings.hpp"

#include <algorithm>
#include <stdexcept>
#include <type_traits>

#include "models/multiplier/import_multiplier.hpp"
#include "models/network/resnet.hpp"
#include "models/network/vit.hpp"
#include "models/support/error.hpp"

namespace tram::train {
namespace {

void check_resnet(int depth, int width) {
  if ((depth - 2) % 6 != 0)
    throw InputError("--depth", fmt::format("{}; 6 n + 2 is expected: 8, 14, 20, 32, 44, 56, 110, ...", depth));
  if (width % 8 != 0) throw InputError("--width", fmt::format("{}; a multiple of 8 is expected", width));
}

/// At most what another option says.
template <typename Number>
void check_most(const char* option, Number value, Number most, const char* of) {
  if (value > most)
    throw InputError(fmt::format("--{}", option), fmt::format("{}; at most {} ({}) is expected", value, most, of));
}

/// Whether JSON has the type that settings of this one are written as; earlier versions wrote booleans as 0 and 1.
template <typename Value>
bool has_type(const nlohmann::json& given) {
  if constexpr (std::is_same_v<Value, bool>) return given.is_boolean() || given == 0 || given == 1;
  else if constexpr (std::is_arithmetic_v<Value>) return given.is_number();
  else return given.is_string();
}

/// Sets what is named.
template <typename Value>
void take(const nlohmann::json& json, const char* option, const std::string& source, const ValueKind<Value>& kind,
          Value& value) {
  if (!json.contains(option)) return;
  const nlohmann::json& given = json.at(option);
  if (!has_type<Value>(given))
    throw InputError(source, fmt::format("{}: {}; a value of the option's type is expected", option, given.dump()));
  const std::string text = given.is_string() ? given.get<std::string>() : given.dump();
  value = kind.parse({option, text, fmt::format("{}: {}", source, option), {}});
}

template <typename Value>
nlohmann::json json_of(const ValueKind<Value>& kind, const Value& value) {
  if constexpr (std::is_arithmetic_v<Value>) return value;
  else return kind.format(value);
}

/// Options of earlier versions with what they were where nobody chose: a training that has them so goes on.
const nlohmann::json retired = {{"join", 0}, {"mixup", 0.0}, {"weight-energy", 0.0}};

/// Embedded as vit_shapes: it stands in for transformers on ImageNet.
const VisionTransformer small_transformer{
    .patch = 4, .width = 32, .depth = 2, .heads = 2, .hidden = 64, .classes = 10, .input = {32, 32, 3}};

}  // namespace

std::string Settings::network_name() const {
  if (is_resnet()) return fmt::format("resnet{}_{}", depth, name_of(data));
  return is_small_vit() ? fmt::format("vit_{}", name_of(data)) : network;
}

NetworkGraph Settings::graph() const {
  if (is_small_vit())
    return vision_transformer(small_transformer, [](const std::string&, const Shape& shape) { return zeros(shape); });
  if (!is_resnet()) throw InputError("--weights", fmt::format("none; the trained weights of {} are expected", network));
  const ResnetCifar architecture{.blocks = (depth - 2) / 6, .width = width};
  return resnet_cifar(architecture, [](const std::string&, const Shape& shape) { return zeros(shape); });
}

PreprocessingChoice Settings::preprocessing() const {
  PreprocessingChoice choice;
  const auto read = [](const char* option, const std::string& text, auto& value, const auto& parse) {
    if (!text.empty()) value = parse(fmt::format("--{}", option), text);
  };
  read("data-mean", data_mean, choice.mean, [](const std::string& where, const std::string& text) {
    return parse_rgb(where, text, lowest_mean, highest_mean);
  });
  read("data-deviation", data_deviation, choice.deviation, [](const std::string& where, const std::string& text) {
    return parse_rgb(where, text, lowest_deviation, highest_deviation);
  });
  read("data-resize", data_resize, choice.resize,
       [](const std::string& where, const std::string& text) { return parse_pixels(where, text, 0); });
  read("data-crop", data_crop, choice.crop,
       [](const std::string& where, const std::string& text) { return parse_pixels(where, text, 1); });
  read("data-interpolation", data_interpolation, choice.interpolation, parse_interpolation);
  return choice;
}

void Settings::check_network() const {
  if (network.ends_with(".onnx"))
    throw InputError("--network", fmt::format("{}, an ONNX file; resnet, vit or the name of a network is expected: "
                                              "ONNX networks run on the machine and teach, but are not trained",
                                              network));
  if (!quantises(method) && !weights.empty())
    throw InputError("--weights", fmt::format("{}; none is expected with --method fp32, which trains them", weights));
  const PreprocessingChoice choice = preprocessing();
  if (!traits_of(data).is_resized && (choice.resize || choice.crop || choice.interpolation))
    throw InputError(
        choice.resize ? "--data-resize"
        : choice.crop ? "--data-crop"
                      : "--data-interpolation",
        fmt::format("given with --data {}, whose images are not resized; none is expected", name_of(data)));
}

void Settings::check() const {
  visit_settings(*this, [](const char* option, const auto& value, const auto& kind, const char*, const Counting&) {
    kind.parse({option, kind.format(value), fmt::format("--{}", option), {}});
  });
  check_network();
  check_resnet(depth, width);
  check_most("batch", batch, train_images, "--train-images");
  if (batch % shard != 0)
    throw InputError("--shard", fmt::format("{}; a divisor of the batch ({}) is expected", shard, batch));
  check_most("warmup", warmup, static_cast<float>(epochs), "--epochs");
  check_quantised();
}

void Settings::check_quantised() const {
  check_most("calibrate", calibrate, train_images, "--train-images");
  check_most("range-bits", range_bits, bits, "--bits");
  if ((multiplier_signed || multiplier_swap) && !(method == Method::fixed && is_netlist_file(multiplier)))
    throw InputError(multiplier_swap ? "--multiplier-swap" : "--multiplier-signed",
                     "given without a netlist file; --method fixed --multiplier FILE is expected with it");
  if (correlated && tables == MultiplierSharing::layer_wise)
    throw InputError("--correlated", "yes; no is expected with --tables layer-wise");
  check_teacher();
}

void Settings::check_teacher() const {
  const bool is_other = !teacher_network.empty();
  if (is_other && teacher == 0) throw InputError("--teacher", "0; more is expected with --teacher-network");
  if (is_other && teacher_weights.empty() && !teacher_network.ends_with(".onnx"))
    throw InputError("--teacher-weights", fmt::format("none; the trained weights of {} are expected", teacher_network));
  if (teacher_network.ends_with(".onnx") && !teacher_weights.empty())
    throw InputError("--teacher-weights",
                     fmt::format("{}; none is expected with {}, which has its own", teacher_weights, teacher_network));
  if (!is_other && !teacher_weights.empty())
    throw InputError("--teacher-network", "none; that of --teacher-weights is expected");
}

std::string Settings::command() const {
  std::string line = "tram_train";
  visit_settings(*this, [&](const char* option, const auto& value, const auto& kind, const char*, const Counting&) {
    if (const std::string text = kind.format(value); !text.empty()) line += fmt::format(" --{} {}", option, text);
  });
  return line;
}

Settings default_settings(ImageSet data) {
  switch (data) {
    case ImageSet::shapes: return {};
    case ImageSet::cifar10:
      return {.data = data,
              .train_images = 45000,
              .validation_images = 5000,
              .test_images = 10000,
              .depth = 20,
              .width = 16,
              .epochs = 100,
              .crop = 4,
              .liberty = "asap7"};
    case ImageSet::imagenet:
      return {.data = data,
              .network = "deit_tiny_patch16_224",
              .train_images = 12000,
              .validation_images = 1000,
              .test_images = 500,
              .epochs = 1,
              .batch = 32,
              .shard = 4,
              .optimiser = OptimiserKind::adam,
              .learn_ranges = false,
              .liberty = "asap7",
              .explore_epochs = 1,
              .explore_rate = 1e-5F,
              .recover_epochs = 1,
              .recover_rate = 1e-5F,
              .teacher = 1};
  }
  throw std::logic_error("a data set without default settings");
}

nlohmann::json to_json(const Settings& settings) {
  nlohmann::json json;
  visit_settings(settings, [&](const char* option, const auto& value, const auto& kind, const char*, const Counting&) {
    json[option] = json_of(kind, value);
  });
  return json;
}

std::vector<std::string> idle_options(const Settings& settings, const std::vector<std::string>& given) {
  const nlohmann::json now = to_json(settings), usual = to_json(default_settings(settings.data));
  std::vector<std::string> lines;
  visit_settings(
      settings, [&](const char* option, const auto& value, const auto& kind, const char*, const Counting& of) {
        if (std::ranges::find(given, option) == given.end() || now.at(option) == usual.at(option)) return;
        if (of.counts && !of.counts(settings))
          lines.push_back(fmt::format("--{} {} has no effect here; it counts {}", option, kind.format(value), of.when));
      });
  return lines;
}

Settings settings_from_json(const nlohmann::json& json, const std::string& source) {
  if (!json.is_object() || !json.contains("data"))
    throw InputError(source, "has no data set; the settings of a training are expected");
  ImageSet data{};
  take(json, "data", source, choice<ImageSet>(), data);
  Settings settings = default_settings(data);
  nlohmann::json unknown = json;
  visit_settings(settings, [&](const char* option, auto& value, const auto& kind, const char*, const Counting&) {
    take(json, option, source, kind, value);
    unknown.erase(option);
  });
  for (const auto& [option, unused] : retired.items())
    if (unknown.contains(option) && unknown[option] == unused) unknown.erase(option);
  if (!unknown.empty())
    throw InputError(source, fmt::format("has {}; only settings that this version knows are expected",
                                         unknown.items().begin().key()));
  return settings;
}

}  // namespace tram::train
