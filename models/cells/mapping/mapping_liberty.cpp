#include "models/cells/mapping/mapping_liberty.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "models/cells/mapping/flip_flop_mapping.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr double nanosecond = 1e-9;
constexpr double picofarad = 1e-12;

using TableMember = NldmTable TimingArc::*;

constexpr std::pair<const char*, TableMember> table_members[] = {{"cell_rise", &TimingArc::cell_rise},
                                                                 {"cell_fall", &TimingArc::cell_fall},
                                                                 {"rise_transition", &TimingArc::rise_transition},
                                                                 {"fall_transition", &TimingArc::fall_transition}};

bool is_usable(const LibertyCell& cell) {
  return cell.kind == CellKind::combinational && !cell.dont_use && cell.output_pins.size() == 1 &&
         !cell.input_pins.empty();
}

const BooleanFunction* single_function(const LibertyCell& cell, size_t inputs) {
  if (cell.kind != CellKind::combinational || cell.dont_use) return nullptr;
  if (cell.input_pins.size() != inputs || cell.output_pins.size() != 1) return nullptr;
  const BooleanFunction& function = cell.pins[static_cast<size_t>(cell.output_pins[0])].function->function;
  return function.variables().size() == inputs ? &function : nullptr;
}

class Writer {
 public:
  explicit Writer(const Library& library) : library_(library) {}

  std::string write() {
    add("library (cells) {{\n");
    add("  delay_model : table_lookup;\n  time_unit : \"1ns\";\n  voltage_unit : \"1V\";\n");
    add("  capacitive_load_unit (1, pf);\n");
    add_templates();
    for (const LibertyCell& cell : library_.cells) {
      if (is_usable(cell)) add_cell(cell);
    }
    add("}}\n");
    return std::move(text_);
  }

