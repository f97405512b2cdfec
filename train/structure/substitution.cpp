#include "train/structure/substitution.hpp"

#include <algorithm>
#include <bit>

#include "models/multiplier/gate_kinds.hpp"

namespace tram::train {
namespace {

/// Nets by number: the net of another netlist in place of each.
class Nets {
 public:
  explicit Nets(Net count) : nets_(static_cast<size_t>(count), -1) {
    nets_[net_zero] = net_zero, nets_[net_one] = net_one;
  }
  Net& operator[](Net net) {
    if (static_cast<size_t>(net) >= nets_.size()) nets_.resize(static_cast<size_t>(net) + 1, -1);
    return nets_[static_cast<size_t>(net)];
  }

 private:
  std::vector<Net> nets_;
};

Net add(NetlistBuilder& builder, Substitution::Kind kind, Net x, Net y) {
  switch (kind) {
    case Substitution::Kind::net: return x;
    case Substitution::Kind::inverse: return builder.not_(x);
    case Substitution::Kind::conjunction: return builder.and_(x, y);
    case Substitution::Kind::disjunction: return builder.or_(x, y);
    case Substitution::Kind::exclusive: break;
  }
  return builder.xor_(x, y);
}

/// Gives the nets of `made` the numbers they have in the original, new ones numbers after its.
void renumber(Netlist& made, Nets& original, Net count) {
  const auto number = [&](Net& net) {
    if (net < 0) return;
    Net& known = original[net];
    if (known < 0) known = count++;
    net = known;
  };
  for (std::vector<Net>* nets : {&made.a, &made.b, &made.product})
    for (Net& net : *nets) number(net);
  for (Gate& gate : made.gates) {
    for (Net& net : gate.inputs) number(net);
    for (Net& net : gate.outputs) number(net);
  }
  made.net_count = count;
}

/// The nets of least distance, and whether it is their inverse that is near.
void add_alike(const std::vector<std::vector<uint64_t>>& planes, const std::vector<Net>& earlier, Net net, int count,
               std::vector<Substitution>& all) {
  struct NearNet {
    int64_t distance;
    Substitution::Kind kind;
    Net net;
  };
  std::vector<NearNet> near;
  const auto& own = planes[static_cast<size_t>(net)];
  const auto pairs = static_cast<int64_t>(64 * own.size());
  for (const Net other : earlier) {
    const auto& its = planes[static_cast<size_t>(other)];
    int64_t distance = 0;
    for (size_t w = 0; w < own.size(); ++w) distance += std::popcount(own[w] ^ its[w]);
    near.push_back({distance, Substitution::Kind::net, other});
    near.push_back({pairs - distance, Substitution::Kind::inverse, other});
  }
  std::ranges::stable_sort(near, {}, &NearNet::distance);
  for (size_t i = 0; i < std::min(near.size(), static_cast<size_t>(count)); ++i)
    all.push_back({net, near[i].kind, {near[i].net, -1}});
}

}  // namespace

std::vector<Substitution> substitutions(const Netlist& netlist, int alike) {
  using enum Substitution::Kind;
  const auto planes = net_planes(netlist);
  std::vector<Net> earlier = netlist.a;
  earlier.insert(earlier.end(), netlist.b.begin(), netlist.b.end());
  std::vector<Substitution> all;
  for (const Gate& gate : netlist.gates) {
    const int inputs = input_count(gate.kind);
    for (int o = 0; o < output_count(gate.kind); ++o) {
      const Net net = gate.outputs[static_cast<size_t>(o)];
      all.push_back({net, Substitution::Kind::net, {net_zero, -1}});
      all.push_back({net, Substitution::Kind::net, {net_one, -1}});
      add_alike(planes, earlier, net, alike, all);
      for (int i = 0; i < inputs; ++i)
        for (int j = 0; j < i; ++j)
          for (const auto kind : {conjunction, disjunction, exclusive})
            all.push_back({net, kind, {gate.inputs[static_cast<size_t>(j)], gate.inputs[static_cast<size_t>(i)]}});
    }
    for (int o = 0; o < output_count(gate.kind); ++o) earlier.push_back(gate.outputs[static_cast<size_t>(o)]);
  }
  return all;
}

Netlist substituted(const Netlist& netlist, const Substitution& substitution) {
  NetlistBuilder builder(netlist.name, static_cast<int>(netlist.a.size()), static_cast<int>(netlist.b.size()),
                         netlist.is_signed);
  Nets made(netlist.net_count), original(netlist.net_count);
  const auto stands_for = [&](Net net, Net in_builder) {
    made[net] = in_builder;
    if (original[in_builder] < 0) original[in_builder] = net;
  };
  for (size_t i = 0; i < netlist.a.size(); ++i) stands_for(netlist.a[i], builder.a(static_cast<int>(i)));
  for (size_t i = 0; i < netlist.b.size(); ++i) stands_for(netlist.b[i], builder.b(static_cast<int>(i)));
  const auto input = [&](Net net) { return net < 0 ? net : made[net]; };
  for (const Gate& gate : netlist.gates) {
    const auto& [x, y, z] = gate.inputs;
    const std::array<Net, 2> outputs = add_gate(builder, gate.kind, {input(x), input(y), input(z)});
    for (size_t o = 0; o < static_cast<size_t>(output_count(gate.kind)); ++o) {
      if (gate.outputs[o] != substitution.replaced) stands_for(gate.outputs[o], outputs[o]);
      else
        made[gate.outputs[o]] = add(builder, substitution.kind, input(substitution.by[0]), input(substitution.by[1]));
    }
  }
  std::vector<Net> product;
  for (const Net net : netlist.product) product.push_back(made[net]);
  Netlist smaller = builder.finish(std::move(product));
  renumber(smaller, original, netlist.net_count);
  return smaller;
}

}  // namespace tram::train
