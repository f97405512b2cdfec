#include "rtl/pe_contract.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <sstream>

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr std::array<const char*, 5> operand_names{"weight", "activation", "sum", "flag", "swap"};
constexpr std::array<const char*, 3> motion_names{"held", "streams", "accumulates"};
constexpr std::array<const char*, 2> direction_names{"south", "east"};
constexpr std::array<const char*, 2> passage_names{"enters", "leaves"};

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

template <size_t size>
std::optional<size_t> index_of(const std::array<const char*, size>& names, const std::string& word) {
  for (size_t i = 0; i < size; ++i)
    if (names[i] == word) return i;
  return {};
}

std::vector<NetId> joined(const PeContract& contract, std::initializer_list<Operand> which,
                          MappedPort OperandPorts::*port) {
  std::vector<NetId> nets;
  for (const Operand operand : which) {
    const std::vector<NetId>& bits = (contract[operand].*port).bits;
    nets.insert(nets.end(), bits.begin(), bits.end());
  }
  return nets;
}

class Reader {
 public:
  Reader(const MappedNetlist& pe, const std::map<std::string, std::string>& roles) : pe_(pe), roles_(roles) {
    for (size_t i = 0; i < operand_names.size(); ++i)
      contract_.operands.push_back({.operand = static_cast<Operand>(i), .motion = {}, .direction = {}});
  }

  PeContract read() {
    for (MappedPort port : pe_.ports()) {
      if (const auto role = roles_.find(port.name); role != roles_.end()) port.attribute = role->second;
      add(port);
    }
    for (const auto& [name, role] : roles_)
      if (pe_.find_port(name) == nullptr)
        fail(fmt::format("has no port '{}', whose role is said to be '{}'; one of its ports is expected", name, role));
    const auto main_clock = std::ranges::find(contract_.clocks, PeClock::Gate::none, &PeClock::gate);
    if (main_clock == contract_.clocks.end()) fail("no input has the attribute tram = \"clock\"; one is expected");
    std::rotate(contract_.clocks.begin(), main_clock, main_clock + 1);
    contract_.clock = contract_.clocks[0].net;
    while (contract_.operands.size() > required && is_absent(contract_.operands.back())) contract_.operands.pop_back();
    for (const OperandPorts& ports : contract_.operands) check(ports);
    for (const PeClock& clock : contract_.clocks) check(clock);
    return std::move(contract_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw InputError("PE " + pe_.name(), what); }

  static bool is_absent(const OperandPorts& ports) { return ports.input.name.empty() && ports.output.name.empty(); }

  void add(const MappedPort& port) {
    const std::vector<std::string> words = words_of(port.attribute);
    if (!words.empty() && words[0] == "clock") return add_clock(port, words);
    if (port.attribute == "load") return add_control(port, contract_.load);
    if (port.attribute == "factor" && !port.is_input) return add_factor(port);
    const std::optional<size_t> operand = words.empty() ? std::nullopt : index_of(operand_names, words[0]);
    if (!operand || words.size() != (port.is_input ? 3 : 1)) refuse(port);
    OperandPorts& ports = contract_.operands[*operand];
    MappedPort& place = port.is_input ? ports.input : ports.output;
    if (!place.name.empty()) refuse_second(place.name, port);
    place = port;
    if (!port.is_input) return;
    const std::optional<size_t> motion = index_of(motion_names, words[1]), way = index_of(direction_names, words[2]);
    if (!motion || !way) refuse(port);
    ports.motion = static_cast<Motion>(*motion);
    ports.direction = static_cast<Direction>(*way);
  }

  void add_control(const MappedPort& port, NetId& net) {
    if (!port.is_input || port.bits.size() != 1) refuse(port);
    if (net != no_net) refuse_second(pe_.net_name(net), port);
    net = port.bits[0];
  }

  void add_clock(const MappedPort& port, const std::vector<std::string>& words) {
    PeClock clock;
    if (words.size() == 2 && words[1] == "load") {
      clock.gate = PeClock::Gate::load;
    } else if (words.size() == 3) {
      const std::optional<size_t> bit = index_of(operand_names, words[1]), passage = index_of(passage_names, words[2]);
      if (!bit || *bit < required || !passage) refuse(port);
      clock = {no_net, PeClock::Gate::operand, static_cast<Operand>(*bit), *passage == 0};
    } else if (words.size() != 1) {
      refuse(port);
    }
    if (!port.is_input || port.bits.size() != 1) refuse(port);
    for (const PeClock& other : contract_.clocks)
      if (other.gate == clock.gate && other.operand == clock.operand && other.enters == clock.enters)
        refuse_second(pe_.net_name(other.net), port);
    clock.net = port.bits[0];
    contract_.clocks.push_back(clock);
  }

  void add_factor(const MappedPort& port) {
    if (!contract_.factor.name.empty()) refuse_second(contract_.factor.name, port);
    contract_.factor = port;
  }

  [[noreturn]] void refuse_second(const std::string& first, const MappedPort& port) const {
    fail(fmt::format("ports '{}' and '{}' both have the attribute tram = \"{}\"; one of them is expected", first,
                     port.name, port.attribute));
  }

  [[noreturn]] void refuse(const MappedPort& port) const {
    fail(fmt::format("port '{}' has the attribute tram = \"{}\"; {} is expected", port.name, port.attribute,
                     port.is_input
                         ? "clock, load, clock load or clock flag enters (of one bit), or OPERAND MOTION DIRECTION of "
                           "weight, activation, sum, flag, swap; held, streams, accumulates; south, east"
                         : "weight, activation, sum, flag, swap or factor"));
  }

  void check(const OperandPorts& ports) const {
    const char* const name = to_string(ports.operand);
    if (ports.input.name.empty() || ports.output.name.empty())
      fail(fmt::format("no {} has the attribute of the {}; one is expected",
                       ports.input.name.empty() ? "input" : "output", name));
    if (ports.input.bits.size() != ports.output.bits.size())
      fail(fmt::format("the {} enters at {} bits and leaves at {}; the same width is expected", name,
                       ports.input.bits.size(), ports.output.bits.size()));
    if (ports.operand >= Operand::flag && ports.input.bits.size() != 1)
      fail(fmt::format("the {} has {} bits; one is expected", name, ports.input.bits.size()));
    const bool has_load = contract_.load != no_net || has_clock(PeClock::Gate::load);
    if (ports.motion == Motion::held && !has_load)
      fail(fmt::format("the {} is held and no input has the attribute tram = \"load\"; one is expected", name));
  }

  void check(const PeClock& clock) const {
    if (clock.gate == PeClock::Gate::operand && !contract_.has(clock.operand))
      fail(fmt::format("clock '{}' is enabled by the {}, which no port has; one is expected", pe_.net_name(clock.net),
                       to_string(clock.operand)));
  }

  bool has_clock(PeClock::Gate gate) const {
    return std::ranges::find(contract_.clocks, gate, &PeClock::gate) != contract_.clocks.end();
  }

  static constexpr size_t required = static_cast<size_t>(Operand::flag);  // the operands before it

  const MappedNetlist& pe_;
  const std::map<std::string, std::string>& roles_;
  PeContract contract_;
};

}  // namespace

