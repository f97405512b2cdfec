#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
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

  /// By the multiplier's name or file (read as multiplier_signed and multiplier_swap say), for codes of these bits, which
  /// a built-in name without widths takes; "exact" is exact(bits). Its PEs hold
  /// the cells of the script of ABC that needs the least energy, unless technology.script names one. InputError for a multiplier whose operands are not as
  /// quantise.codes says or narrower than the codes; throws as find_multiplier and make_engine do.
  const MultiplierEngine& get(const std::string& multiplier, OperandBits bits);

  /// What can be said before the network is known: get() where all layers have the same bits, else whether the multiplier
  /// fits the codes of quantise.weight_bits and quantise.activation_bits.
  void prepare(const std::string& multiplier);

  /// The best exact multiplier of the library for codes of these bits, technology.adders and clock, found once. For
  /// engine: timing, which maps nothing, a Dadda tree without cost.
  const ExactMultiplier& exact(OperandBits bits);

  /// What these multipliers (each once, as its first layer has it) and the exact one of `widest` bits, last, are made of
  /// and need with uniform operands; nothing for engine: timing.
  std::vector<MultiplierFigures> figures(const MultiplierAssignment& assignment, OperandBits widest);

  /// Sentences on how the netlist files of the multipliers made so far were read.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  using Key = std::tuple<std::string, int, int>;  // multiplier or "exact", bits

  MultiplierEngine read(const std::string& multiplier, OperandBits bits);
  CostOptions cost_options() const;
  HardwareCost reference_cost(const Netlist& multiplier) const;

  const Scenario& scenario_;
  std::shared_ptr<const Library> library_;
  uint64_t seed_;
  int threads_;
  std::map<Key, MultiplierEngine> engines_;
  std::map<Key, ExactMultiplier> exact_;
  std::vector<std::string> notes_;
};

/// A multiplier's name, or that of its file without folders.
std::string title_of(const std::string& multiplier);

/// What the scenario's keys multiplier, multiplier_scope and multiplier_layers say, in that order.
std::vector<MultiplierRule> multiplier_rules(const Scenario& scenario);

/// One line on which layers have which multiplier; empty when all have one.
std::string circuits_note(const MultiplierAssignment& assignment);

}  // namespace tram
