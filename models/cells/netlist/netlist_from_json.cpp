#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

using nlohmann::json;

constexpr int max_depth = 64;

/// Nets by number; two may turn out to be one (a constant or feed-through behind a port).
class NetTable {
 public:
  NetId add(const std::string& name) {
    names_.push_back(name);
    same_as_.push_back(static_cast<NetId>(same_as_.size()));
    return same_as_.back();
  }

  NetId find(NetId net) {
    while (same_as_[net] != net) net = same_as_[net] = same_as_[same_as_[net]];
    return net;
  }

  // The lower number remains, so constants do. False when both are constants and differ.
  bool unite(NetId a, NetId b) {
    a = find(a);
    b = find(b);
    if (a > b) std::swap(a, b);
    if (a != b && b <= constant_one) return false;
    same_as_[b] = a;
    return true;
  }

  // Numbers the nets that remain without gaps; returns their names and fills `number` by old net.
  std::vector<std::string> compact(std::vector<NetId>& number) {
    std::vector<std::string> names;
    number.assign(names_.size(), no_net);
    for (NetId net = 0; net < names_.size(); ++net) {
      if (find(net) != net) continue;
      number[net] = static_cast<NetId>(names.size());
      names.push_back(std::move(names_[net]));
    }
    for (NetId net = 0; net < number.size(); ++net) number[net] = number[find(net)];
    return names;
  }

 private:
  std::vector<std::string> names_;
  std::vector<NetId> same_as_;
};

/// Copies the cells of a module and of the modules below it into flat lists. Each module's bits (numbers of its own)
/// are mapped to nets of the whole; bits of ports are those of the parent.
class Flattener {
 public:
  Flattener(const json& modules, const Library& library, const std::string& where)
      : modules_(modules), library_(library), where_(where) {
    nets_.add("1'b0");
    nets_.add("1'b1");
  }

  void flatten_top(const std::string& top) {
    const json& module = modules_.at(top);
    Bits bits;
    for (const auto& [name, port] : module.at("ports").items()) {
      MappedPort flat{name, port.at("direction") == "input", {}, attribute_of(module, name)};
      if (port.at("direction") == "inout") fail(fmt::format("port '{}' is inout; input or output is expected", name));
      size_t index = 0;
      for (const json& bit : port.at("bits")) flat.bits.push_back(net(bit, bits, bit_name(name, port, index++)));
      ports.push_back(std::move(flat));
    }
    flatten(module, "", "", bits, 0);
  }

  // Resolves aliases in cells and ports; returns the names of the nets.
  std::vector<std::string> finish() {
    std::vector<NetId> number;
    std::vector<std::string> names = nets_.compact(number);
    for (MappedCell& cell : cells) {
      for (NetId& net : cell.pins) net = net == no_net ? no_net : number[net];
    }
    for (MappedPort& port : ports) {
      for (NetId& net : port.bits) net = number[net];
    }
    return names;
  }

  std::vector<MappedCell> cells;
  std::vector<MappedPort> ports;

 private:
  using Bits = std::unordered_map<int64_t, NetId>;

  [[noreturn]] void fail(const std::string& what) const { throw InputError(where_, what); }

  static std::string attribute_of(const json& module, const std::string& port) {
    const auto& names = module.at("netnames");
    if (!names.contains(port)) return {};
    const json attributes = names.at(port).value("attributes", json::object());
    return attributes.value("tram", std::string());
  }

  static std::string bit_name(const std::string& name, const json& vector, size_t index) {
    return vector.at("bits").size() == 1 ? name : fmt::format("{}[{}]", name, index);
  }

  NetId net(const json& bit, Bits& bits, const std::string& name) {
    if (bit.is_string()) return bit == "1" ? constant_one : constant_zero;  // x is taken as 0
    const auto [place, is_new] = bits.emplace(bit.get<int64_t>(), no_net);
    if (is_new) place->second = nets_.add(name);
    return place->second;
  }

  // Names the nets of a module by their shortest name in it.
  void name_nets(const json& module, const std::string& path, Bits& bits) {
    for (const int hidden : {0, 1}) {
      for (const auto& [name, vector] : module.at("netnames").items()) {
        if (vector.value("hide_name", 0) != hidden) continue;
        size_t index = 0;
        for (const json& bit : vector.at("bits")) net(bit, bits, path + bit_name(name, vector, index++));
      }
    }
  }

