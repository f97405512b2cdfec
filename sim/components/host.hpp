#pragma once
#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <span>
#include <vector>

#include "sim/components/clock.hpp"
#include "sim/components/scoreboard.hpp"
#include "sim/components/transaction.hpp"
#include "sim/config/scenario.hpp"
#include "sim/mapping/program.hpp"

namespace tram {

/// The processor that drives the platform: issues the commands of a program in order, waits for their completion and
/// reads the logits, once an image; before the first one it has what stays on chip loaded.
///
/// Socket      bus (initiator)
/// Port        scoreboard
/// Parameters  issue_cycles: work before each command
/// Timing      command by command: issue_cycles, then a bus write, which blocks while the unit's queue is full;
///             logits are read in bursts of kReadBytes
/// Back door   load() writes DRAM by transport_dbg: weights before the first image, the image before its start; both
///             are taken to be in memory already and cost neither time nor energy
class Host : public sc_core::sc_module {
 public:
  static constexpr size_t kReadBytes = 64;

  tlm_utils::simple_initiator_socket<Host> bus;
  sc_core::sc_port<ScoreboardIf> scoreboard;

  Host(sc_core::sc_module_name name, const Clock& clock, const Scenario::Host& parameters, const Program& program,
       size_t logits);

  void load(uint64_t dram_address, std::span<const uint8_t> bytes);
  /// Lets the thread run one image from now on or, before the first one, load what stays on chip.
  void start(bool loads = false) {
    loads_ = loads;
    start_.notify(sc_core::SC_ZERO_TIME);
  }

  /// Of the last image, once it is complete.
  bool complete() const { return complete_; }
  uint64_t end_cycle() const { return end_cycle_; }
  const std::vector<int32_t>& logits() const { return logits_; }

 private:
  void run();
  void issue(const std::vector<Command>& commands, const Progress& complete);
  void read_logits();

  Clock clock_;
  Scenario::Host parameters_;
  const Program& program_;
  std::vector<int32_t> logits_;
  Transactor transactor_;
  sc_core::sc_event start_;
  bool complete_ = false, loads_ = false;
  uint64_t end_cycle_ = 0;
};

}  // namespace tram
