#include <fmt/format.h>

#include <chrono>

#include "models/cells/energy/exact_multiplier.hpp"
#include "models/cells/mapping/technology_mapping.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/options/parse_number.hpp"
#include "rtl/axm/output.hpp"
#include "rtl/axm/verb.hpp"
#include "rtl/axm/verb_options.hpp"
#include "rtl/mapped_row.hpp"
#include "rtl/pe_design.hpp"
#include "rtl/row_compiler.hpp"

namespace tram::axm {
namespace {

/// A multiplier and how its adders are mapped.
struct Choice {
  Netlist netlist;
  AdderCells adders;
  std::string script;
};

/// What tram_sim has in its PEs for this name: for "exact" the best exact multiplier of the library.
Choice find(const std::string& name, std::shared_ptr<const Library> library, const Arguments& arguments, Notes& notes) {
  const auto adders = arguments.get<AdderCells>("adders");
  const int threads = arguments.get<int>("threads");
  if (name != "exact") {
    Netlist netlist = read_netlist(arguments, name, notes);
    const std::string script = best_script(netlist, adders, std::move(library), threads, notes);
    return {std::move(netlist), adders, script};
  }
  constexpr double period = 10e-9;  // of the simulator's default clock
  ExactMultiplier exact = best_exact_multiplier(8, false, library, adders, period, threads);
  return {std::move(exact.netlist), exact.cost.adders, exact.cost.script};
}

void run(const Arguments& arguments) {
  const auto library = read_library(arguments);
  const int rows = arguments.get<int>("rows");
  Json json = Json::array();
  Notes notes;
  for (const std::string& name : arguments.some_words("multiplier")) {
    const auto begin = std::chrono::steady_clock::now();
    const Choice multiplier = find(name, library, arguments, notes);
    const PeDesign pe =
        map_pe(multiplier.netlist, rows, library,
               {.adders = multiplier.adders, .script = multiplier.script, .source = built_in_pe(PeKind::hidden)});
    const MappedRow row = mapped_row(pe.netlist, pe.contract);
    compile_row(row, default_cache_folder());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    json.push_back(
        {{"multiplier", name}, {"cells", pe.netlist.cells().size()}, {"nets", row.nets.size()}, {"seconds", seconds}});
    if (arguments.has("json")) continue;
    fmt::print("{}: {} cells, {} nets counted, {:.1f} s\n", name, pe.netlist.cells().size(), row.nets.size(), seconds);
  }
  if (arguments.has("json")) return print_json(json);
  fmt::print("{}", notes_text(notes));
}

}  // namespace

Verb prepare_verb() {
  return {"prepare",
          "NAME|FILE... --liberty L",
          "map the built-in scenarios' PE with the multiplier and compile its row into the cache",
          join({file_options(),
                {liberty_option(), adders_option(), threads_option(),
                 option("rows", "N", plain_number(1, 4096), "rows of the array", "64")}}),
          run,
          "exact is what tram_sim takes for it: the best exact multiplier of the library.\n"};
}

}  // namespace tram::axm
