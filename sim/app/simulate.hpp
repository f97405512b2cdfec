#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "models/multiplier/netlist.hpp"
#include "sim/app/workload.hpp"
#include "sim/config/command_line.hpp"
#include "sim/engines/engine.hpp"
#include "sim/report/result.hpp"

namespace tram {

/// How a machine is run.
struct SimulateOptions {
  std::string name;                               ///< of the multiplier in the result
  int threads = 1;                                ///< worker processes
  std::optional<CycleWindow> vcd;                 ///< of the first image, to `vcd_file`
  std::filesystem::path vcd_file;
  std::function<void()> image_done;               ///< after each image
  std::function<void(const std::string&)> warning;
};

struct Simulation {
  MachineResult result;
  bool interrupted = false;                       ///< by Ctrl-C before the last image: the result holds those done
};

/// Runs the scenario's images on the machine whose PEs have this multiplier and engine, each in one of the worker
/// processes, and compares the logits of each with golden inference of the multiplier's table.
Simulation simulate(const Scenario& scenario, const Workload& workload, const Netlist& multiplier, Engine& engine,
                    const SimulateOptions& options);

}  // namespace tram
