#include "models/multiplier/blif_ports.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <regex>

#include "models/support/error.hpp"

namespace tram {
namespace {

struct IndexedName {
  std::string bus;
  int index = 0;
};

IndexedName split(const std::string& name) {
  static const std::regex indexed(
      R"((.+)\[(\d{1,3})\]|(.+)<(\d{1,3})>|(.+)\((\d{1,3})\)|(.*[^\d_])_?(\d{1,3})_?|(.+)_(\d{1,3})_?)");
  std::smatch match;
  if (name.size() > 200 || !std::regex_match(name, match, indexed)) return {name};
  for (size_t i = 1; i < match.size(); i += 2)
    if (match[i].matched) return {match[i], std::stoi(match[i + 1])};
  return {name};
}

/// A bus whose bits are known by their indices.
struct IndexedBus {
  std::string name;
  bool is_declared = false;                       ///< its bits are in their order
  std::vector<std::pair<int, std::string>> bits;  ///< index, name
};

/// One list of ports, .inputs or .outputs.
class PortList {
 public:
  PortList(const std::vector<std::string>& names, const std::vector<DeclaredPort>& declared, std::string file,
           long line)
      : file_(std::move(file)), line_(line) {
    size_t next = 0;
    for (const DeclaredPort& port : declared) {
      if (port.bits > 1) add_declared(port, names, next);
      else add(names.at(next));
      next += static_cast<size_t>(port.bits);
    }
    for (; next < names.size(); ++next) add(names[next]);
    for (IndexedBus& bus : buses_) sort(bus);
  }

  /// The buses in the order of their first bits, of which there must be so many.
  const std::vector<IndexedBus>& buses(size_t count, const std::string& what) const {
    std::vector<std::string> found;
    for (const IndexedBus& bus : buses_) found.push_back(bus.name);
    if (found.size() > 8) found.resize(8);
    if (buses_.size() != count)
      throw InputError(
          file_, line_,
          fmt::format("{} {} ({}{}); {}", buses_.size(), what, fmt::join(found, ", "), buses_.size() > 8 ? ", ..." : "",
                      count == 2 ? "two operands are expected" : "one, the product, is expected"));
    return buses_;
  }

  void check_start(const IndexedBus& bus, int start) const {
    if (!bus.is_declared && bus.bits[0].first != start)
      throw InputError(file_, line_,
                       fmt::format("bus '{}' starts at bit {}; bits 0 to n-1, or 1 to n in all three buses, "
                                   "are expected",
                                   bus.name, bus.bits[0].first));
  }

 private:
  void add_declared(const DeclaredPort& port, const std::vector<std::string>& names, size_t first) {
    IndexedBus bus{port.name, true, {}};
    for (int i = 0; i < port.bits; ++i) bus.bits.emplace_back(i, names.at(first + static_cast<size_t>(i)));
    buses_.push_back(std::move(bus));
  }

  void add(const std::string& name) {
    const IndexedName indexed = split(name);
    const auto [at, is_new] = position_.emplace(indexed.bus, buses_.size());
    if (is_new) buses_.push_back({indexed.bus, false, {}});
    buses_[at->second].bits.emplace_back(indexed.index, name);
  }

  void sort(IndexedBus& bus) const {
    std::sort(bus.bits.begin(), bus.bits.end());
    for (size_t i = 1; i < bus.bits.size(); ++i) {
      if (bus.bits[i].first == bus.bits[i - 1].first)
        throw InputError(file_, line_,
                         fmt::format("port '{}' stands there twice; once is expected", bus.bits[i].second));
      if (bus.bits[i].first != bus.bits[i - 1].first + 1)
        throw InputError(file_, line_, fmt::format("bus '{}' has gaps; bits 0 to n-1 are expected", bus.name));
    }
  }

  std::string file_;
  long line_;
  std::vector<IndexedBus> buses_;
  std::map<std::string, size_t> position_;  ///< in buses_
};

BlifBus named(const IndexedBus& bus) {
  BlifBus result{bus.name, {}};
  for (const auto& [index, name] : bus.bits) result.bits.push_back(name);
  return result;
}

}  // namespace

BlifPorts find_ports(const BlifModel& model, const std::optional<DeclaredPorts>& declared, const std::string& file) {
  const DeclaredPorts ports = declared.value_or(DeclaredPorts{});
  const PortList inputs(model.inputs, ports.inputs, file, model.inputs_line);
  const std::vector<IndexedBus>& operands = inputs.buses(2, "input buses");
  const PortList outputs(model.outputs, ports.outputs, file, model.outputs_line);
  const std::vector<IndexedBus>& products = outputs.buses(1, "output buses");
  const auto starts_at_one = [](const IndexedBus& bus) { return bus.bits[0].first == 1; };
  const bool from_one = std::ranges::all_of(operands, starts_at_one) && starts_at_one(products[0]);
  for (const IndexedBus& bus : operands) inputs.check_start(bus, from_one ? 1 : 0);
  outputs.check_start(products[0], from_one ? 1 : 0);
  return {named(operands[0]), named(operands[1]), named(products[0])};
}

}  // namespace tram
