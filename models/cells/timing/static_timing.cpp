#include "models/cells/timing/static_timing.hpp"

#include <algorithm>
#include <limits>

#include "models/cells/timing/wires.hpp"

namespace tram {
namespace {

constexpr double never = -std::numeric_limits<double>::infinity();

struct Source {
  NetId net = no_net;
  bool rising = true;
};

class Analysis {
 public:
  Analysis(const MappedNetlist& netlist, const TimingOptions& options) : netlist_(netlist), options_(options) {
    const size_t nets = netlist.net_count();
    result_.load = net_loads(netlist, options);
    result_.slew.assign(nets, {0, 0});
    result_.arrival.assign(nets, {never, never});
    sources_[0].resize(nets);
    sources_[1].resize(nets);
  }

  NetlistTiming run() {
    for (const MappedPort& port : netlist_.ports()) {
      if (!port.is_input) continue;
      for (const NetId net : port.bits) {
        result_.arrival[net] = {0, 0};
        result_.slew[net] = {options_.input_slew, options_.input_slew};
      }
    }
    for (const uint32_t cell : netlist_.flip_flops()) propagate(cell);
    for (const uint32_t cell : netlist_.combinational_order()) propagate(cell);
    std::stable_sort(result_.arcs.begin(), result_.arcs.end(),
                     [](const ArcDelay& a, const ArcDelay& b) { return a.cell < b.cell; });
    find_critical_path();
    return std::move(result_);
  }

 private:
  void propagate(uint32_t index) {
    const MappedCell& cell = netlist_.cells()[index];
    for (const int output : cell.type->output_pins) {
      const NetId to = cell.pins[static_cast<size_t>(output)];
      if (to == no_net) continue;
      const auto& arcs = cell.type->pins[static_cast<size_t>(output)].timing;
      for (uint32_t i = 0; i < arcs.size(); ++i) {
        const ArcKind kind = arcs[i].kind;
        const bool clocked = kind == ArcKind::rising_edge || kind == ArcKind::falling_edge;
        if (!clocked && kind != ArcKind::combinational) continue;
        const NetId from = cell.pins[static_cast<size_t>(arcs[i].related_pin)];
        const ArcDelay arc{index, static_cast<uint32_t>(output), i, propagate_arc(arcs[i], from, to)};
        result_.arcs.push_back(arc);
      }
    }
  }

  EdgePair propagate_arc(const TimingArc& arc, NetId from, NetId to) {
    EdgePair delay{never, never};
    for (const bool out_rising : {true, false}) {
      for (const bool in_rising : {true, false}) {
        if (!is_cause(arc, in_rising, out_rising)) continue;
        double& worst = out_rising ? delay.rise : delay.fall;
        worst = std::max(worst, propagate_edge(arc, from, in_rising, to, out_rising));
      }
    }
    return {std::max(delay.rise, 0.0), std::max(delay.fall, 0.0)};
  }

  static bool is_cause(const TimingArc& arc, bool in_rising, bool out_rising) {
    if (arc.kind == ArcKind::rising_edge) return in_rising;
    if (arc.kind == ArcKind::falling_edge) return !in_rising;
    if (arc.sense == TimingSense::positive_unate) return in_rising == out_rising;
    if (arc.sense == TimingSense::negative_unate) return in_rising != out_rising;
    return true;
  }

  double propagate_edge(const TimingArc& arc, NetId from, bool in_rising, NetId to, bool out_rising) {
    const NldmTable& delay_table = out_rising ? arc.cell_rise : arc.cell_fall;
    if (delay_table.is_empty()) return never;
    const bool clocked = arc.kind != ArcKind::combinational;
    const double in_slew = edge(result_.slew[from], in_rising);
    const double load = edge(result_.load[to], out_rising);
    const double delay = delay_table.at(in_slew, load);
    const double slew = (out_rising ? arc.rise_transition : arc.fall_transition).at(in_slew, load);
    double& out_slew = edge(result_.slew[to], out_rising);
    out_slew = std::max(out_slew, slew);
    const double start = clocked ? 0 : edge(result_.arrival[from], in_rising);
    double& arrival = edge(result_.arrival[to], out_rising);
    if (start + delay > arrival) {
      arrival = start + delay;
      sources_[out_rising][to] = clocked ? Source{} : Source{from, in_rising};
    }
    return delay;
  }

