#include "models/cells/timing/opensta.hpp"

#include <fmt/format.h>

#include <sstream>
#include <string>

#include "models/cells/liberty/liberty_file.hpp"
#include "models/cells/netlist/mapped_verilog.hpp"
#include "models/cells/timing/static_timing.hpp"
#include "models/cells/timing/wires.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {

namespace {

// The library's files under names of our own: a script holds none of the user's, and gzip is undone.
std::string provide_libraries(const Library& library, const std::filesystem::path& folder) {
  std::string commands;
  for (size_t i = 0; i < library.files.size(); ++i) {
    const std::filesystem::path& path = library.files[i].path;
    if (i > 0 && path == library.files[i - 1].path) continue;  // several library groups of one file
    const std::string name = fmt::format("library{}.lib", i);
    write_file(folder / name, read_liberty_text(path));
    commands += fmt::format("read_liberty {}\n", name);
  }
  return commands;
}

// The first line that names an error, else the first one.
std::string first_error(const std::string& output) {
  std::istringstream lines(output);
  std::string first;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("rror") != std::string::npos) return line.substr(0, 300);
    if (first.empty()) first = line.substr(0, 300);
  }
  return first.empty() ? "no output" : first;
}

}  // namespace

OpenstaPath opensta_critical_path(const MappedNetlist& netlist, const TimingOptions& options) {
  if (netlist.cells().empty()) return {{}, "there is no cell, and so no path"};
  if (find_program("sta").empty()) return {{}, "sta is not on PATH (Debian package opensta)"};
  const TemporaryFolder folder;
  write_file(folder.path() / "netlist.v", to_verilog(netlist, "mapped"));
  const bool has_wires = options.wire_capacitance > 0;
  if (has_wires) write_file(folder.path() / "wires.spef", to_spef(netlist, options, "mapped"));
  // Times in the tool's commands are in the unit of the first library. The period is near the path, as the tool ranks
  // paths by slack in single precision. A wire load that the library names by default goes.
  const double unit = netlist.library().files[0].units.time;
  write_file(folder.path() / "run.tcl",
             fmt::format("{}read_verilog netlist.v\nlink_design mapped\n"
                         "catch {{set_wire_load_model -name Zero}}\n{}\n"
                         "create_clock -name c -period {}\nset_input_delay 0 -clock c [all_inputs]\n"
                         "set_output_delay 0 -clock c [all_outputs]\n"
                         "report_checks -path_delay max -digits 6\nexit\n",
                         provide_libraries(netlist.library(), folder.path()),
                         has_wires ? "read_spef wires.spef" : "set_load 0 [get_nets *]",
                         4 * static_timing(netlist, options).critical_path / unit));
  const ProcessResult result = run_tool({"sta", "-no_splash", "-exit", "run.tcl"}, folder.path());
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("data arrival time") == std::string::npos) continue;
    double units = 0;
    if (std::istringstream(line) >> units) return {units * unit, {}};
  }
  return {{}, fmt::format("sta gives no path: {}", first_error(result.output))};
}

}  // namespace tram
