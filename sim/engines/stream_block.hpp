#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <vector>

#include "models/cells/energy/transition_energy.hpp"
#include "models/cells/netlist/lane_simulation.hpp"
#include "sim/engines/pe_energies.hpp"
#include "sim/engines/pe_nets.hpp"

namespace tram {

/// What a block of activations [m][rows] costs and sums up to, whatever weights it meets.
struct StreamBlock {
  int rows = 0, m = 0;
  std::vector<uint8_t> activations;           ///< [m][rows], as given
  std::vector<uint8_t> streams;               ///< [rows][m]
  std::vector<uint8_t> held;                  ///< [rows][m] as registers hold them that skip code 0; else empty
  int64_t skipped = 0;                        ///< activations that they skip
  std::vector<int32_t> sums;                  ///< [m], over rows
  std::vector<std::vector<uint64_t>> energy;  ///< by table: [rows][2^a_bits] transition_sums of each row
  double registers = 0;                       ///< J of the activation registers of one column
  double entering = 0;                        ///< J of gates before the registers of a column that is not clocked
  uint64_t hash = 0;                          ///< of the activations

  /// What the activation registers hold: streams or, where code 0 is skipped, the code before it.
  const std::vector<uint8_t>& registered() const { return held.empty() ? streams : held; }
};

/// Makes stream blocks and keeps the latest: the tiles of a layer along its output channels stream the same
/// activations, so that what depends on these alone is computed once.
class StreamBlocks {
 public:
  /// Energy sums by each of the tables, which must outlive the object. skip_zeros: registers skip activations of code 0.
  StreamBlocks(const PeDesign& design, const PeNets& nets, const PeEnergies& energies,
               std::vector<const TransitionEnergy*> tables, bool skip_zeros = false);

  /// The block of activations [m][rows]; valid until the next call.
  const StreamBlock& get(std::span<const uint8_t> activations, int rows, int m);

 private:
  static constexpr size_t kept_bytes = size_t{16} << 20;

  std::unique_ptr<StreamBlock> make(std::span<const uint8_t> activations, int rows, int m, uint64_t hash);
  void add_registers(StreamBlock& block);
  double entering_flags(const StreamBlock& block) const;

  std::vector<const TransitionEnergy*> tables_;
  bool skip_zeros_;
  size_t activation_bits_;
  LaneSimulation activation_simulation_;
  std::vector<double> joule_, entering_;          // by target of the simulation; where it is before the register
  double entering_flag_ = 0, entering_swap_ = 0;  // J a toggle of the bit
  std::list<std::unique_ptr<StreamBlock>> kept_;  // latest first
  std::vector<uint64_t> first_, mask_;
};

/// A hash of bytes, the same on every machine of this byte order.
uint64_t hash_bytes(std::span<const uint8_t> bytes);

}  // namespace tram