  void find_critical_path() {
    NetId end = no_net;
    bool end_rising = true;
    const auto consider = [&](NetId net, bool rising, double margin) {
      const double arrival = edge(result_.arrival[net], rising) + margin;
      if (arrival > result_.critical_path) {
        result_.critical_path = arrival;
        end = net;
        end_rising = rising;
      }
    };
    for (const MappedPort& port : netlist_.ports()) {
      if (port.is_input) continue;
      for (const NetId net : port.bits) {
        consider(net, true, 0);
        consider(net, false, 0);
      }
    }
    for (const uint32_t index : netlist_.flip_flops()) {
      const MappedCell& cell = netlist_.cells()[index];
      const int clock = cell.type->flip_flop->clock_pin();
      for (const int pin : cell.type->input_pins) {
        if (pin == clock) continue;
        const NetId net = cell.pins[static_cast<size_t>(pin)];
        const EdgePair margin = setup(cell, pin, net);
        consider(net, true, margin.rise);
        consider(net, false, margin.fall);
      }
    }
    trace(end, end_rising);
  }

  // The largest setup time of a data pin; constraint tables have the clock's transition as their second axis.
  EdgePair setup(const MappedCell& cell, int pin, NetId net) const {
    EdgePair worst{0, 0};
    if (!options_.include_setup) return worst;
    for (const TimingArc& arc : cell.type->pins[static_cast<size_t>(pin)].timing) {
      if (arc.kind != ArcKind::setup) continue;
      worst.rise = std::max(worst.rise, arc.rise_constraint.at(result_.slew[net].rise, options_.input_slew));
      worst.fall = std::max(worst.fall, arc.fall_constraint.at(result_.slew[net].fall, options_.input_slew));
    }
    return worst;
  }

  void trace(NetId net, bool rising) {
    while (net != no_net) {
      result_.path.push_back({net, rising, edge(result_.arrival[net], rising)});
      const Source source = sources_[rising][net];
      net = source.net;
      rising = source.rising;
    }
    std::reverse(result_.path.begin(), result_.path.end());
  }

  static double& edge(EdgePair& pair, bool rising) { return rising ? pair.rise : pair.fall; }
  static double edge(const EdgePair& pair, bool rising) { return rising ? pair.rise : pair.fall; }

  const MappedNetlist& netlist_;
  const TimingOptions& options_;
  NetlistTiming result_;
  std::vector<Source> sources_[2];  // by edge (fall, rise) and net: what set the arrival
};

}  // namespace

std::vector<EdgePair> net_loads(const MappedNetlist& netlist, const TimingOptions& options) {
  std::vector<EdgePair> loads(netlist.net_count());
  for (NetId net = 0; net < netlist.net_count(); ++net) {
    for (const PinReference& pin : netlist.fanout(net)) {
      const LibertyPin& type = netlist.cells()[pin.cell].type->pins[pin.pin];
      loads[net].rise += type.rise_capacitance;
      loads[net].fall += type.fall_capacitance;
    }
  }
  for (const MappedPort& port : netlist.ports()) {
    if (port.is_input) continue;
    const auto found = options.port_loads.find(port.name);
    const double load = found == options.port_loads.end() ? options.output_load : found->second;
    for (const NetId net : port.bits) {
      loads[net].rise += load;
      loads[net].fall += load;
    }
  }
  const std::vector<double> wires = wire_loads(netlist, options);
  for (NetId net = 0; net < loads.size(); ++net) {
    loads[net].rise += wires[net];
    loads[net].fall += wires[net];
  }
  return loads;
}

NetlistTiming static_timing(const MappedNetlist& netlist, const TimingOptions& options) {
  return Analysis(netlist, options).run();
}

}  // namespace tram
