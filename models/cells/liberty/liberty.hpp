#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/cells/liberty/boolean_function.hpp"
#include "models/cells/liberty/nldm_table.hpp"

namespace tram {

/// A standard-cell library read from one or several Liberty files. All quantities are in SI units (s, F, V, W, J)
/// whatever the units of each file; areas keep the library's unit (um^2, or as the library defines it). Energies of
/// internal_power are in capacitive_load_unit x voltage_unit^2 (Liberty Reference Manual, "internal_power group").
/// Only the cells that are used must be whole: a cell with a fault is left out and said so. Groups, attributes and
/// templates that neither delay nor power needs are passed over (CCS, ECSM, noise, variation).
/// Of groups that name a related_pg_pin, readers of the energy take those of the rails that supply the cell: see
/// power_model.hpp.

/// A Boolean function bound to the pins of its cell.
struct PinFunction {
  static constexpr int state = -1;           ///< the first name of ff (IQ)
  static constexpr int inverted_state = -2;  ///< the second name of ff (IQN)

  BooleanFunction function;
  std::vector<int> pins;  ///< for each variable of function: index into LibertyCell::pins, or a state
};

enum class PinDirection : uint8_t { input, output, inout, internal };
enum class TimingSense : uint8_t { positive_unate, negative_unate, non_unate };
enum class ArcKind : uint8_t {
  combinational,  ///< any edge of the related pin, also combinational_rise and combinational_fall
  rising_edge,    ///< clock to output
  falling_edge,
  asynchronous,  ///< clear or preset to output
  setup,         ///< constraint tables, on the data pin; rising and falling alike
  other          ///< hold, recovery, pulse width, three-state: read past, without tables
};

/// Timing arc from the related pin to the pin that holds it.
struct TimingArc {
  int related_pin = 0;  ///< index into LibertyCell::pins
  ArcKind kind = ArcKind::combinational;
  TimingSense sense = TimingSense::non_unate;
  std::optional<PinFunction> when;
  NldmTable cell_rise, cell_fall;              ///< delay to the output's edge, s
  NldmTable rise_transition, fall_transition;  ///< the output's slew, s, between the library's thresholds
  NldmTable rise_constraint, fall_constraint;  ///< setup, s, over the data pin's slew (the related slew at its first)
};

/// Energy inside the cell at an edge of the pin that holds the group, J; without the load's 1/2 C V^2.
struct InternalPower {
  std::vector<int> related_pins;  ///< indices into LibertyCell::pins; empty: energy of the pin itself
  std::optional<PinFunction> when;
  std::string pg_pin;  ///< related_pg_pin, empty when not given
  NldmTable rise, fall;
};

/// Leakage in the states where `when` holds; without when: the default.
struct LeakageState {
  std::optional<PinFunction> when;
  std::string pg_pin;
  double power = 0;  ///< W
};

struct LibertyPin {
  std::string name;
  PinDirection direction = PinDirection::input;
  bool is_clock = false;
  double capacitance = 0;       ///< F
  double rise_capacitance = 0;  ///< F; capacitance when not given
  double fall_capacitance = 0;
  double max_capacitance = 0;           ///< F, 0 when not given
  std::optional<PinFunction> function;  ///< outputs; over input pins, or the state of a flip-flop
  bool is_three_state = false;
  std::vector<TimingArc> timing;
  std::vector<InternalPower> internal_power;
};

/// An edge-triggered flip-flop; functions over the cell's pins (next_state may also use the state).
struct FlipFlop {
  std::string state_name, inverted_name;  ///< such as IQ, IQN
  PinFunction clocked_on;                 ///< the state is loaded when this rises
  PinFunction next_state;
  std::optional<PinFunction> clear;   ///< active: state = 0
  std::optional<PinFunction> preset;  ///< active: state = 1

