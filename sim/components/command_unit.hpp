#pragma once
#include <tlm_utils/simple_target_socket.h>

#include <deque>

#include "sim/components/clock.hpp"
#include "sim/components/scoreboard.hpp"
#include "sim/mapping/command.hpp"

namespace tram {

/// A unit that takes commands over the bus and executes them in order: the common part of DMA channels, array and
/// vector unit.
///
/// Socket      command: at offset 0 a register that takes a whole Command in one write
/// Port        scoreboard
/// Parameters  queue_commands: commands that wait in the unit; a write into a full queue blocks until one is taken
/// Timing      a command is ready when it has arrived and what it waits for is complete
/// Errors      anything but a write of a whole Command at offset 0: TLM_COMMAND_ERROR or TLM_BURST_ERROR_RESPONSE
class CommandUnit : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<CommandUnit> commands;
  sc_core::sc_port<ScoreboardIf> scoreboard;

 protected:
  CommandUnit(sc_core::sc_module_name name, Unit unit, const Clock& clock, int queue_commands);

  /// Executes a command that is ready since cycle `ready`, which may be past; reports to done() and returns when the
  /// unit may look at the next one. Runs in the unit's thread and may wait.
  virtual void execute(const Command& command, uint64_t ready) = 0;

  /// The command being executed is complete at this cycle.
  void done(const Command& command, uint64_t cycle) { scoreboard->complete(unit_, command.layer, cycle); }

  const Clock& clock() const { return clock_; }
  void wait_until(uint64_t cycle) { wait(clock_.until(cycle)); }

 private:
  struct Entry {
    Command command;
    uint64_t arrival;
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void run();
  void run_next();

  Unit unit_;
  Clock clock_;
  size_t queue_commands_;
  std::deque<Entry> queue_;
  sc_core::sc_event arrived_, taken_;
};

}  // namespace tram