 private:
  template <typename... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
  }

  // One template a size of table, as ABC wants the sizes of a table and its template to agree.
  void add_templates() {
    std::set<std::pair<size_t, size_t>> sizes;
    for (const LibertyCell& cell : library_.cells) {
      for (const LibertyPin& pin : cell.pins) {
        for (const TimingArc& arc : pin.timing) {
          for (const auto& [name, member] : table_members) sizes.insert(size_of(arc.*member));
        }
      }
    }
    for (const auto& [rows, columns] : sizes) {
      add("  lu_table_template (t{}x{}) {{\n    variable_1 : input_net_transition;\n", rows, columns);
      add("    variable_2 : total_output_net_capacitance;\n");
      for (const auto& [index, count] : {std::pair{1, rows}, std::pair{2, columns}}) {
        add("    index_{} (\"0", index);
        for (size_t i = 1; i < count; ++i) add(", {}", i);
        add("\");\n");
      }
      add("  }}\n");
    }
  }

  // Rows and columns as written: a missing axis gets two points.
  static std::pair<size_t, size_t> size_of(const NldmTable& table) {
    return {table.slews().empty() ? 2 : table.slews().size(), table.loads().empty() ? 2 : table.loads().size()};
  }

  void add_cell(const LibertyCell& cell) {
    add("  cell (\"{}\") {{\n    area : {};\n", cell.name, cell.area);
    for (const LibertyPin& pin : cell.pins) {
      add("    pin (\"{}\") {{\n      direction : {};\n", pin.name, pin.function ? "output" : "input");
      add("      capacitance : {:.6g};\n", pin.capacitance / picofarad);
      add("      rise_capacitance : {:.6g};\n", pin.rise_capacitance / picofarad);
      add("      fall_capacitance : {:.6g};\n", pin.fall_capacitance / picofarad);
      if (pin.max_capacitance > 0) add("      max_capacitance : {:.6g};\n", pin.max_capacitance / picofarad);
      if (pin.function) add_output(cell, pin);
      add("    }}\n");
    }
    add("  }}\n");
  }

  void add_output(const LibertyCell& cell, const LibertyPin& output) {
    add("      function : \"{}\";\n", expression(cell, *output.function));
    for (const int input : cell.input_pins) {
      std::vector<const TimingArc*> arcs;
      for (const TimingArc& arc : output.timing) {
        if (arc.related_pin == input && arc.kind == ArcKind::combinational) arcs.push_back(&arc);
      }
      if (!arcs.empty()) add_arcs(cell.pins[static_cast<size_t>(input)].name, arcs);
    }
  }

  // Liberty reads ~ as nothing it knows and ! as not; operators are otherwise those of SystemVerilog.
  static std::string expression(const LibertyCell& cell, const PinFunction& function) {
    std::vector<std::string> names;
    for (const int pin : function.pins) names.push_back(cell.pins[static_cast<size_t>(pin)].name);
    std::string text = function.function.to_systemverilog(names);
    std::replace(text.begin(), text.end(), '~', '!');
    return text;
  }

  void add_arcs(const std::string& input, const std::vector<const TimingArc*>& arcs) {
    const TimingSense sense = arcs.front()->sense;
    const bool agree = std::all_of(arcs.begin(), arcs.end(), [&](const TimingArc* arc) { return arc->sense == sense; });
    const char* const name = !agree || sense == TimingSense::non_unate ? "non_unate"
                             : sense == TimingSense::positive_unate    ? "positive_unate"
                                                                       : "negative_unate";
    add("      timing () {{\n        related_pin : \"{}\";\n        timing_sense : {};\n", input, name);
    for (const auto& [table, member] : table_members) add_table(table, member, arcs);
    add("      }}\n");
  }

  void add_table(const char* name, TableMember member, const std::vector<const TimingArc*>& arcs) {
    const auto first =
        std::find_if(arcs.begin(), arcs.end(), [&](const TimingArc* arc) { return !(arc->*member).is_empty(); });
    if (first == arcs.end()) return;
    const NldmTable& grid = (*first)->*member;
    const auto slews = grid.slews().empty() ? std::vector<double>{0, nanosecond} : grid.slews();
    const auto loads = grid.loads().empty() ? std::vector<double>{0, picofarad} : grid.loads();
    const auto [rows, columns] = size_of(grid);
    add("        {} (t{}x{}) {{\n          index_1 (\"", name, rows, columns);
    add_list(slews, nanosecond);
    add("\");\n          index_2 (\"");
    add_list(loads, picofarad);
    add("\");\n          values (");
    for (const double slew : slews) {
      std::vector<double> row;
      for (const double load : loads) {
        double worst = grid.at(slew, load);
        for (const TimingArc* arc : arcs) {
          if (!(arc->*member).is_empty()) worst = std::max(worst, (arc->*member).at(slew, load));
        }
        row.push_back(worst);
      }
      add("{}\"", slew == slews.front() ? "" : ", ");
      add_list(row, nanosecond);
      add("\"");
    }
    add(");\n        }}\n");
  }

  void add_list(const std::vector<double>& values, double unit) {
    for (size_t i = 0; i < values.size(); ++i) add("{}{:.6g}", i == 0 ? "" : ", ", values[i] / unit);
  }

  const Library& library_;
  std::string text_;
};

}  // namespace

std::string mapping_liberty(const Library& library) { return Writer(library).write(); }

void require_mapping_cells(const Library& library, bool needs_flip_flop) {
  bool inverter = false, nand_or_nor = false, flip_flop = false;
  for (const LibertyCell& cell : library.cells) {
    if (const auto* function = single_function(cell, 1)) inverter |= function->truth_table()[0] == 0b01;
    if (const auto* function = single_function(cell, 2)) {
      nand_or_nor |= function->truth_table()[0] == 0b0111 || function->truth_table()[0] == 0b0001;
    }
    flip_flop |= plain_flip_flop(cell).has_value();
  }
  const auto fail = [&](const std::string& what) {
    std::string left_out;
    if (!library.left_out.empty()) {
      const LeftOutCell& first = library.left_out[0];
      left_out = fmt::format("; cells left out: {}, the first {}, line {}: {}", library.left_out.size(), first.name,
                             first.line, first.reason);
    }
    throw InputError(library.files[0].path.string(), fmt::format("library has no {}{}", what, left_out));
  };
  if (!inverter) fail("inverter; mapping needs one");
  if (!nand_or_nor) fail("2-input NAND or NOR; mapping needs one of them");
  if (!flip_flop && needs_flip_flop) fail("rising-edge D flip-flop; mapping needs one");
}

}  // namespace tram
