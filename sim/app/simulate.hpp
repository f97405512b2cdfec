#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "models/quant/multiplier_assignment.hpp"
#include "sim/app/circuits.hpp"
#include "sim/app/workload.hpp"
#include "sim/config/command_line.hpp"
#include "sim/results/result.hpp"

namespace tram {

/// How a machine is run.
struct SimulateOptions {
  std::string name;                ///< of the multiplier in the result
  int threads = 1;                 ///< worker processes
  std::optional<CycleWindow> vcd;  ///< of the first image, to `vcd_file`
  double vcd_limit = 0;            ///< B; InputError, before the image, where `vcd_file` could take more
  std::filesystem::path vcd_file;
  std::function<void()> image_done;  ///< after each image
  std::function<void(const std::string&)> warning;
};

struct Simulation {
  MachineResult result;
  std::string stopped_by;  ///< before the last image: "interrupted", or what failed; else empty
};

/// Runs the scenario's images on the machine whose PEs have these multipliers, each in one of the worker processes, and
/// compares the logits of each with golden inference of the multipliers' tables. circuits: those of
/// assignment.multipliers, in that order.
Simulation simulate(const Scenario& scenario, const Workload& workload, const MultiplierAssignment& assignment,
                    std::span<const Circuit* const> circuits, const SimulateOptions& options);

}  // namespace tram
