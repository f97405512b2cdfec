#pragma once
#include "sim/app/run_options.hpp"
#include "sim/config/scenario.hpp"
#include "sim/results/result.hpp"

namespace tram {

/// Runs a resolved scenario: its network on its machine and, where options and network allow it, on the machine with
/// exact multipliers beside. Writes no file but options.waves and what goes into the cache folder; write_report()
/// (sim/report/report.hpp) writes the result. Call it as often as you like, from a process with one thread: each machine
/// lives in worker processes that are forked from it.
///
/// A run that options.stop or a worker's failure ends early says so in RunResult::stopped_by and has the images done.
/// Throws InputError for what the scenario names and is not as it must be, RunError for a machine that fails.
RunResult run_scenario(const Scenario& scenario, const RunOptions& options);

}  // namespace tram
