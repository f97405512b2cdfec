#include "sim/config/layer_multipliers.hpp"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

#include "models/support/text.hpp"

namespace tram {
namespace {

std::string without_spaces(std::string_view text) { return std::string(trimmed(text, " ")); }

}  // namespace

std::vector<LayerMultiplier> split_layer_multipliers(const std::string& text) {
  std::vector<LayerMultiplier> layers;
  if (text == "none") return layers;
  std::istringstream entries(text);
  for (std::string entry; std::getline(entries, entry, ',');) {
    const size_t equals = entry.find('=');
    const std::string name = without_spaces(entry.substr(0, equals));
    const std::string multiplier = equals == std::string::npos ? "" : without_spaces(entry.substr(equals + 1));
    if (name.empty() || multiplier.empty())
      throw std::invalid_argument(fmt::format("'{}'; LAYER=MULTIPLIER is expected", without_spaces(entry)));
    layers.push_back({name, multiplier});
  }
  if (layers.empty()) throw std::invalid_argument("nothing; none or LAYER=MULTIPLIER, ... is expected");
  return layers;
}

std::string join_layer_multipliers(const std::vector<LayerMultiplier>& layers) {
  std::string text;
  for (const LayerMultiplier& layer : layers)
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", layer.layers, layer.multiplier);
  return text.empty() ? "none" : text;
}

}  // namespace tram
