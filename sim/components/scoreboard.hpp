#pragma once
#include <array>
#include <exception>
#include <map>
#include <systemc>
#include <utility>
#include <vector>

#include "sim/components/clock.hpp"
#include "sim/mapping/command.hpp"
#include "sim/observers/meter.hpp"

namespace tram {

/// What units and host see of the scoreboard.
struct ScoreboardIf : virtual sc_core::sc_interface {
  /// The next command of a unit is complete at this cycle, now or later.
  virtual void complete(Unit unit, int layer, uint64_t cycle) = 0;
  /// Blocks until a point is reached.
  virtual void wait_for(const Progress& target) = 0;
  /// The cycle at which a reached point was reached.
  virtual uint64_t reached_at(const Progress& target) const = 0;
  /// A process failed: keeps the exception, whose type SystemC would lose.
  virtual void fail(std::exception_ptr error) = 0;
};

/// Counts the commands that each unit has completed and wakes who waits for them: the timeline semaphores that order
/// the units, as side-band wires.
///
/// Export      access: for sc_port<ScoreboardIf>
/// Timing      none of its own: a unit may start in the cycle in which what it waits for is complete
class Scoreboard : public sc_core::sc_module, public ScoreboardIf {
 public:
  sc_core::sc_export<ScoreboardIf> access;

  Scoreboard(sc_core::sc_module_name name, const Clock& clock, Meter& meter);

  /// Before each image, with all units idle.
  void reset();
  const Progress& progress() const { return progress_; }
  const std::exception_ptr& failure() const { return failure_; }

  void complete(Unit unit, int layer, uint64_t cycle) override;
  void wait_for(const Progress& target) override;
  uint64_t reached_at(const Progress& target) const override;
  void fail(std::exception_ptr error) override;

 private:
  void count_due();

  Clock clock_;
  Meter& meter_;
  Progress progress_;
  std::array<std::vector<uint64_t>, kUnits> completed_at_;  ///< cycle of each completion
  std::multimap<uint64_t, std::pair<Unit, int>> due_;       ///< cycle -> unit, layer
  sc_core::sc_event due_event_, changed_;
  std::exception_ptr failure_;
};

}  // namespace tram