  void flatten(const json& module, const std::string& path, const std::string& part, Bits& bits, int depth) {
    if (depth > max_depth) fail("modules nested too deeply");
    name_nets(module, path, bits);
    for (const auto& [name, cell] : module.at("cells").items()) {
      const std::string type = cell.at("type");
      const bool is_module = modules_.contains(type) && library_.find(type) == nullptr;
      if (is_module) {
        flatten_instance(cell, modules_.at(type), path + name, part.empty() ? name : part, bits, depth);
      } else {
        add_cell(cell, type, path + name, part, bits);
      }
    }
  }

  void flatten_instance(const json& cell, const json& module, const std::string& path, const std::string& part,
                        Bits& bits, int depth) {
    Bits inner;
    for (const auto& [name, port] : module.at("ports").items()) {
      if (!cell.at("connections").contains(name)) continue;
      const json& outside = cell.at("connections").at(name);
      const json& inside = port.at("bits");
      if (outside.size() != inside.size()) fail(fmt::format("port '{}' of '{}' has another width", name, path));
      for (size_t i = 0; i < inside.size(); ++i) {
        join(inside[i], net(outside[i], bits, path + "." + bit_name(name, port, i)), inner, path);
      }
    }
    flatten(module, path + ".", part, inner, depth + 1);
  }

  // A port bit of an instance: the net outside is the net inside.
  void join(const json& inside, NetId outside, Bits& inner, const std::string& path) {
    NetId other = inside == "1" ? constant_one : constant_zero;
    if (!inside.is_string()) {
      const auto [place, is_new] = inner.emplace(inside.get<int64_t>(), outside);
      other = place->second;
    }
    if (!nets_.unite(outside, other)) fail(fmt::format("a port of '{}' joins the constants 0 and 1", path));
  }

  void add_cell(const json& cell, const std::string& type, const std::string& name, const std::string& part,
                Bits& bits) {
    const LibertyCell* const found = library_.find(type);
    if (found == nullptr) fail_without(type, name);
    MappedCell mapped{name, part, found, std::vector<NetId>(found->pins.size(), no_net)};
    for (const auto& [pin_name, connection] : cell.at("connections").items()) {
      const int pin = found->pin_index(pin_name);
      if (pin < 0) fail(fmt::format("cell '{}': {} has no pin '{}'", name, type, pin_name));
      if (connection.empty()) continue;
      if (connection.size() != 1) fail(fmt::format("pin '{}' of '{}' has another width", pin_name, name));
      mapped.pins[static_cast<size_t>(pin)] = net(connection[0], bits, fmt::format("{}.{}", name, pin_name));
    }
    cells.push_back(std::move(mapped));
  }

  // A cell of a type that the library does not have, or that was left out of it.
  [[noreturn]] void fail_without(const std::string& type, const std::string& name) const {
    for (const LeftOutCell& cell : library_.left_out) {
      if (cell.name != type) continue;
      fail(fmt::format("cell '{}' is a {}, which is left out of library {} ({}:{}: {})", name, type, library_.name,
                       cell.file, cell.line, cell.reason));
    }
    fail(fmt::format("cell '{}' is a {}, which library {} does not have", name, type, library_.name));
  }

  const json& modules_;
  const Library& library_;
  const std::string& where_;
  NetTable nets_;
};

std::string top_module(const json& modules, const std::string& top, const std::string& where) {
  for (const auto& [name, module] : modules.items()) {
    if (top.empty() ? module.contains("attributes") && module["attributes"].contains("top") : name == top) return name;
  }
  throw InputError(where, top.empty() ? "no top module in the netlist" : fmt::format("no module '{}'", top));
}

}  // namespace

MappedNetlist netlist_from_json(const std::string& text, const std::string& top, std::shared_ptr<const Library> library,
                                const std::string& where) try {
  const json document = json::parse(text);
  const json& modules = document.at("modules");
  const std::string name = top_module(modules, top, where);
  Flattener flattener(modules, *library, where);
  flattener.flatten_top(name);
  std::vector<std::string> net_names = flattener.finish();
  return MappedNetlist(std::move(library), name, std::move(net_names), std::move(flattener.cells),
                       std::move(flattener.ports), where);
} catch (const json::exception& error) {
  throw InputError(where, fmt::format("not a netlist of Yosys ({})", error.what()));
}

}  // namespace tram