size_t PeContract::first_plane(Operand operand) const {
  size_t plane = 0;
  for (const OperandPorts& other : operands)
    if (other.operand < operand && other.direction == (*this)[operand].direction) plane += other.input.bits.size();
  return plane;
}

std::vector<NetId> PeContract::weight_factor() const {
  return factor.bits.empty() ? outputs({Operand::weight}) : factor.bits;
}

std::vector<NetId> PeContract::factors() const {
  std::vector<NetId> nets = weight_factor();
  const std::vector<NetId> activation = outputs({Operand::activation});
  nets.insert(nets.end(), activation.begin(), activation.end());
  return nets;
}

std::vector<NetId> PeContract::inputs(std::initializer_list<Operand> which) const {
  return joined(*this, which, &OperandPorts::input);
}

std::vector<NetId> PeContract::outputs(std::initializer_list<Operand> which) const {
  return joined(*this, which, &OperandPorts::output);
}

std::string roles_text(Motion motion, Direction direction) {
  return fmt::format("{} {}", motion_names[static_cast<size_t>(motion)],
                     direction_names[static_cast<size_t>(direction)]);
}

const char* to_string(Operand operand) { return operand_names[static_cast<size_t>(operand)]; }

PeContract pe_contract(const MappedNetlist& pe, const std::map<std::string, std::string>& roles) {
  return Reader(pe, roles).read();
}

}  // namespace tram
