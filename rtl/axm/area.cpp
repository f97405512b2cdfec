#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "models/cells/energy/toggle_energy.hpp"
#include "models/cells/timing/opensta.hpp"
#include "models/cells/timing/static_timing.hpp"
#include "models/support/printable.hpp"
#include "rtl/axm/output.hpp"
#include "rtl/axm/verb.hpp"
#include "rtl/axm/verb_options.hpp"

namespace tram::axm {
namespace {

struct KindOfCell {
  int64_t count = 0;
  double area = 0;
};

std::map<std::string, KindOfCell> cells_by_kind(const MappedNetlist& netlist) {
  std::map<std::string, KindOfCell> kinds;
  for (const MappedCell& cell : netlist.cells()) {
    ++kinds[cell.type->name].count;
    kinds[cell.type->name].area += cell.type->area;
  }
  return kinds;
}

struct AreaReport {
  std::map<std::string, KindOfCell> kinds;
  NetlistTiming timing;
  OpenstaPath sta;
  double leakage = 0;  // W
  std::string convention;
};

AreaReport report_of(const MappedNetlist& netlist, PowerConvention convention) {
  return {cells_by_kind(netlist), static_timing(netlist), opensta_critical_path(netlist),
          toggle_energies(netlist, {}, convention).leakage_power, name_of(convention)};
}

Json as_json(const std::string& name, const MappedNetlist& netlist, const AreaReport& report) {
  Json kinds = Json::object(), path = Json::array();
  for (const auto& [kind, cells] : report.kinds) kinds[kind] = {{"count", cells.count}, {"area", cells.area}};
  for (const PathStep& step : report.timing.path)
    path.push_back(
        {{"net", netlist.net_name(step.net)}, {"edge", step.rising ? "rise" : "fall"}, {"arrival_s", step.arrival}});
  Json json = {{"multiplier", name},
               {"library", netlist.library().name},
               {"area", netlist.area()},
               {"cells", netlist.cells().size()},
               {"cells_by_kind", kinds},
               {"critical_path_s", report.timing.critical_path},
               {"opensta_critical_path_s", nullptr},
               {"opensta_refusal", report.sta.refusal},
               {"leakage_w", report.leakage},
               {"convention", report.convention},
               {"path", path}};
  if (report.sta.seconds) json["opensta_critical_path_s"] = *report.sta.seconds;
  json.update(library_json(netlist.library()));
  return json;
}

std::string driver_text(const MappedNetlist& netlist, NetId net) {
  const PinReference driver = netlist.driver(net);
  if (driver.cell == no_cell) return "input";
  const MappedCell& cell = netlist.cells()[driver.cell];
  return fmt::format("{}/{}", cell.type->name, cell.type->pins[driver.pin].name);
}

void print_path(const MappedNetlist& netlist, const NetlistTiming& timing) {
  TextTable table({"  arrival ns", "step ns", "<edge", "<driver", "<net"});
  double before = 0;
  for (const PathStep& step : timing.path) {
    table.add_row({fmt::format("{:.4f}", 1e9 * step.arrival), fmt::format("{:.4f}", 1e9 * (step.arrival - before)),
                   step.rising ? "rise" : "fall", driver_text(netlist, step.net), netlist.net_name(step.net)});
    before = step.arrival;
  }
  fmt::print("{}", table.text());
}

void print(const std::string& name, const MappedNetlist& netlist, const AreaReport& report) {
  fmt::print("{} in {}\n", name, printable(netlist.library().name));
  fmt::print("  conditions     {}\n", printable(to_string(netlist.library().conditions)));
  fmt::print("  area           {:.3f} (the library's unit), {} cells\n", netlist.area(), netlist.cells().size());
  fmt::print("  critical path  {:.4f} ns (no input slew, output load or wires)\n", 1e9 * report.timing.critical_path);
  if (report.sta.seconds)
    fmt::print("  OpenSTA's      {:.4f} ns ({} %)\n", 1e9 * *report.sta.seconds,
               ratio_text(report.timing.critical_path - *report.sta.seconds, *report.sta.seconds, 2, 100));
  else fmt::print("  OpenSTA's      none: {}\n", report.sta.refusal);
  fmt::print("  leakage        {:.4g} nW (mean over uniform random operands; convention {})\n\n", 1e9 * report.leakage,
             report.convention);
  TextTable table({"<cell", "count", "area", "share %"});
  for (const auto& [kind, cells] : report.kinds)
    table.add_row({kind, std::to_string(cells.count), fmt::format("{:.3f}", cells.area),
                   ratio_text(cells.area, netlist.area(), 1, 100)});
  fmt::print("{}\n", table.text());
  if (netlist.cells().empty()) return fmt::print("Critical path: none, as there is no cell\n");
  fmt::print("Critical path:\n");
  print_path(netlist, report.timing);
}

void run(const Arguments& arguments) {
  Notes notes;
  const MappedNetlist netlist = mapped_multiplier(arguments, read_library(arguments), notes);
  const AreaReport report = report_of(netlist, arguments.get<PowerConvention>("convention"));
  const std::string& name = arguments.words()[0];
  if (arguments.has("json")) return print_json(with_notes(as_json(name, netlist, report), notes));
  print(name, netlist, report);
  fmt::print("{}", notes_text(notes));
}

}  // namespace

Verb area_verb() {
  return {"area", "NAME|FILE --liberty L", "area, cells by kind, critical path and leakage in a library",
          join({mapped_options(), {convention_option()}}), run};
}

}  // namespace tram::axm
