#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/multiplier/netlist.hpp"
#include "models/power/liberty.hpp"
#include "models/quant/multiplier_assignment.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

/// A multiplier and the engine that has it in every PE.
struct Circuit {
  std::string name;     ///< a built-in's, or that of its file with extension, so that none reads "exact"
  Netlist multiplier;   ///< with operands as wide as the file or name says; those of the PE have 8 bits
  std::unique_ptr<Engine> engine;
};

/// The circuits of a run, each made when it is first asked for.
class CircuitShelf {
 public:
  CircuitShelf(const Scenario& scenario, std::shared_ptr<const Library> library, uint64_t seed)
      : scenario_(scenario), library_(std::move(library)), seed_(seed) {}

  /// By the multiplier's name or file; "exact" is the one for the scenario's codes (exact_multiplier). InputError for a
  /// multiplier whose operands are not as quantise.codes and quantise.bits say; throws as find_multiplier and
  /// make_engine do.
  const Circuit& get(const std::string& multiplier);

 private:
  const Scenario& scenario_;
  std::shared_ptr<const Library> library_;
  uint64_t seed_;
  std::map<std::string, Circuit> circuits_;
};

/// The built-in that "exact" stands for: the unsigned array of 8 x 8 bits, or the Baugh-Wooley array of the codes'
/// bits.
std::string exact_multiplier(const Scenario& scenario);

/// What the scenario's keys multiplier, multiplier_scope and multiplier_layers say, in that order.
std::vector<MultiplierRule> multiplier_rules(const Scenario& scenario);

/// One line on which layers have which circuit; empty when all have one.
std::string circuits_note(const MultiplierAssignment& assignment);

}  // namespace tram
