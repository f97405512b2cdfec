#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "models/quant/integer_network.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/engine.hpp"
#include "sim/results/result.hpp"

namespace tram {

class VcdRecorder;
struct DramCommand;

/// What fills the array. A machine with several engines stands for one whose multiplier is chosen by layer; each layer's
/// energy and leakage are those of an array of its own multiplier, and the clock is common.
struct LayerEngines {
  std::vector<Engine*> engines;  ///< at least one
  std::vector<int> of_step;      ///< by step of the network: index of the engine, -1 where the step multiplies
                                 ///< nothing; empty: the first for all
};

/// The platform that a scenario describes, with a network on it. SystemC allows one Machine in a process, ever: run
/// several in processes of their own (workers.hpp).
class Machine {
 public:
  /// Maps the network, builds the platform and loads the weights. Throws InputError naming the key when the network
  /// does not fit. Network, engines and recorder must outlive the machine; with a recorder bus, DMA, array state and
  /// vector unit are traced, and the first engine is asked to trace its PEs. Recorded cycles count from the first
  /// image.
  Machine(const Scenario& scenario, const IntegerNetwork& network, const LayerEngines& engines,
          VcdRecorder* recorder = nullptr);
  /// One engine for all layers.
  Machine(const Scenario& scenario, const IntegerNetwork& network, Engine& engine, VcdRecorder* recorder = nullptr);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// codes: of tensor 0, HWC. The result depends on the image alone, not on what ran before; index, label, golden_top1
  /// and logits_equal are for the caller to fill in. Logits are [M][N] of the last layer, top1 is that of the first N.
  /// Throws RunError when the platform fails (a bus error, a SystemC warning or error), what the engine throws as it
  /// is.
  ImageRun run(std::span<const uint8_t> codes);

  /// Shows each command to its DRAM from the next image on, clocks from the image's start.
  void listen_to_dram(std::function<void(const DramCommand&)> listener);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram
