#include "models/cells/mapping/technology_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>
#include <utility>

#include "models/cells/mapping/flip_flop_mapping.hpp"
#include "models/cells/mapping/mapping_liberty.hpp"
#include "models/cells/timing/static_timing.hpp"
#include "models/multiplier/verilog_source.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

void require_yosys() {
  if (find_program("yosys").empty()) {
    throw InputError("yosys", "not found on PATH; install it (Debian package yosys)");
  }
}

std::string last_error(const std::string& output) {
  std::istringstream lines(output);
  std::string line, last, error;
  while (std::getline(lines, line)) {
    if (!line.empty()) last = line;
    if (line.find("ERROR") != std::string::npos) error = line;
  }
  return error.empty() ? last : error;
}

// Runs the script in the folder and returns what it wrote to out.json.
std::string run_yosys(const std::string& script, const fs::path& folder) {
  write_file(folder / "script.ys", script);
  const ProcessResult result = run_tool({"yosys", "-q", "-T", "-s", "script.ys"}, folder);
  if (result.exit_code != 0) {
    throw RunError(fmt::format("yosys failed with exit code {}: {}", result.exit_code, last_error(result.output)));
  }
  return read_file(folder / "out.json");
}

// Names go into the script: words without blanks, quotes or separators.
void check_word(const std::string& what, const std::string& text) {
  const bool ok = !text.empty() && text.find_first_of(" \t\r\n;\"'\\#/`") == std::string::npos && text.front() != '-' &&
                  text != "." && text != "..";
  if (!ok) throw InputError("technology mapping", fmt::format("{} '{}'; expected a plain name", what, text));
}

// One way to use ABC: arguments of Yosys' pass, and the script that they name. Yosys hands ABC the absolute paths of its
// files, in a script that takes quotes and semicolons for its own: /proc/self/cwd is the folder without its name.
struct AbcRun {
  std::string arguments;
  std::string script_name;
  std::string script;
};

AbcRun run_of(const std::string& script) {
  const auto found = std::ranges::find_if(abc_scripts(), [&](const AbcScript& each) { return script == each.name; });
  if (found == abc_scripts().end())
    throw InputError("technology mapping", fmt::format("script '{}' of ABC; one of {} is expected", script,
                                                       fmt::join(abc_script_names(), ", ")));
  if (*found->commands == 0) return {};
  return {fmt::format(" -script /proc/self/cwd/{}.abc", found->name), fmt::format("{}.abc", found->name),
          fmt::format("{}\n", found->commands)};
}

std::vector<AbcRun> abc_runs(const MappingOptions& options) {
  if (!options.delay_target) return {run_of(options.script)};
  const std::string sizing =
      fmt::format("buffer -c; topo; upsize -D {0:.6g}; dnsize -D {0:.6g}\n", *options.delay_target * 1e12);
  return {{" -script /proc/self/cwd/area.abc", "area.abc",
           "strash; &get -n; &fraig -x; &put; scorr; dc2; strash; &get -n; &dch -f; &nf; &put; " + sizing},
          {" -script /proc/self/cwd/speed.abc", "speed.abc",
           "strash; ifraig; scorr; dc2; strash; dch -f; map -B 0.9; topo; " + sizing}};
}

// Modules without content for the cells that netlists instantiate.
std::string cells_verilog(const Library& library) {
  std::string text;
  for (const LibertyCell& cell : library.cells) {
    std::vector<std::string> pins;
    for (const LibertyPin& pin : cell.pins)
      pins.push_back(fmt::format("{} \\{} ", pin.direction == PinDirection::input ? "input" : "output", pin.name));
    text += fmt::format("(* blackbox *) module \\{} ({}); endmodule\n", cell.name, fmt::join(pins, ", "));
  }
  return text;
}

// Modules without content for the kept cells.
std::string kept_cells_verilog(const Library& library, const MappingOptions& options) {
  std::string text;
  for (const std::string& name : options.kept_cells) {
    const LibertyCell* const cell = library.find(name);
    if (cell == nullptr || cell->kind != CellKind::combinational) {
      throw InputError("technology mapping",
                       fmt::format("no combinational cell '{}' in library {}", name, library.name));
    }
    std::vector<std::string> pins;
    for (const LibertyPin& pin : cell->pins) {
      pins.push_back(fmt::format("{} \\{} ", pin.function ? "output" : "input", pin.name));
    }
    text += fmt::format("(* blackbox *) module \\{} ({}); endmodule\n", name, fmt::join(pins, ", "));
  }
  return text;
}

std::string mapping_script(const std::vector<SourceText>& sources, const MappingOptions& options,
                           const std::vector<std::string>& flip_flops, const AbcRun& run) {
  std::string script = "read_verilog -sv kept_cells.v\nread_verilog -sv -I.";
  for (const SourceText& source : sources) script += " " + source.name;
  script += fmt::format("\nhierarchy -check -top {}", options.top);
  for (const auto& [name, value] : options.parameters) script += fmt::format(" -chparam {} {}", name, value);
  script += options.keep_hierarchy ? "\nsynth -noabc\n" : "\nsynth -flatten -noabc\n";
  if (!flip_flops.empty()) script += "dfflegalize";
  for (const std::string& type : flip_flops) script += fmt::format(" -cell {} 01", type);
  script += "\ntechmap -map flip_flops.v\nsetundef -zero\nabc -liberty /proc/self/cwd/cells.lib" + run.arguments;
  script += "\nopt_clean -purge\nwrite_json out.json\n";
  return script;
}

void check_options(const std::vector<SourceText>& sources, const MappingOptions& options) {
  check_word("top module", options.top);
  for (const SourceText& source : sources) check_word("source file", source.name);
  for (const auto& [name, value] : options.parameters) {
    check_word("parameter", name);
    check_word("parameter value", value);
  }
  if (options.delay_target && !(*options.delay_target > 0)) {
    throw InputError("technology mapping", "the delay target is not positive");
  }
}

// Inputs and settings that determine a mapping.
struct Mapping {
  const std::vector<SourceText>& sources;
  std::shared_ptr<const Library> library;
  const MappingOptions& options;
  std::string where;
  FlipFlopTechmap flip_flops = flip_flop_techmap(*library);
  std::string kept_cells = kept_cells_verilog(*library, options);
};

std::string made_from(const Mapping& mapping) {
  const std::string version = run_tool({"yosys", "-V"}, ".").output;
  std::string content = fmt::format("{}\n{}\n", version, mapping.library->content_hash);
  content += mapping.flip_flops.verilog + mapping.kept_cells;
  for (const AbcRun& run : abc_runs(mapping.options)) {
    content += mapping_script(mapping.sources, mapping.options, mapping.flip_flops.types, run) + run.script;
  }
  for (const SourceText& source : mapping.sources) {
    content += fmt::format("{}\n{}\n{}\n", source.name, source.text.size(), source.text);
  }
  return content;
}

std::string map_with_yosys(const Mapping& mapping, const AbcRun& run) {
  const TemporaryFolder folder;
  for (const SourceText& source : mapping.sources) write_file(folder.path() / source.name, source.text);
  write_file(folder.path() / "flip_flops.v", mapping.flip_flops.verilog);
  write_file(folder.path() / "kept_cells.v", mapping.kept_cells);
  write_file(folder.path() / "cells.lib", mapping_liberty(*mapping.library));
  if (!run.script_name.empty()) write_file(folder.path() / run.script_name, run.script);
  return run_yosys(mapping_script(mapping.sources, mapping.options, mapping.flip_flops.types, run), folder.path());
}

// The best of the ways to use ABC, as Yosys' JSON.
std::string map_best(const Mapping& mapping) {
  const std::vector<AbcRun> runs = abc_runs(mapping.options);
  if (runs.size() == 1) return map_with_yosys(mapping, runs.front());
  std::string best;
  std::tuple<bool, double, double> best_rank;
  for (const AbcRun& run : runs) {
    std::string json = map_with_yosys(mapping, run);
    const MappedNetlist netlist = netlist_from_json(json, "", mapping.library, mapping.where);
    const double path = static_timing(netlist).critical_path;
    const bool is_late = path > *mapping.options.delay_target;
    const std::tuple rank{is_late, is_late ? path : 0, netlist.area()};
    if (!best.empty() && rank >= best_rank) continue;
    best = std::move(json);
    best_rank = rank;
  }
  return best;
}

// The version is raised whenever mapping changes in a way that its script does not show.
const CacheKind kind{"mapped", 2, ".json"};

// The netlist in an entry; nothing when there is none, or it is not one that is read today.
std::optional<MappedNetlist> read_mapping(const CacheEntry& entry, std::shared_ptr<const Library> library) {
  const std::optional<CachedFile> file = entry.find();
  if (!file) return std::nullopt;
  try {
    return netlist_from_json(std::string(file->content), "", std::move(library), file->path.string());
  } catch (const InputError&) {
    return std::nullopt;
  }
}

// Names of cells and pins go into Verilog and Liberty text for Yosys and ABC.
void check_names(const Library& library) {
  const auto check = [&](const std::string& name, const std::string& cell) {
    const bool ok = std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127; }) &&
                    name.find_first_of("\"'\\;{}()#") == std::string::npos && !name.empty();
    if (!ok)
      throw InputError(library.files[0].path.string(),
                       fmt::format("'{}' as a name in cell '{}'; a plain name is expected", name, cell));
  };
  for (const LibertyCell& cell : library.cells) {
    check(cell.name, cell.name);
    for (const LibertyPin& pin : cell.pins) check(pin.name, cell.name);
  }
}

// A netlist of ours has 0 for bits that do not matter; one that is read as it is must say what they are.
void check_known_bits(const std::string& text, const std::string& file) {
  const nlohmann::json design = nlohmann::json::parse(text);
  for (const auto& module : design.at("modules"))
    for (const auto& [name, cell] : module.at("cells").items())
      for (const auto& [pin, bits] : cell.at("connections").items())
        for (const auto& bit : bits)
          if (bit == "x" || bit == "z")
            throw InputError(file, fmt::format("pin {} of cell '{}' is {}; a net, 0 or 1 is expected", pin, name,
                                               bit.get<std::string>()));
}

}  // namespace

std::span<const AbcScript> abc_scripts() {
  static constexpr AbcScript scripts[] = {
      {"default", ""},
      {"dch", "strash; &get -n; &dch -f; &nf; &put"},
      {"syn3", "strash; &get -n; &syn3; &syn3; &dch -f; &nf; &put"},
      {"nf", "strash; &get -n; &nf; &put"},
  };
  return scripts;
}

std::vector<std::string> abc_script_names() {
  std::vector<std::string> names;
  for (const AbcScript& script : abc_scripts()) names.emplace_back(script.name);
  return names;
}

MappedNetlist map_to_library(const std::vector<SourceText>& sources, std::shared_ptr<const Library> library,
                             const MappingOptions& options) {
  check_options(sources, options);
  require_mapping_cells(*library, options.has_registers);
  check_names(*library);
  require_yosys();
  const Mapping mapping{sources, library, options, fmt::format("{} mapped to {}", options.top, library->name)};
  if (!options.use_cache) return netlist_from_json(map_best(mapping), "", library, mapping.where);

  const CacheEntry entry(kind, made_from(mapping), options.cache_folder);
  if (auto known = read_mapping(entry, library)) return *std::move(known);
  const std::string json = map_best(mapping);
  MappedNetlist netlist = netlist_from_json(json, "", library, mapping.where);
  entry.store(json);
  return netlist;
}

MappedNetlist read_mapped_verilog(const fs::path& file, const std::string& top,
                                  std::shared_ptr<const Library> library) {
  check_word("top module", top);
  require_yosys();
  const TemporaryFolder folder;
  write_file(folder.path() / "netlist.v", checked_verilog(read_file(file), file.string()));
  write_file(folder.path() / "cells.v", cells_verilog(*library));
  write_file(folder.path() / "cells.lib", mapping_liberty(*library));
  // Operators, such as those in port connections, become cells; cells stay as they are, boxes to ABC, which does nothing
  // where there are no operators.
  const std::string script = fmt::format(
      "read_verilog -lib cells.v\nread_verilog -nooverwrite netlist.v\nhierarchy -top {}\n"
      "proc\nflatten\nalumacc\ntechmap\nabc -liberty /proc/self/cwd/cells.lib\n"
      "write_json out.json\n",
      top);
  std::string json;
  try {
    json = run_yosys(script, folder.path());
  } catch (const RunError& error) {
    throw InputError(file.string(), error.what());
  }
  check_known_bits(json, file.string());
  return netlist_from_json(json, top, std::move(library), file.string());
}

}  // namespace tram
