#pragma once
#include <algorithm>
#include <vector>

#include "models/multiplier/netlist.hpp"

namespace tram {

/// Words of 64 pairs of all nets evaluated at a time: few enough for the nets to stay in the first-level cache.
inline constexpr size_t simulated_block = 8;

/// Sets the gate's outputs for the pairs of a block; net n has the words values[n * simulated_block ..].
void evaluate_block(const Gate& gate, uint64_t* values);

/// Simulates all nets for `words` words of 64 operand pairs: plane(i, w) is the word of operand bit i, those of b
/// first, for the pairs of word w; visit(first word, values) after each block, with the words of net n at values[n *
/// simulated_block ..].
template <typename Plane, typename Visit>
void simulate_blocks(const Netlist& netlist, size_t words, const Plane& plane, const Visit& visit) {
  std::vector<uint64_t> values(static_cast<size_t>(netlist.net_count) * simulated_block, 0);
  std::fill_n(values.begin() + net_one * simulated_block, simulated_block, ~uint64_t{0});
  std::vector<Net> inputs = netlist.b;
  inputs.insert(inputs.end(), netlist.a.begin(), netlist.a.end());
  for (size_t first = 0; first < words; first += simulated_block) {
    for (size_t i = 0; i < inputs.size(); ++i)
      for (size_t w = 0; w < simulated_block; ++w)
        values[static_cast<size_t>(inputs[i]) * simulated_block + w] = plane(static_cast<int>(i), first + w);
    for (const Gate& gate : netlist.gates) evaluate_block(gate, values.data());
    visit(first, values.data());
  }
}

}  // namespace tram
