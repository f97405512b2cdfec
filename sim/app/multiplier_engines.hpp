#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/cells/energy/exact_multiplier.hpp"
#include "models/cells/liberty/liberty.hpp"
#include "models/multiplier/netlist.hpp"
#include "models/quant/multiplier_assignment.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/engine.hpp"
#include "sim/results/result.hpp"

namespace tram {

/// A multiplier and the engine that has it in every PE.
struct MultiplierEngine {
  std::string name;    ///< a built-in's, or that of its file with extension, so that none reads "exact"; printable
  Netlist multiplier;  ///< with operands as wide as the file or name says, as the PE's are
  std::unique_ptr<Engine> engine;
};

/// The multipliers of a run in their engines, each made when it is first asked for.
class MultiplierEngines {
 public:
  /// Multipliers are measured on up to `threads`.
  MultiplierEngines(const Scenario& scenario, std::shared_ptr<const Library> library, uint64_t seed, int threads)
      : scenario_(scenario), library_(std::move(library)), seed_(seed), threads_(threads) {}

  /// By the multiplier's name or file (read as multiplier_signed and multiplier_swap say); "exact" is exact(). Its PEs hold
  /// the cells of the script of ABC that needs the least energy, unless technology.script names one. InputError for a multiplier whose operands are not as
  /// quantise.codes and quantise.bits say; throws as find_multiplier and make_engine do.
  const MultiplierEngine& get(const std::string& multiplier);

  /// The best exact multiplier of the library for the scenario's codes, technology.adders and clock, found once. For
  /// engine: timing, which maps nothing, a Dadda tree without cost.
  const ExactMultiplier& exact();

  /// What these multipliers (each once) and the exact one, last, are made of and need with uniform operands; nothing
  /// for engine: timing.
  std::vector<MultiplierFigures> figures(std::span<const std::string> multipliers);

  /// Sentences on how the netlist files of the multipliers made so far were read.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  CostOptions cost_options() const;
  HardwareCost reference_cost(const Netlist& multiplier) const;

  const Scenario& scenario_;
  std::shared_ptr<const Library> library_;
  uint64_t seed_;
  int threads_;
  std::map<std::string, MultiplierEngine> engines_;
  std::optional<ExactMultiplier> exact_;
  std::vector<std::string> notes_;
};

/// What the scenario's keys multiplier, multiplier_scope and multiplier_layers say, in that order.
std::vector<MultiplierRule> multiplier_rules(const Scenario& scenario);

/// One line on which layers have which multiplier; empty when all have one.
std::string circuits_note(const MultiplierAssignment& assignment);

}  // namespace tram
