#include "sim/config/layer_multipliers.hpp"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>
#include <utility>

#include "models/support/text.hpp"

namespace tram {
namespace {

std::string without_spaces(std::string_view text) { return std::string(trimmed(text, " ")); }

/// Pairs of "NAME=VALUE, ..."; `what` names a value in messages.
std::vector<std::pair<std::string, std::string>> split_entries(const std::string& text, const char* what) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (text == "none") return pairs;
  std::istringstream entries(text);
  for (std::string entry; std::getline(entries, entry, ',');) {
    const size_t equals = entry.find('=');
    const std::string name = without_spaces(entry.substr(0, equals));
    const std::string value = equals == std::string::npos ? "" : without_spaces(entry.substr(equals + 1));
    if (name.empty() || value.empty())
      throw std::invalid_argument(fmt::format("'{}'; LAYER={} is expected", without_spaces(entry), what));
    pairs.emplace_back(name, value);
  }
  if (pairs.empty()) throw std::invalid_argument(fmt::format("nothing; none or LAYER={}, ... is expected", what));
  return pairs;
}

bool is_width(char c) { return c >= '2' && c <= '8'; }

}  // namespace

std::vector<LayerMultiplier> split_layer_multipliers(const std::string& text) {
  std::vector<LayerMultiplier> layers;
  for (const auto& [name, multiplier] : split_entries(text, "MULTIPLIER")) layers.push_back({name, multiplier});
  return layers;
}

std::string join_layer_multipliers(const std::vector<LayerMultiplier>& layers) {
  std::string text;
  for (const LayerMultiplier& layer : layers)
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", layer.layers, layer.multiplier);
  return text.empty() ? "none" : text;
}

std::vector<LayerBits> split_layer_bits(const std::string& text) {
  std::vector<LayerBits> layers;
  for (const auto& [name, bits] : split_entries(text, "WxX")) {
    if (bits.size() != 3 || !is_width(bits[0]) || bits[1] != 'x' || !is_width(bits[2]))
      throw std::invalid_argument(fmt::format(
          "'{}={}'; bits of weights x activations, 2 to 8 each, such as {}=4x8, are expected", name, bits, name));
    layers.push_back({name, bits[0] - '0', bits[2] - '0'});
  }
  return layers;
}

std::string join_layer_bits(const std::vector<LayerBits>& layers) {
  std::string text;
  for (const LayerBits& layer : layers)
    text += fmt::format("{}{}={}x{}", text.empty() ? "" : ", ", layer.layers, layer.weights, layer.activations);
  return text.empty() ? "none" : text;
}

}  // namespace tram
