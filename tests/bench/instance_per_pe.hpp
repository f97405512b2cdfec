#pragma once
#include <cstdint>
#include <memory>

#include "models/cells/liberty/liberty.hpp"
#include "models/multiplier/netlist.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {

/// The plain way to do what the rtl engine does: one Verilated instance of the mapped PE for each PE of the array,
/// one bit a net, the toggles of every net counted after each clock. For comparison only.
class InstancePerPe {
 public:
  InstancePerPe(const Netlist& multiplier, std::shared_ptr<const Library> library, int pes);
  InstancePerPe(const InstancePerPe&) = delete;
  InstancePerPe& operator=(const InstancePerPe&) = delete;

  /// Clocks all PEs with random operands; toggles counted so far.
  uint64_t run(int clocks) const { return run_(clocks); }

 private:
  TemporaryFolder folder_;
  std::shared_ptr<void> handle_;
  uint64_t (*run_)(int clocks) = nullptr;
};

}  // namespace tram
