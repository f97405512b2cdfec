#include "sim/mapping/dataflow.hpp"

#include <map>

#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

namespace tram {

std::unique_ptr<Dataflow> make_dataflow(const std::string& name) {
  static const std::map<std::string, std::unique_ptr<Dataflow> (*)()> dataflows{
      {"weight_stationary", make_weight_stationary},
  };
  const auto found = dataflows.find(name);
  if (found != dataflows.end()) return found->second();
  std::vector<std::string> names;
  for (const auto& [known, make] : dataflows) names.push_back(known);
  throw InputError("array.dataflow", fmt::format("unknown dataflow '{}'{}; expected {}", name,
                                                 did_you_mean(name, names), fmt::join(names, ", ")));
}

}  // namespace tram
