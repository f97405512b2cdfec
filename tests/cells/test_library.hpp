#pragma once
#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/cells/liberty/liberty.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/support/data_folder.hpp"

namespace tram {

/// A library small enough to work by hand. 2 V, ns, pF, so energies in pJ; leakage in nW.
/// Delays are 0.1 + 0.2 slew + 3 load (rise) and 0.2 + 0.2 slew + 2 load (fall), transitions 0.05 + 10 load,
/// all linear, so that tables give them exactly everywhere. Loads come first in the tables.
inline std::string test_library_text() {
  const std::string tables = R"lib(
        cell_rise (t) { values ("0.1, 0.3", "3.1, 3.3"); }
        cell_fall (t) { values ("0.2, 0.4", "2.2, 2.4"); }
        rise_transition (t) { values ("0.05, 0.05", "10.05, 10.05"); }
        fall_transition (t) { values ("0.05, 0.05", "10.05, 10.05"); } )lib";
  return R"lib(/* a comment */
library (tiny) {
  time_unit : "1ns"; voltage_unit : "1V"; leakage_power_unit : "1nW";  // another
  capacitive_load_unit (1, pf);
  nom_voltage : 2.0;
  define (special, cell, string);
  lu_table_template (t) {
    variable_1 : total_output_net_capacitance; variable_2 : input_net_transition;
    index_1 ("0, 1"); index_2 ("0, 1");
  }
  cell (INV) {
    area : 1
    special : "x";
    cell_leakage_power : 3;
    pin (A) { direction : input; capacitance : 0.01; rise_capacitance : 0.01; fall_capacitance : 0.008; }
    pin (Y) { direction : output; function : "A'";
      timing () { related_pin : "A"; timing_sense : negative_unate;)lib" +
         tables + R"lib(}
      internal_power () { related_pin : "A";
        rise_power (scalar) { values ("0.02"); } fall_power (scalar) { values ("0.04"); } }
    }
  }
  cell (NAND2) {
    area : 2;
    cell_leakage_power : 8;
    leakage_power () { when : "A B Y'"; value : 1; }
    leakage_power () { when : "!A * !B"; value : 5; }
    pin (A) { direction : input; capacitance : 0.02;
      internal_power () { when : "!B"; rise_power (scalar) { values ("0.5"); } fall_power (scalar) { values ("0.7"); } }
      internal_power () { rise_power (scalar) { values ("0.1"); } fall_power (scalar) { values ("0.1"); } }
    }
    pin (B) { direction : input; capacitance : 0.03; }
    pin (Y) { direction : output; function : "!(A * B)";
      timing () { related_pin : "A"; timing_sense : negative_unate;)lib" +
         tables + R"lib(}
      timing () { related_pin : "B"; timing_sense : negative_unate;)lib" +
         tables + R"lib(}
      internal_power () { related_pin : "A";
        rise_power (scalar) { values ("0.01"); } fall_power (scalar) { values ("0.03"); } }
      internal_power () { related_pin : "B"; rise_power (scalar) { values ("0.05"); } \
        fall_power (scalar) { values ("0.07"); } }
    }
  }
  cell (DFF) {
    area : 6;
    cell_leakage_power : 10;
    ff (IQ, IQN) { clocked_on : "CK"; next_state : "D"; }
    pin (CK) { direction : input; clock : true; capacitance : 0.04;
      internal_power () { when : "D * Q"; rise_power (scalar) { values ("1"); } fall_power (scalar) { values ("1"); } }
      internal_power () { when : "D * !Q"; rise_power (scalar) { values ("2"); } fall_power (scalar) { values ("4"); } }
    }
    pin (D) { direction : input; capacitance : 0.05;
      timing () { related_pin : "CK"; timing_type : setup_rising;
        rise_constraint (scalar) { values ("0.3"); } fall_constraint (scalar) { values ("0.4"); } } }
    pin (Q) { direction : output; function : "IQ";
      timing () { related_pin : "CK"; timing_type : rising_edge; timing_sense : non_unate;)lib" +
         tables + R"lib(}
      internal_power () { related_pin : "CK"; power (scalar) { values ("0.6"); } }
    }
  }
}
)lib";
}

/// The small library with the first `from` replaced.
inline std::string test_library_with(const std::string& from, const std::string& to) {
  std::string text = test_library_text();
  const size_t place = text.find(from);
  if (place == std::string::npos) throw std::logic_error("the small library has no " + from);
  return text.replace(place, from.size(), to);
}

/// The line of the small library that holds `needle`.
inline long test_library_line(const std::string& needle) {
  const std::string text = test_library_text();
  return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find(needle)), '\n');
}

inline std::shared_ptr<const Library> test_library() { return parse_liberty(test_library_text(), "tiny.lib"); }

/// Builds netlists by name: nets 0 and 1 are the constants.
struct MappedNetlistBuilder {
  std::shared_ptr<const Library> library = test_library();
  std::vector<std::string> nets{"1'b0", "1'b1"};
  std::vector<MappedCell> cells{};
  std::vector<MappedPort> ports{};

  NetId net(const std::string& name) {
    nets.push_back(name);
    return static_cast<NetId>(nets.size() - 1);
  }
  NetId input(const std::string& name) {
    const NetId id = net(name);
    ports.push_back({name, true, {id}});
    return id;
  }
  void output(const std::string& name, NetId id) { ports.push_back({name, false, {id}}); }
  void cell(const std::string& type, const std::string& name, std::vector<NetId> pins, const std::string& part = "") {
    cells.push_back({name, part, library->find(type), std::move(pins)});
  }
  MappedNetlist build() { return MappedNetlist(library, "test", nets, cells, ports, "test"); }
};

/// Liberty files that this machine has, of those that the project is tested with; the last is osu018, which ./setup
/// installs.
inline std::vector<std::filesystem::path> real_libraries() {
  const std::filesystem::path liberty = data_folder() / "liberty", qflow = "/usr/share/qflow/tech";
  std::vector<std::filesystem::path> found;
  for (const auto& path : {liberty / "asap7_rvt_tt.lib", liberty / "sky130hd_tt.lib", liberty / "sg13g2_typ.lib",
                           qflow / "osu035/osu035_stdcells.lib", qflow / "osu050/osu05_stdcells.lib",
                           qflow / "osu018/osu018_stdcells.lib"}) {
    if (std::filesystem::exists(path)) found.push_back(path);
  }
  return found;
}

}  // namespace tram
