#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "models/quant/predicted_energy.hpp"
#include "train/config/options.hpp"
#include "train/data/load.hpp"
#include "train/export/export_folder.hpp"
#include "train/stages/networks.hpp"
#include "train/stages/recode.hpp"
#include "train/stages/structures.hpp"

namespace tram::train {

/// The way from random weights to a network on approximate multipliers, phase by phase. Each writes its result
/// into the output folder and is not done again where it is there; within a phase checkpoints are resumed:
///   phase 0: fp32 training                             weights.safetensors    (checkpoints and log in fp32/)
///   phase 1: structure and weights together            explore/values.safetensors
///   phase 2: mapping to hardware                       structures/TABLE.axm.json
///   phase 3: codes of weights, then the weights,       structures/codes.safetensors, recover/values.safetensors
///            the multipliers as they are
///   export:  network, multipliers and scenario         scenario.yaml and what it names
/// On several ranks, which share the output folder, all go through all phases together and have the same values; the
/// first one writes.
class Pipeline {
 public:
  /// stop: ends the run after the step under way when true.
  Pipeline(const Options& options, const std::atomic<bool>& stop, Ranks& ranks);

  /// Names files, library or program that are missing or do not fit, before anything is written. InputError.
  void check_inputs();
  /// All phases that are not done; false when stopped before the end.
  bool run();

 private:
  std::optional<TrainState> train(const Settings& settings, Trainer& trainer, const std::filesystem::path& folder);
  bool train_fp32();
  bool explore();
  void map();
  bool recover();
  void export_network(const Model& model);
  PredictedEnergy predict(const Model& model);

  /// Writes a stage's result, on the first rank alone; it is there for all when this returns.
  void write(const std::function<void()>& result);
  bool is_done(const std::filesystem::path& result);
  std::filesystem::path weights() const;
  bool explores() const;
  bool recodes() const;
  std::vector<LayerMultiplierSource> multipliers() const;
  /// Reads the file of method fixed, and says what it leaves open. InputError where its operands are not unsigned codes
  /// of --bits.
  void read_fixed();
  std::map<std::string, Netlist> netlists(const IntegerNetwork& network) const;
  const OperandsByLayer& statistics();
  MultiplierChoice choice(const IntegerNetwork& network) const;
  void find_codes(const IntegerNetwork& network);
  double loss_with(Structures structures);
  QuantisedSettings recover_layers(const IntegerNetwork& network);
  TrainedNetwork trained(const NetworkParameters& parameters, std::span<const float> values) const;
  void compensate(Model& model) const;
  const QuantisedStart& start();
  const Dataset& training();

  const Options& options_;
  const Settings& settings_;
  const std::atomic<bool>& stop_;
  Ranks& ranks_;
  TrainingImages images_;
  std::unique_ptr<Dataset> training_;
  std::optional<NetworkGraph> teacher_;  ///< that of --teacher-network
  std::optional<QuantisedStart> start_;
  OperandsByLayer statistics_;  ///< by layer; empty: not taken yet
  Structures structures_;
  std::optional<Netlist> fixed_;  ///< the netlist file of method fixed
  Recodings recodings_;           ///< empty: weights keep their codes
};

}  // namespace tram::train
