#pragma once
#include <string>

#include "models/quant/multiplier_assignment.hpp"
#include "sim/app/multiplier_engines.hpp"
#include "sim/app/run_options.hpp"
#include "sim/app/workload.hpp"
#include "sim/results/result.hpp"

namespace tram {

struct Simulation {
  MachineResult result;
  std::string stopped_by;  ///< before the last image: "interrupted", or what failed; else empty
};

/// Runs the scenario's images on the machine whose PEs have these multipliers, each in one of the worker processes, and
/// compares the logits of each with golden inference of the multipliers' tables. name: of the multiplier in the result.
Simulation simulate(const Scenario& scenario, const Workload& workload, const MultiplierAssignment& assignment,
                    MultiplierEngines& engines, const std::string& name, const RunOptions& options);

}  // namespace tram
