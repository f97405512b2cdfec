#include "models/cells/netlist/mapped_netlist.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "models/support/error.hpp"

namespace tram {

MappedNetlist::MappedNetlist(std::shared_ptr<const Library> library, std::string name,
                             std::vector<std::string> net_names, std::vector<MappedCell> cells,
                             std::vector<MappedPort> ports, const std::string& where)
    : library_(std::move(library)), name_(std::move(name)), net_names_(std::move(net_names)), cells_(std::move(cells)),
      ports_(std::move(ports)) {
  check_cells(where);
  connect_fanouts(connect_drivers(where), where);
  order_cells(where);
}

const MappedPort* MappedNetlist::find_port(std::string_view port_name) const {
  for (const MappedPort& port : ports_) {
    if (port.name == port_name) return &port;
  }
  return nullptr;
}

void MappedNetlist::check_cells(const std::string& where) const {
  for (const MappedCell& cell : cells_) {
    if (cell.type->kind == CellKind::other) {
      throw InputError(where, fmt::format("cell '{}' is a {}, neither a combinational cell nor a flip-flop", cell.name,
                                          cell.type->name));
    }
    for (const int pin : cell.type->input_pins) {
      if (cell.pins[static_cast<size_t>(pin)] == no_net) {
        throw InputError(where, fmt::format("input {} of cell '{}' is not connected",
                                            cell.type->pins[static_cast<size_t>(pin)].name, cell.name));
      }
    }
  }
}

std::vector<bool> MappedNetlist::connect_drivers(const std::string& where) {
  drivers_.assign(net_count(), {});
  is_input_port_.assign(net_count(), false);
  std::vector<bool> is_driven(net_count(), false);
  const auto drive = [&](NetId net) {
    if (net <= constant_one || is_driven[net]) {
      throw InputError(where, fmt::format("net '{}' has two drivers; one is expected", net_names_[net]));
    }
    is_driven[net] = true;
  };
  for (const MappedPort& port : ports_) {
    if (!port.is_input) continue;
    for (const NetId net : port.bits) {
      drive(net);
      is_input_port_[net] = true;
    }
  }
  for (uint32_t i = 0; i < cells_.size(); ++i) {
    for (const int pin : cells_[i].type->output_pins) {
      const NetId net = cells_[i].pins[static_cast<size_t>(pin)];
      if (net == no_net) continue;
      drive(net);
      drivers_[net] = {i, static_cast<uint32_t>(pin)};
    }
  }
  is_driven[constant_zero] = is_driven[constant_one] = true;
  return is_driven;
}

void MappedNetlist::connect_fanouts(const std::vector<bool>& is_driven, const std::string& where) {
  std::vector<size_t> counts(net_count() + 1, 0);
  for (const MappedCell& cell : cells_) {
    for (const int pin : cell.type->input_pins) ++counts[cell.pins[static_cast<size_t>(pin)] + 1];
  }
  for (size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
  fanout_begin_ = counts;
  fanouts_.resize(counts.back());
  const auto require = [&](NetId net) {
    if (!is_driven[net]) throw InputError(where, fmt::format("net '{}' is used but not driven", net_names_[net]));
  };
  for (uint32_t i = 0; i < cells_.size(); ++i) {
    for (const int pin : cells_[i].type->input_pins) {
      const NetId net = cells_[i].pins[static_cast<size_t>(pin)];
      require(net);
      fanouts_[counts[net]++] = {i, static_cast<uint32_t>(pin)};
    }
  }
  for (const MappedPort& port : ports_) {
    if (!port.is_input) std::for_each(port.bits.begin(), port.bits.end(), require);
  }
}

void MappedNetlist::order_cells(const std::string& where) {
  std::vector<uint32_t> missing(cells_.size(), 0);
  std::vector<NetId> ready;
  for (uint32_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].type->kind == CellKind::flip_flop) {
      flip_flops_.push_back(i);
      const int clock = cells_[i].type->flip_flop->clock_pin();
      if (clock >= 0) clock_nets_.push_back(cells_[i].pins[static_cast<size_t>(clock)]);
      continue;
    }
    for (const int pin : cells_[i].type->input_pins) {
      const uint32_t source = drivers_[cells_[i].pins[static_cast<size_t>(pin)]].cell;
      missing[i] += source != no_cell && cells_[source].type->kind == CellKind::combinational;
    }
    if (missing[i] == 0) order_.push_back(i);
  }
  for (size_t next = 0; next < order_.size(); ++next) {
    const MappedCell& cell = cells_[order_[next]];
    for (const int pin : cell.type->output_pins) {
      const NetId net = cell.pins[static_cast<size_t>(pin)];
      if (net == no_net) continue;
      for (const PinReference& load : fanout(net)) {
        if (cells_[load.cell].type->kind == CellKind::combinational && --missing[load.cell] == 0) {
          order_.push_back(load.cell);
        }
      }
    }
  }
  if (order_.size() + flip_flops_.size() != cells_.size()) {
    const auto stuck = std::find_if(missing.begin(), missing.end(), [](uint32_t count) { return count > 0; });
    throw InputError(where, fmt::format("combinational loop through or before cell '{}'",
                                        cells_[static_cast<size_t>(stuck - missing.begin())].name));
  }
  std::sort(clock_nets_.begin(), clock_nets_.end());
  clock_nets_.erase(std::unique(clock_nets_.begin(), clock_nets_.end()), clock_nets_.end());
}

double MappedNetlist::area() const {
  double sum = 0;
  for (const MappedCell& cell : cells_) sum += cell.type->area;
  return sum;
}

double MappedNetlist::area(std::string_view part) const {
  double sum = 0;
  for (const MappedCell& cell : cells_) {
    if (cell.part == part) sum += cell.type->area;
  }
  return sum;
}

std::string connections_text(const MappedNetlist& netlist) {
  std::string text;
  for (const MappedPort& port : netlist.ports())
    text += fmt::format("{} {} {}\n", port.name, port.is_input, fmt::join(port.bits, " "));
  for (const MappedCell& cell : netlist.cells())
    text += fmt::format("{} {}\n", cell.type->name, fmt::join(cell.pins, " "));
  return text;
}

}  // namespace tram
