#include "rtl/pe_contract.hpp"

#include <array>
#include <iterator>
#include <optional>
#include <sstream>

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr std::array<const char*, 3> operand_names{"weight", "activation", "sum"};
constexpr std::array<const char*, 3> motion_names{"held", "streams", "accumulates"};
constexpr std::array<const char*, 2> direction_names{"south", "east"};

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
  explicit Reader(const MappedNetlist& pe) : pe_(pe) {
    for (size_t i = 0; i < operand_names.size(); ++i)
      contract_.operands.push_back({.operand = static_cast<Operand>(i), .motion = {}, .direction = {}});
  }

  PeContract read() {
    for (const MappedPort& port : pe_.ports()) add(port);
    if (contract_.clock == no_net) fail("no input has the attribute tram = \"clock\"; one is expected");
    for (const OperandPorts& ports : contract_.operands) check(ports);
    return std::move(contract_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw InputError("PE " + pe_.name(), what); }

  void add(const MappedPort& port) {
    if (port.attribute == "clock") return add_control(port, contract_.clock);
    if (port.attribute == "load") return add_control(port, contract_.load);
    std::istringstream text(port.attribute);
    const std::vector<std::string> words{std::istream_iterator<std::string>(text), {}};
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

  [[noreturn]] void refuse_second(const std::string& first, const MappedPort& port) const {
    fail(fmt::format("ports '{}' and '{}' both have the attribute tram = \"{}\"; one of them is expected", first,
                     port.name, port.attribute));
  }

  [[noreturn]] void refuse(const MappedPort& port) const {
    fail(fmt::format("port '{}' has the attribute tram = \"{}\"; {} is expected", port.name, port.attribute,
                     port.is_input
                         ? "clock or load (of one bit), or OPERAND MOTION DIRECTION of weight, activation, sum; "
                           "held, streams, accumulates; south, east"
                         : "weight, activation or sum"));
  }

  void check(const OperandPorts& ports) const {
    const char* const name = to_string(ports.operand);
    if (ports.input.name.empty() || ports.output.name.empty())
      fail(fmt::format("no {} has the attribute of the {}; one is expected",
                       ports.input.name.empty() ? "input" : "output", name));
    if (ports.input.bits.size() != ports.output.bits.size())
      fail(fmt::format("the {} enters at {} bits and leaves at {}; the same width is expected", name,
                       ports.input.bits.size(), ports.output.bits.size()));
    if (ports.motion == Motion::held && contract_.load == no_net)
      fail(fmt::format("the {} is held and no input has the attribute tram = \"load\"; one is expected", name));
  }

  const MappedNetlist& pe_;
  PeContract contract_;
};

}  // namespace

std::vector<NetId> PeContract::inputs(std::initializer_list<Operand> which) const {
  return joined(*this, which, &OperandPorts::input);
}

std::vector<NetId> PeContract::outputs(std::initializer_list<Operand> which) const {
  return joined(*this, which, &OperandPorts::output);
}

const char* to_string(Operand operand) { return operand_names[static_cast<size_t>(operand)]; }

PeContract pe_contract(const MappedNetlist& pe) { return Reader(pe).read(); }

}  // namespace tram
