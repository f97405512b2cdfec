#pragma once
#include <fmt/format.h>

#include <vector>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/structure/structure.hpp"

namespace tram {

/// Every built-in multiplier, and exact structures of other widths, signed and unsigned, in each tree.
inline std::vector<Netlist> multipliers_under_test() {
  std::vector<Netlist> all;
  for (const std::string& name : multiplier_names()) {
    all.push_back(find_multiplier(name));
    all.back().name = name;
  }
  constexpr const char* trees[] = {"array", "wallace", "dadda"};
  for (const auto& [a_bits, b_bits] : {std::pair(4, 4), {5, 7}, {8, 4}, {7, 8}, {8, 8}})
    for (const bool is_signed : {false, true})
      for (const Accumulation tree : {Accumulation::array, Accumulation::wallace, Accumulation::dadda}) {
        all.push_back(build_multiplier(exact_structure(a_bits, b_bits, is_signed, tree)));
        all.back().name =
            fmt::format("{}_{}x{}{}", trees[static_cast<size_t>(tree)], a_bits, b_bits, is_signed ? "_signed" : "");
      }
  return all;
}

}  // namespace tram
