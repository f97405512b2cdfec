#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "models/power/opensta.hpp"
#include "models/power/static_timing.hpp"
#include "models/power/toggle_energy.hpp"
#include "rtl/axm/options.hpp"
#include "rtl/axm/output.hpp"
#include "rtl/axm/verb.hpp"

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
  std::optional<double> sta;
  double leakage = 0;  // W
};

AreaReport report_of(const MappedNetlist& netlist, PowerConvention convention) {
  const NetlistTiming timing = static_timing(netlist);
  const bool has_path = !netlist.cells().empty();   // of wires alone OpenSTA reports none
  return {cells_by_kind(netlist), timing, has_path ? opensta_critical_path(netlist) : std::nullopt,
          toggle_energies(netlist, {}, convention).leakage_power};
}

Json as_json(const std::string& name, const MappedNetlist& netlist, const AreaReport& report) {
  Json kinds = Json::object(), path = Json::array();
  for (const auto& [kind, cells] : report.kinds) kinds[kind] = {{"count", cells.count}, {"area", cells.area}};
  for (const PathStep& step : report.timing.path)
    path.push_back({{"net", netlist.net_name(step.net)}, {"edge", step.rising ? "rise" : "fall"},
                    {"arrival_s", step.arrival}});
  Json json = {{"multiplier", name}, {"library", netlist.library().name}, {"area", netlist.area()},
               {"cells", netlist.cells().size()}, {"cells_by_kind", kinds},
               {"critical_path_s", report.timing.critical_path}, {"opensta_critical_path_s", nullptr},
               {"leakage_w", report.leakage}, {"path", path}};
  if (report.sta) json["opensta_critical_path_s"] = *report.sta;
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
  fmt::print("{} in {}\n", name, netlist.library().name);
  fmt::print("  area           {:.3f} (the library's unit), {} cells\n", netlist.area(), netlist.cells().size());
  fmt::print("  critical path  {:.4f} ns (no input slew, output load or wires)\n", 1e9 * report.timing.critical_path);
  if (report.sta)
    fmt::print("  OpenSTA's      {:.4f} ns ({} %)\n", 1e9 * *report.sta,
               ratio_text(report.timing.critical_path - *report.sta, *report.sta, 2, 100));
  fmt::print("  leakage        {:.4g} nW (mean over uniform random operands)\n\n", 1e9 * report.leakage);
  TextTable table({"<cell", "count", "area", "share %"});
  for (const auto& [kind, cells] : report.kinds)
    table.add_row({kind, std::to_string(cells.count), fmt::format("{:.3f}", cells.area),
                   ratio_text(cells.area, netlist.area(), 1, 100)});
  fmt::print("{}\nCritical path:\n", table.text());
  print_path(netlist, report.timing);
}

void run(const Arguments& arguments) {
  Notes notes;
  const MappedNetlist netlist = mapped_multiplier(arguments, read_library(arguments), notes);
  const AreaReport report = report_of(netlist, power_convention(arguments));
  const std::string& name = arguments.words()[0];
  if (arguments.has("json")) return print_json(with_notes(as_json(name, netlist, report), notes));
  print(name, netlist, report);
  fmt::print("{}", notes_text(notes));
}

}  // namespace

Verb area_verb() {
  return {"area", "NAME|FILE --liberty L", "area, cells by kind, critical path and leakage in a library",
          join({{liberty_option(), adders_option(), script_option(), delay_target_option()}, mapped_options(), {convention_option()}}),
          run};
}

}  // namespace tram::axm
