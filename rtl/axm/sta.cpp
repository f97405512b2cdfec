#include "rtl/axm/sta.hpp"

#include <fmt/format.h>

#include <sstream>

#include "models/power/mapped_verilog.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram::axm {
namespace {

/// The number before "data arrival time" in a report of one path.
std::optional<double> arrival_in(const std::string& report) {
  std::istringstream lines(report);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("data arrival time") == std::string::npos) continue;
    double arrival = 0;
    if (std::istringstream(line) >> arrival) return arrival;
  }
  return std::nullopt;
}

/// The Liberty text without the lines that name a default wire load.
std::string without_wire_load(const std::string& liberty) {
  std::istringstream lines(liberty);
  std::string text;
  for (std::string line; std::getline(lines, line);)
    if (line.find("default_wire_load") == std::string::npos) text += line + "\n";
  return text;
}

}  // namespace

std::optional<double> opensta_critical_path(const MappedNetlist& netlist) {
  if (find_program("sta").empty()) return std::nullopt;
  const TemporaryFolder folder;
  write_file(folder.path() / "netlist.v", to_verilog(netlist, "multiplier"));
  write_file(folder.path() / "cells.lib", without_wire_load(read_file(netlist.library().path)));
  write_file(folder.path() / "run.tcl",
             "read_liberty cells.lib\nread_verilog netlist.v\nlink_design multiplier\n"
             "create_clock -name c -period 1\n"
             "set_input_delay 0 -clock c [all_inputs]\nset_output_delay 0 -clock c [all_outputs]\n"
             "report_checks -digits 6\n");
  const ProcessResult result = run_process({"sta", "-no_splash", "-exit", "run.tcl"}, folder.path());
  const std::optional<double> arrival = arrival_in(result.output);
  if (result.exit_code != 0 || !arrival)
    throw RunError(fmt::format("sta reported no path; its exit code is {}", result.exit_code));
  return *arrival * netlist.library().time_unit;
}

}  // namespace tram::axm