  /// Index of the only pin that clocked_on depends on, -1 when there are several.
  int clock_pin() const { return clocked_on.pins.size() == 1 ? clocked_on.pins[0] : -1; }
};

enum class CellKind : uint8_t {
  combinational,  ///< every output has a function of the inputs; also constant cells
  flip_flop,
  other  ///< latches, clock gates, three-state, fill: not usable in a MappedNetlist
};

/// Pins of a cell that passes the pulses of a clock while its enable was 1 before them (Liberty:
/// clock_gating_integrated_cell latch_posedge...), as indices into LibertyCell::pins.
struct ClockGatePins {
  int clock = -1, enable = -1, output = -1;
  std::vector<int> low;       ///< test pins, tied to 0
  std::vector<int> internal;  ///< nodes of the latch, which hold the enable
};

struct PowerPin {
  std::string name;
  std::string type;               ///< pg_type, such as primary_power
  std::optional<double> voltage;  ///< V, where a voltage_map gives it
  bool is_ground = false;         ///< a ..._ground, or without pg_type a rail at 0 V
};

struct LibertyCell {
  std::string name;
  size_t file = 0;  ///< index into Library::files
  long line = 0;    ///< of the cell group in the file
  CellKind kind = CellKind::other;
  bool is_test_cell = false;  ///< has a test_cell group (scan)
  bool dont_use = false;      ///< marked so, or an isolation cell, level shifter or pad
  double area = 0;
  std::optional<double> cell_leakage_power;  ///< W
  std::vector<LeakageState> leakage;
  std::vector<PowerPin> power_pins;
  std::optional<double> supply_voltage;  ///< V, of the outputs' related_power_pin, else the first primary_power
  std::vector<LibertyPin> pins;          ///< signal pins in the file's order
  std::vector<int> input_pins, output_pins;
  std::optional<FlipFlop> flip_flop;
  std::optional<ClockGatePins> clock_gate;  ///< of kind other; nothing where the group does not name its pins

  /// Index of the pin, -1 when there is none.
  int pin_index(std::string_view pin_name) const;

  /// True when a group with this related_pg_pin counts: none given, or a rail that supplies the cell (not a ground).
  bool is_counted(const std::string& pg_pin) const;
};

/// Units of a Liberty file in SI: s, F, V, W, and J for internal energy (capacitance x voltage^2).
struct LibertyUnits {
  double time = 1e-9, capacitance = 1e-12, voltage = 1, leakage = 1e-9, energy = 1e-12;
};

struct LibertyFile {
  std::filesystem::path path;
  std::string name;  ///< of the library group
  LibertyUnits units;
};

/// Operating conditions (voltage, temperature, process) for which a library's numbers hold.
struct OperatingConditions {
  double voltage = 0;                 ///< V, of the switching power
  std::optional<double> temperature;  ///< degrees C
  std::optional<double> process;
  std::string source;  ///< what said the voltage, such as "default operating conditions tt_025C_1v80"
};

/// "1.8 V, 25 C, process 1 (nom_voltage)"
std::string to_string(const OperatingConditions& conditions);

/// A cell that cannot be used.
struct LeftOutCell {
  std::string name;
  std::string file;
  long line = 0;       ///< of what is wrong
  std::string reason;  ///< such as "timing without related_pin"
};

class Library {
 public:
  std::string name;  ///< of the library group; of several files "first and 4 more"
  std::vector<LibertyFile> files;
  std::string content_hash;  ///< of all files, and of how this version reads them
  OperatingConditions conditions;
  std::vector<LibertyCell> cells;
  std::vector<LeftOutCell> left_out;
  std::vector<std::string> warnings;  ///< lines for the user: what was assumed, which cells were left out

  /// The cell of this name, or nullptr.
  const LibertyCell* find(std::string_view cell_name) const;
  /// Builds the index used by find; called once by the reader.
  void index_cells();

 private:
  std::unordered_map<std::string_view, size_t> by_name_;
};

/// Reads a Liberty file (text or gzip; one with several library groups is several files). The voltage is that of the
/// default operating conditions, else nom_voltage, else that of the only operating conditions, else the one positive
/// voltage of the voltage_map. Throws InputError(file, line, what) on a syntax error, a unit or voltage that cannot be
/// read, a second cell of a name; InputError(file, what) when the file cannot be read.
std::shared_ptr<const Library> read_liberty(const std::filesystem::path& path);

/// Library of several files as one. Units are those of each file. Throws also when voltages differ, or slew thresholds
/// or slew derating of files with usable cells; other temperatures and processes are a warning.
std::shared_ptr<const Library> read_liberty(const std::vector<std::filesystem::path>& paths);

/// Library from text; `path` is used in messages.
std::shared_ptr<const Library> parse_liberty(std::string text, const std::filesystem::path& path);

}  // namespace tram
