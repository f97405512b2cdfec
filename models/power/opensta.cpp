#include "models/power/opensta.hpp"

#include <fmt/format.h>

#include <sstream>
#include <string>

#include "models/power/mapped_verilog.hpp"
#include "models/power/static_timing.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {

std::optional<double> opensta_critical_path(const MappedNetlist& netlist) {
  if (netlist.cells().empty() || find_program("sta").empty()) return std::nullopt;
  const TemporaryFolder folder;
  write_file(folder.path() / "netlist.v", to_verilog(netlist, "mapped"));
  // Times in the tool's commands are in the library's unit. The period is near the path, as the tool ranks paths by
  // slack in single precision. A wire load that the library names by default goes.
  const double period = 4 * static_timing(netlist).critical_path / netlist.library().time_unit;
  std::filesystem::create_symlink(std::filesystem::absolute(netlist.library().path), folder.path() / "cells.lib");
  write_file(folder.path() / "run.tcl",
             fmt::format("read_liberty cells.lib\nread_verilog netlist.v\nlink_design mapped\n"
                         "catch {{set_wire_load_model -name Zero}}\nset_load 0 [get_nets *]\n"
                         "create_clock -name c -period {}\nset_input_delay 0 -clock c [all_inputs]\n"
                         "set_output_delay 0 -clock c [all_outputs]\n"
                         "report_checks -path_delay max -digits 6\nexit\n", period));
  const ProcessResult result = run_tool({"sta", "-no_splash", "-exit", "run.tcl"}, folder.path());
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("data arrival time") == std::string::npos) continue;
    return std::stod(line) * netlist.library().time_unit;
  }
  throw RunError(fmt::format("sta reports no path: {}", result.output.substr(0, 300)));
}

}  // namespace tram
