#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/cells/liberty/liberty.hpp"

namespace tram {

using NetId = uint32_t;
inline constexpr NetId constant_zero = 0;     ///< net 0 of every netlist
inline constexpr NetId constant_one = 1;      ///< net 1 of every netlist
inline constexpr NetId no_net = 0xffff'ffff;  ///< a pin that is not connected
inline constexpr uint32_t no_cell = 0xffff'ffff;

struct MappedCell {
  std::string name;  ///< hierarchical instance name, "multiplier.U12"
  std::string part;  ///< instance at the top level that holds the cell, "" for cells of the top itself
  const LibertyCell* type = nullptr;
  std::vector<NetId> pins;  ///< net of type->pins[i], or no_net
};

struct MappedPort {
  std::string name;
  bool is_input = true;
  std::vector<NetId> bits;     ///< bit 0 first
  std::string attribute = {};  ///< the text of its attribute `tram`, where a source has one
};

struct PinReference {
  uint32_t cell = no_cell;
  uint32_t pin = 0;  ///< index into LibertyCell::pins
  bool operator==(const PinReference&) const = default;
};

/// A flat netlist of library cells, checked when built: every net has at most one driver, every input pin of a cell
/// and every output port is driven (by a cell, an input port or a constant), no combinational loops, only
/// combinational cells and flip-flops. Violations throw InputError(where, what).
class MappedNetlist {
 public:
  /// net_names[0], [1] are the constants. `where` names the source in messages.
  MappedNetlist(std::shared_ptr<const Library> library, std::string name, std::vector<std::string> net_names,
                std::vector<MappedCell> cells, std::vector<MappedPort> ports, const std::string& where);

  const Library& library() const { return *library_; }
  std::shared_ptr<const Library> shared_library() const { return library_; }
  const std::string& name() const { return name_; }
  size_t net_count() const { return net_names_.size(); }
  const std::string& net_name(NetId net) const { return net_names_[net]; }
  const std::vector<MappedCell>& cells() const { return cells_; }
  const std::vector<MappedPort>& ports() const { return ports_; }
  /// The port of this name, or nullptr.
  const MappedPort* find_port(std::string_view port_name) const;

  /// Combinational cells such that every cell comes after those that drive its inputs.
  const std::vector<uint32_t>& combinational_order() const { return order_; }
  const std::vector<uint32_t>& flip_flops() const { return flip_flops_; }

  /// The output pin that drives the net; cell == no_cell for constants and input ports.
  PinReference driver(NetId net) const { return drivers_[net]; }
  /// Input pins of cells on the net.
  std::span<const PinReference> fanout(NetId net) const {
    return {fanouts_.data() + fanout_begin_[net], fanout_begin_[net + 1] - fanout_begin_[net]};
  }
  bool is_input_port(NetId net) const { return is_input_port_[net]; }
  /// Nets that clock flip-flops.
  const std::vector<NetId>& clock_nets() const { return clock_nets_; }

  /// Sum of cell areas, in the library's unit; of one part when given.
  double area() const;
  double area(std::string_view part) const;

 private:
  void check_cells(const std::string& where) const;
  std::vector<bool> connect_drivers(const std::string& where);  // returns which nets have one
  void connect_fanouts(const std::vector<bool>& is_driven, const std::string& where);
  void order_cells(const std::string& where);

  std::shared_ptr<const Library> library_;
  std::string name_;
  std::vector<std::string> net_names_;
  std::vector<MappedCell> cells_;
  std::vector<MappedPort> ports_;
  std::vector<uint32_t> order_, flip_flops_;
  std::vector<PinReference> drivers_, fanouts_;
  std::vector<size_t> fanout_begin_;
  std::vector<bool> is_input_port_;
  std::vector<NetId> clock_nets_;
};

/// Ports and cells with their nets by number, without names of cells and nets: with the library, the circuit.
std::string connections_text(const MappedNetlist& netlist);

/// Reads what Yosys' `write_json` writes, hierarchy kept or flat, all leaf cells from the library. The hierarchy is
/// flattened; nets are named by their path; undefined bits (x) are 0. An empty `top` is the module marked as top.
/// Throws InputError(where, what).
MappedNetlist netlist_from_json(const std::string& json, const std::string& top, std::shared_ptr<const Library> library,
                                const std::string& where);

}  // namespace tram
