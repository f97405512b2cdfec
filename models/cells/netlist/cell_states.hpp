#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/cells/netlist/activity.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"

namespace tram {

/// The states of a cell: bit i of a state is the value of type.input_pins[i]; a flip-flop's state is the bit above.
/// Quantities that depend on the state (leakage, energy of an input pin) become a vector with one value a state.

/// Number of bits of the state: inputs, and one for a flip-flop. Throws InputError when above 16.
size_t state_bits(const LibertyCell& type);

/// A quantity given by groups with and without `when`, each of one rail or of the whole cell (""), as one value a
/// state: the sum over the rails. Outputs in `when` are replaced by their functions.
class StateValues {
 public:
  /// Keeps a reference to the type.
  explicit StateValues(const LibertyCell& type) : type_(type) {}
  void add(const std::string& rail, const std::optional<PinFunction>& when, double value);
  bool is_empty() const { return rails_.empty(); }

  /// The value in each state: for each rail the sum of its groups that hold there, or its group without `when` where no
  /// other holds; `otherwise` in states for which no rail has a group.
  std::vector<double> with_default(double otherwise = 0) const;
  /// The sum of the groups that hold, those without `when` added everywhere.
  std::vector<double> sum() const;

 private:
  struct Rail {
    std::vector<double> values;
    std::vector<bool> is_covered;
    std::optional<double> otherwise;  // of the group without `when`
  };
  const LibertyCell& type_;
  std::map<std::string, Rail> rails_;
};

/// Leakage in every state, W, at least 0: the sum over the rails that supply the cell. States for which no rail has a
/// group take the whole cell's group without `when`, else cell_leakage_power.
std::vector<double> leakage_by_state(const LibertyCell& type);

/// Probability of every state of cells.at(cell), inputs independent. For a flip-flop, the state and next_state just
/// before a clock edge differ with the toggle rate of its output: with n = P(next = 1), q = P(state = 1) and toggle
/// rate t, P(next, state both 1) = (n + q - t) / 2, and so on; inputs are independent given next_state.
std::vector<double> state_probabilities(const MappedNetlist& netlist, uint32_t cell, const Activity& activity);

/// Mean leakage of a combinational cell in W with every pin in `when`, also outputs, taken as independent, and the
/// remaining probability of each rail at cell_leakage_power (PowerConvention::opensta).
double independent_leakage(const MappedNetlist& netlist, uint32_t cell, const Activity& activity);

/// P(net = 1): 0 or 1 for constants, one half for clocks, else the activity's duty.
double net_duty(const MappedNetlist& netlist, NetId net, const Activity& activity);

/// Sum of products.
double expectation(std::span<const double> probabilities, std::span<const double> values);

}  // namespace tram
