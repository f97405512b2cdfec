#include "sim/config/trained_network_keys.hpp"

#include "models/quant/trained_network_info.hpp"
#include "models/support/error.hpp"
#include "sim/config/scenario_keys.hpp"

namespace tram {
namespace {

/// Metadata entries by the keys that they decide.
std::map<std::string, std::string> entries_by_key(const TrainedNetworkInfo& info) {
  const std::map<std::string, std::string> entries = to_metadata(info);
  std::map<std::string, std::string> by_key{{"network", info.network}};
  for (const char* name :
       {"bits", "codes", "stream_bits", "score_bits", "equalise", "weights", "calibrate", "percentile", "images"})
    by_key[std::string("quantise.") + name] = entries.at(name);
  for (const char* name : {"mean", "deviation", "resize", "crop", "interpolation"})
    if (const auto entry = entries.find(name); entry != entries.end())
      by_key[std::string("data.") + name] = entry->second;
  return by_key;
}

}  // namespace

void take_from_trained_network(Scenario& scenario, const std::map<std::string, const RawValue*>& given) {
  if (scenario.network.weights.empty()) return;
  const std::string file = scenario.network.weights.string();
  const std::optional<TrainedNetworkInfo> info = trained_network_info(SafeTensors(scenario.network.weights));
  if (!info) return;
  for (const char* name : {"quantise.weight_bits", "quantise.activation_bits", "quantise.layer_bits"})
    if (const auto found = given.find(name); found != given.end() && found->second->text != "none")
      throw InputError(found->second->where,
                       fmt::format("'{}' with network_weights: {}, whose quantisers were trained; "
                                   "no {} is expected",
                                   found->second->text, file, name));
  for (const auto& [name, text] : entries_by_key(*info)) {
    const ScenarioKey& key = *find_scenario_key(name);
    const std::string before = key.get(scenario);
    key.set(scenario, {name, text, fmt::format("{}, metadata", file), {}});
    const auto found = given.find(name);
    if (found != given.end() && key.get(scenario) != before)
      throw InputError(found->second->where, fmt::format("'{}' with network_weights: {}, whose quantisers were trained "
                                                         "with '{}'; that, or no {} is expected",
                                                         before, file, key.get(scenario), name));
  }
}

}  // namespace tram
