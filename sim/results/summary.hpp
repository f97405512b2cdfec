#pragma once
#include <vector>

#include "sim/results/result.hpp"

namespace tram {

/// The figures of one machine: counts over all images, all else the mean of an image.
struct MachineSummary {
  int images = 0;
  int correct = 0;                   ///< images whose top-1 class is their label
  int golden_correct = 0;            ///< the same for golden inference
  int logit_mismatches = 0;          ///< images with any logit unlike golden inference
  double cycles = 0, latency_s = 0;  ///< latency = cycles / clock
  CycleBreakdown cycle_parts;        ///< of the cycles
  double macs = 0;
  double bank_wait_cycles = 0;               ///< of accesses to scratchpads whose bank was taken, their sum
  double utilisation = 0;                    ///< MACs / (cycles x PEs), 0..1
  EnergyBreakdown energy;                    ///< J
  double loading_cycles = 0, loading_j = 0;  ///< once, before the first image
  double power_w = 0;                        ///< energy / latency
  double tops_per_watt = 0;                  ///< 2 operations a MAC / energy / 1e12
  double sampled_j = 0;                      ///< J, part of the energy that is estimated from a sample of PEs
  double sampled_width = 0;                  ///< width of its 95 % interval / sampled_j (normal, z = 1.95996)
  double sampled_share = 0;                  ///< of the PEs of all folds, 0..1
  int64_t checked_folds = 0;                 ///< co-simulated and found equal, all images
  std::vector<LayerResult> layers;
};

/// RunError when the images do not have the same layers; a machine without images gives zeros.
MachineSummary summarise(const MachineResult& machine);

/// Adds the figures of another layer, all that have sums.
void add_layer(LayerResult& sum, const LayerResult& layer);

/// MACs / (cycles x PEs) of a layer, 0..1; 0 without cycles.
double utilisation(const LayerResult& layer, const MachineResult& machine);

struct ConfidenceInterval {
  double low = 0, high = 0;
};

/// 95 % interval of a share, from successes in trials > 0 (Wilson 1927, z = 1.95996).
ConfidenceInterval wilson_interval(int successes, int trials);

/// The machine with the exact multiplier: the one beside, or the machine itself when it is exact; else nullptr.
const MachineResult* exact_machine(const RunResult& run);

/// The machines of a run, each once: the one asked for and, when it is another, the exact one.
std::vector<const MachineResult*> machines(const RunResult& run);

}  // namespace tram
