#include "sim/config/layer_multipliers.hpp"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

namespace tram {
namespace {

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

}  // namespace

std::vector<LayerMultiplier> split_layer_multipliers(const std::string& text) {
  std::vector<LayerMultiplier> layers;
  if (text == "none") return layers;
  std::istringstream entries(text);
  for (std::string entry; std::getline(entries, entry, ',');) {
    const size_t equals = entry.find('=');
    const std::string name = trimmed(entry.substr(0, equals));
    const std::string multiplier = equals == std::string::npos ? "" : trimmed(entry.substr(equals + 1));
    if (name.empty() || multiplier.empty())
      throw std::invalid_argument(fmt::format("'{}'; expected LAYER=MULTIPLIER", trimmed(entry)));
    layers.push_back({name, multiplier});
  }
  if (layers.empty()) throw std::invalid_argument("nothing; expected none or LAYER=MULTIPLIER, ...");
  return layers;
}

std::string join_layer_multipliers(const std::vector<LayerMultiplier>& layers) {
  std::string text;
  for (const LayerMultiplier& layer : layers)
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", layer.layers, layer.multiplier);
  return text.empty() ? "none" : text;
}

}  // namespace tram
