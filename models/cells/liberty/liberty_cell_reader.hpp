#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "models/cells/liberty/liberty.hpp"
#include "models/cells/liberty/liberty_header.hpp"
#include "models/cells/liberty/liberty_syntax.hpp"
#include "models/cells/liberty/liberty_tables.hpp"

namespace tram {

/// Reads one cell group into a LibertyCell. Pins come first, then what refers to them.
class LibertyCellReader {
 public:
  /// Reader that keeps references to all three arguments.
  LibertyCellReader(const LibertyHeader& header, const LibertyTables& tables, const LibertyGroup& library_group)
      : header_(header), tables_(tables), library_group_(library_group) {}

  /// Throws InputError(file, line, what) for a number, pin, function or table that cannot be read, and for a cell whose
  /// delays or input capacitances are not given. What a latch, a macro or another cell of kind other lacks is no error.
  LibertyCell read(const LibertyGroup& group);

 private:
  std::string where(long line) const;
  std::string_view text(const LibertyAttribute& attribute) const;
  std::optional<double> number(const LibertyGroup& group, std::string_view attribute, double unit) const;
  double default_number(std::string_view attribute, double unit) const;

  void read_name(const LibertyGroup& group);
  void read_pins(const LibertyGroup& group);
  void add_power_pin(const LibertyGroup& group);
  void read_supply(const LibertyGroup& group);
  void add_pin(const LibertyGroup& group, std::string_view name);
  void read_flip_flop(const LibertyGroup& group);
  void classify(const LibertyGroup& group);
  void read_clock_gate(const LibertyGroup& group);
  void read_leakage(const LibertyGroup& group);
  void read_functions(const LibertyGroup& group);
  void read_pin_models(const LibertyGroup& group);

  int pin(std::string_view name, long line) const;
  std::vector<int> pins(const LibertyAttribute& attribute) const;
  PinFunction function(const LibertyAttribute& attribute) const;
  std::optional<PinFunction> optional_function(const LibertyGroup& group, std::string_view attribute) const;
  std::vector<TimingArc> timing_arcs(const LibertyGroup& group) const;
  InternalPower internal_power(const LibertyGroup& group);
  std::string pg_pin(const LibertyGroup& group);
  void check_delays() const;

  const LibertyHeader& header_;
  const LibertyTables& tables_;
  const LibertyGroup& library_group_;
  const std::string& file_ = header_.file;
  const LibertyGroup* without_capacitance_ = nullptr;  // an input pin
  LibertyCell cell_;
};

}  // namespace tram
