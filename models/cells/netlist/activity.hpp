#pragma once
#include <vector>

namespace tram {

/// Switching activity of the nets of a netlist, summed over any number of cycles and of identical instances (PEs,
/// lanes).
struct Activity {
  std::vector<double> toggles;  ///< by net: number of changes
  std::vector<double> duty;     ///< by net: fraction of the time at 1, in [0, 1]
  double cycles = 0;            ///< clock cycles x instances; each is two edges of every clock net
  double time = 0;              ///< s x instances
};

}  // namespace tram
