#include "models/quant/trained_network_info.hpp"

#include <charconv>

#include "models/options/value_kind.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr char format_name[] = "tram trained network", format_version[] = "1";

/// Takes entry after entry out of the metadata; what is left are notes.
class Entries {
 public:
  explicit Entries(const SafeTensors& file) : path_(file.path()), left_(file.metadata()) {}

  bool contains(const char* name) const { return left_.contains(name); }
  std::string where(const char* name) const { return fmt::format("{}, metadata entry {}", path_, name); }

  std::string take(const char* name) {
    const auto node = left_.extract(name);
    if (node.empty()) throw InputError(path_, fmt::format("no metadata entry {}; it is expected", name));
    return node.mapped();
  }
  std::string take_one_of(const char* name, const std::string& a, const std::string& b) {
    std::string text = take(name);
    if (text != a && text != b) throw InputError(where(name), fmt::format("'{}'; {} or {} is expected", text, a, b));
    return text;
  }
  template <Named Enum>
  Enum take_named(const char* name) {
    return choice<Enum>().parse({name, take(name), where(name), {}});
  }
  template <class Number>
  Number take_number(const char* name, Number low, Number high) {
    const std::string text = take(name);
    Number number{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || !(number >= low && number <= high))
      throw InputError(where(name), fmt::format("'{}'; a number of {} to {} is expected", text, low, high));
    return number;
  }
  const std::map<std::string, std::string>& left() const { return left_; }

 private:
  std::string path_;
  std::map<std::string, std::string> left_;
};

/// Entries that files of earlier versions lack.
PreprocessingChoice take_preprocessing(Entries& entries) {
  PreprocessingChoice choice;
  const auto take = [&](const char* name, auto& field, const auto& parse) {
    if (entries.contains(name)) field = parse(entries.where(name), entries.take(name));
  };
  const auto numbers = [](float low, float high) {
    return [=](const std::string& where, const std::string& text) { return parse_rgb(where, text, low, high); };
  };
  const auto pixels = [](int low) {
    return [=](const std::string& where, const std::string& text) { return parse_pixels(where, text, low); };
  };
  take("mean", choice.mean, numbers(lowest_mean, highest_mean));
  take("deviation", choice.deviation, numbers(lowest_deviation, highest_deviation));
  take("resize", choice.resize, pixels(0));
  take("crop", choice.crop, pixels(1));
  take("interpolation", choice.interpolation, parse_interpolation);
  return choice;
}

/// "32x32x3": height, width, channels.
FeatureShape parse_shape(const std::string& where, const std::string& text) {
  FeatureShape shape;
  const char *at = text.data(), *end = at + text.size();
  for (int* extent : {&shape.height, &shape.width, &shape.channels}) {
    const auto [stop, error] = std::from_chars(at, end, *extent);
    const bool last = extent == &shape.channels;
    if (error != std::errc() || *extent < 1 || (last ? stop != end : stop == end || *stop != 'x'))
      throw InputError(where, fmt::format("'{}'; height x width x channels such as 32x32x3 is expected", text));
    at = last ? stop : stop + 1;
  }
  return shape;
}

QuantiseOptions take_options(Entries& entries) {
  QuantiseOptions options;
  options.bits = entries.take_number("bits", 4, 8);
  options.signed_codes = entries.take_one_of("codes", "unsigned", "signed") == "signed";
  options.stream_bits = entries.take_number("stream_bits", options.bits, 16);
  options.score_bits = entries.take_number("score_bits", options.bits, 16);
  options.equalise = entries.take_one_of("equalise", "yes", "no") == "yes";
  options.weights = entries.take_named<WeightGranularity>("weights");
  options.calibrate = entries.take_named<CalibrationMethod>("calibrate");
  options.percentile = entries.take_number("percentile", 50.0, 100.0);
  options.images = entries.take_number("images", 1, 1 << 30);
  return options;
}

}  // namespace

std::optional<TrainedNetworkInfo> trained_network_info(const SafeTensors& file) {
  Entries entries(file);
  if (!entries.contains("format") || entries.take("format") != format_name) return std::nullopt;
  if (const std::string version = entries.take("version"); version != format_version)
    throw InputError(entries.where("version"), fmt::format("'{}'; {} is expected", version, format_version));
  TrainedNetworkInfo info;
  info.network = entries.take("network");
  info.data = entries.take("data");
  info.input = parse_shape(entries.where("input"), entries.take("input"));
  info.options = take_options(entries);
  info.preprocessing = take_preprocessing(entries);
  info.notes = entries.left();
  return info;
}

std::map<std::string, std::string> to_metadata(const TrainedNetworkInfo& info) {
  const QuantiseOptions& options = info.options;
  std::map<std::string, std::string> entries = {
      {"format", format_name},
      {"version", format_version},
      {"network", info.network},
      {"data", info.data},
      {"input", fmt::format("{}x{}x{}", info.input.height, info.input.width, info.input.channels)},
      {"bits", std::to_string(options.bits)},
      {"codes", options.signed_codes ? "signed" : "unsigned"},
      {"stream_bits", std::to_string(options.stream_bits)},
      {"score_bits", std::to_string(options.score_bits)},
      {"equalise", options.equalise ? "yes" : "no"},
      {"weights", name_of(options.weights)},
      {"calibrate", name_of(options.calibrate)},
      {"percentile", fmt::format("{}", options.percentile)},
      {"images", std::to_string(options.images)}};
  const PreprocessingChoice& choice = info.preprocessing;
  if (choice.mean) entries["mean"] = to_text(*choice.mean);
  if (choice.deviation) entries["deviation"] = to_text(*choice.deviation);
  if (choice.resize) entries["resize"] = std::to_string(*choice.resize);
  if (choice.crop) entries["crop"] = std::to_string(*choice.crop);
  if (choice.interpolation) entries["interpolation"] = to_text(*choice.interpolation);
  for (const auto& [name, text] : info.notes)
    if (!entries.emplace(name, text).second)
      throw InputError(info.network,
                       fmt::format("a note called {}; names that the format does not use are expected", name));
  return entries;
}

}  // namespace tram
