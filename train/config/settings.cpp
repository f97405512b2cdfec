#include "train/config/settings.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/network/resnet.hpp"
#include "models/network/vit.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

namespace tram::train {
namespace {

template <typename Number>
void expect(const char* option, Number value, Number low, Number high) {
  if (!(value >= low && value <= high))
    throw InputError(fmt::format("--{}", option), fmt::format("{}; {} to {} is expected", value, low, high));
}

void expect_one_of(const char* option, const std::string& value, const std::vector<std::string>& known) {
  if (std::ranges::find(known, value) == known.end())
    throw InputError(fmt::format("--{}", option), fmt::format("{}; one of {} is expected{}", value,
                                                              fmt::join(known, ", "), did_you_mean(value, known)));
}

void check_resnet(int depth, int width) {
  if (depth < 8 || depth > 1202 || (depth - 2) % 6 != 0)
    throw InputError("--depth", fmt::format("{}; 6 n + 2 is expected: 8, 14, 20, 32, 44, 56, 110, ...", depth));
  if (width < 8 || width > 1024 || width % 8 != 0)
    throw InputError("--width", fmt::format("{}; a multiple of 8 between 8 and 1024 is expected", width));
}

const std::vector<std::string> known_data = {"shapes", "cifar10", "imagenet"};

template <typename Value>
bool fits(const nlohmann::json& given) {
  if constexpr (std::is_same_v<Value, std::string>) return given.is_string();
  else if constexpr (std::is_floating_point_v<Value>) return given.is_number();
  else if (given.is_number_unsigned()) return std::in_range<Value>(given.get<uint64_t>());
  else return given.is_number_integer() && std::in_range<Value>(given.get<int64_t>());
}

/// Sets what is named.
template <typename Value>
void take(const nlohmann::json& json, const char* option, const std::string& source, Value& value) {
  if (!json.contains(option)) return;
  const nlohmann::json& given = json.at(option);
  if (!fits<Value>(given))
    throw InputError(source, fmt::format("{}: {}; a value of the option's type is expected", option, given.dump()));
  given.get_to(value);
}

/// Options of earlier versions with what they were where nobody chose: a training that has them so goes on.
const nlohmann::json retired = {{"join", 0}, {"weight-energy", 0.0}};

/// Embedded as vit_shapes: it stands in for transformers on ImageNet.
const VisionTransformer small_transformer{
    .patch = 4, .width = 32, .depth = 2, .heads = 2, .hidden = 64, .classes = 10, .input = {32, 32, 3}};

}  // namespace

std::string Settings::network_name() const {
  if (network == "resnet") return fmt::format("resnet{}_{}", depth, data);
  return network == "vit" ? fmt::format("vit_{}", data) : network;
}

NetworkGraph Settings::graph() const {
  if (network == "vit")
    return vision_transformer(small_transformer, [](const std::string&, const Shape& shape) { return zeros(shape); });
  if (network != "resnet")
    throw InputError("--weights", fmt::format("none; the trained weights of {} are expected", network));
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
  if (method == "fp32" && !weights.empty())
    throw InputError("--weights", fmt::format("{}; none is expected with --method fp32, which trains them", weights));
  const PreprocessingChoice choice = preprocessing();
  if (data != "imagenet" && (choice.resize || choice.crop || choice.interpolation))
    throw InputError(choice.resize ? "--data-resize"
                     : choice.crop ? "--data-crop"
                                   : "--data-interpolation",
                     fmt::format("given with --data {}, whose images are not resized; none is expected", data));
}

void Settings::check() const {
  expect_one_of("method", method, {"fp32", "qat", "fixed", "tram", "tram+"});
  expect("train-images", train_images, 1, 10'000'000);
  expect("validation-images", validation_images, 0, 10'000'000);
  expect("test-images", test_images, 1, 10'000'000);
  check_network();
  check_resnet(depth, width);
  expect("epochs", epochs, 1, 100'000);
  expect("batch", batch, 1, train_images);
  expect("shard", shard, 2, 1024);
  if (batch % shard != 0)
    throw InputError("--shard", fmt::format("{}; a divisor of the batch ({}) is expected", shard, batch));
  expect_one_of("optimiser", optimiser, {"sgd", "adam"});
  expect_one_of("schedule", schedule, {"cosine", "step", "constant"});
  expect("smoothing", smoothing, 0.0F, 1.0F);
  expect("average", average, 0.0F, 1.0F);
  expect("lr", learning_rate, 0.0F, 1e30F);
  expect("momentum", momentum, 0.0F, 1.0F);
  expect("weight-decay", weight_decay, 0.0F, 1.0F);
  expect("warmup", warmup, 0.0F, static_cast<float>(epochs));
  expect("crop", crop, 0, 32);
  expect("flip", flip, 0, 1);
  if (mixup != 0 && !(mixup >= 0.01F && mixup <= 1))
    throw InputError("--mixup", fmt::format("{}; 0, or 0.01 to 1, is expected", mixup));
  check_quantised();
}

void Settings::check_quantised() const {
  expect("bits", bits, 4, 8);
  expect("calibrate", calibrate, 1, train_images);
  if (range_bits != 0 && !(range_bits >= 2 && range_bits <= bits))
    throw InputError("--range-bits", fmt::format("{}; 0, or 2 to {}, is expected", range_bits, bits));
  expect("learn-ranges", learn_ranges, 0, 1);
  expect_one_of("multiplier-signed", multiplier_signed, {"auto", "yes", "no"});
  expect("multiplier-swap", multiplier_swap, 0, 1);
  if ((multiplier_signed != "auto" || multiplier_swap != 0) && !(method == "fixed" && is_netlist_file(multiplier)))
    throw InputError(multiplier_swap != 0 ? "--multiplier-swap" : "--multiplier-signed",
                     "given without a netlist file; --method fixed --multiplier FILE is expected with it");
  expect_one_of("tables", tables, {"single", "layer-wise"});
  expect_one_of("mapping", mapping, {"recoded", "gates"});
  expect_one_of("tree", tree, accumulation_names());
  expect_one_of("tune-optimiser", tune_optimiser, {"sgd", "adam"});
  expect("explore-epochs", explore_epochs, 1, 100'000);
  expect("explore-lr", explore_rate, 0.0F, 1e30F);
  expect("structure-rate", structure_rate, 0.0F, 1e30F);
  expect("lambda", lambda, 0.0F, 1e30F);
  expect("budget", budget, 0.01F, 1.0F);
  expect("correlated", correlated, 0, 1);
  if (correlated != 0 && tables == "layer-wise")
    throw InputError("--correlated", "1; 0 is expected with --tables layer-wise");
  expect("substitute", substitute, 0, 1000);
  expect("recover-epochs", recover_epochs, 0, 100'000);
  expect("recover-lr", recover_rate, 0.0F, 1e30F);
  expect("recode", recode, 0, 1);
  expect("recode-energy", recode_energy, 0.0F, 1e6F);
  expect("compensate", compensate, 0, 1);
  expect("difference-gradient", difference_gradient, 0, 127);
  expect("activation-energy", activation_energy, 0.0F, 1e30F);
  check_teacher();
}

void Settings::check_teacher() const {
  expect("teacher", teacher, 0.0F, 1.0F);
  expect("temperature", temperature, 0.01F, 1000.0F);
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
  visit_settings(*this, [&](const char* option, const auto& value, const char*) {
    if (fmt::format("{}", value) != "") line += fmt::format(" --{} {}", option, value);
  });
  return line;
}

Settings default_settings(const std::string& data) {
  if (data == "shapes") return {};
  if (data == "cifar10")
    return {.data = data,
            .train_images = 45000,
            .validation_images = 5000,
            .test_images = 10000,
            .depth = 20,
            .width = 16,
            .epochs = 100,
            .crop = 4,
            .flip = 1,
            .liberty = "asap7"};
  if (data == "imagenet")
    return {.data = data,
            .network = "deit_tiny_patch16_224",
            .train_images = 12000,
            .validation_images = 1000,
            .test_images = 500,
            .epochs = 1,
            .batch = 32,
            .shard = 4,
            .optimiser = "adam",
            .learn_ranges = 0,
            .liberty = "asap7",
            .explore_epochs = 1,
            .explore_rate = 1e-5F,
            .recover_epochs = 1,
            .recover_rate = 1e-5F,
            .teacher = 1};
  throw InputError("--data", fmt::format("{}; one of {} is expected{}", data, fmt::join(known_data, ", "),
                                         did_you_mean(data, known_data)));
}

nlohmann::json to_json(const Settings& settings) {
  nlohmann::json json;
  visit_settings(settings, [&](const char* option, const auto& value, const char*) { json[option] = value; });
  return json;
}

Settings settings_from_json(const nlohmann::json& json, const std::string& source) {
  if (!json.is_object() || !json.contains("data"))
    throw InputError(source, "has no data set; the settings of a training are expected");
  std::string data;
  take(json, "data", source, data);
  if (std::ranges::find(known_data, data) == known_data.end())
    throw InputError(source, fmt::format("data: {}; one of {} is expected", data, fmt::join(known_data, ", ")));
  Settings settings = default_settings(data);
  nlohmann::json unknown = json;
  visit_settings(settings, [&](const char* option, auto& value, const char*) {
    take(json, option, source, value);
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
