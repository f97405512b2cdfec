#include "train/structure/gated_multiplier.hpp"

#include <algorithm>

#include "models/support/error.hpp"

namespace tram::train {
namespace {

/// Structure with all partial products kept.
MultiplierStructure with_all_kept(MultiplierStructure structure) {
  std::ranges::fill(structure.partial_products, NetState::keep);
  reset_adders(structure);
  structure.name = "joint";
  return structure;
}

bool is_bare(const MultiplierStructure& s) {
  const auto is_kept = [](const AdderState& adder) { return adder == AdderState{}; };
  return !s.is_signed && s.tree == TreeForm::remaining && s.or_groups.empty() && s.compensation == 0 &&
         std::ranges::all_of(s.adders, is_kept) && std::ranges::count(s.partial_products, NetState::one) == 0;
}

}  // namespace

MultiplierStructure joined(std::span<const MultiplierStructure> structures) {
  if (structures.empty()) throw InputError("structures", "none; at least one is expected");
  MultiplierStructure joint = with_all_kept(structures[0]);
  for (const MultiplierStructure& s : structures)
    if (!is_bare(s) || with_all_kept(s) != joint)
      throw InputError(s.name,
                       "OR groups, constants, compensation or another shape; unsigned structures that differ in "
                       "their partial products alone are expected");
  for (size_t dot = 0; dot < joint.partial_products.size(); ++dot)
    if (std::ranges::none_of(structures,
                             [&](const MultiplierStructure& s) { return s.partial_products[dot] == NetState::keep; }))
      joint.partial_products[dot] = NetState::zero;
  reset_adders(joint);
  return joint;
}

Netlist gated(const MultiplierStructure& joint, const MultiplierStructure& own) {
  Netlist netlist = build_multiplier(joint);
  for (Gate& gate : netlist.gates) {
    if (gate.kind != GateKind::and2) continue;
    for (const int weight : {0, 1}) {
      const auto a = std::ranges::find(netlist.a, gate.inputs[static_cast<size_t>(weight)]);
      const auto b = std::ranges::find(netlist.b, gate.inputs[static_cast<size_t>(1 - weight)]);
      if (a == netlist.a.end() || b == netlist.b.end()) continue;
      const int i = static_cast<int>(a - netlist.a.begin()), j = static_cast<int>(b - netlist.b.begin());
      if (own.partial_product(i, j) != NetState::keep) gate.inputs[static_cast<size_t>(weight)] = net_zero;
      break;
    }
  }
  return netlist;
}

}  // namespace tram::train
