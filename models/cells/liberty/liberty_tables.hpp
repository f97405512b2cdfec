#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/cells/liberty/liberty_syntax.hpp"
#include "models/cells/liberty/nldm_table.hpp"

namespace tram {

/// Reads look-up tables: axes from the group itself or its template, in any order of variables, into NldmTable
/// (first axis the transition of the input or constrained pin, second the load or the related pin's transition).
class LibertyTables {
 public:
  LibertyTables(std::string file, double time_unit, double capacitance_unit)
      : file_(std::move(file)), time_unit_(time_unit), capacitance_unit_(capacitance_unit) {}

  /// Learns an lu_table_template or power_lut_template group. One over other variables than these is no error until a
  /// table that is read names it.
  void add_template(const LibertyGroup& group);

  /// The table of a group such as cell_rise (template) { ... }; values are multiplied by `unit`.
  NldmTable read(const LibertyGroup& group, double unit) const;

 private:
  enum class Quantity { transition, load };
  struct Axis {
    Quantity quantity = Quantity::transition;
    bool is_first = true;  // first axis of NldmTable
    std::vector<double> index;
  };

  struct Template {
    std::vector<Axis> axes;
    std::string fault;  // why it cannot be used
  };

  Axis axis_of(const LibertyAttribute& variable) const;
  std::vector<Axis> template_axes(const LibertyGroup& group) const;
  void read_index(const LibertyGroup& group, std::string_view attribute, std::vector<double>& index) const;
  std::vector<Axis> axes_of(const LibertyGroup& group) const;
  std::vector<double> values_of(const LibertyGroup& group, double unit) const;

  std::string file_;
  double time_unit_, capacitance_unit_;
  std::map<std::string, Template, std::less<>> templates_;
};

}  // namespace tram
