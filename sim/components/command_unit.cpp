#include "sim/components/command_unit.hpp"

#include <algorithm>
#include <cstring>

namespace tram {

CommandUnit::CommandUnit(sc_core::sc_module_name name, Unit unit, const Clock& clock, int queue_commands)
    : sc_module(name), commands("commands"), scoreboard("scoreboard"), unit_(unit), clock_(clock),
      queue_commands_(static_cast<size_t>(queue_commands)) {
  commands.register_b_transport(this, &CommandUnit::b_transport);
  SC_HAS_PROCESS(CommandUnit);
  SC_THREAD(run);
}

void CommandUnit::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (!payload.is_write()) {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    return;
  }
  if (payload.get_address() != 0 || payload.get_data_length() != sizeof(Command)) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return;
  }
  Entry entry;
  std::memcpy(&entry.command, payload.get_data_ptr(), sizeof(Command));
  wait(delay);
  delay = sc_core::SC_ZERO_TIME;
  while (queue_.size() >= queue_commands_) wait(taken_);
  entry.arrival = clock_.now();
  queue_.push_back(entry);
  arrived_.notify(sc_core::SC_ZERO_TIME);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void CommandUnit::run() {
  try {
    for (;;) run_next();
  } catch (const sc_core::sc_unwind_exception&) {
    throw;
  } catch (...) {
    scoreboard->fail(std::current_exception());
  }
}

void CommandUnit::run_next() {
  while (queue_.empty()) wait(arrived_);
  const Entry entry = queue_.front();
  queue_.pop_front();
  taken_.notify(sc_core::SC_ZERO_TIME);
  scoreboard->wait_for(entry.command.wait);
  execute(entry.command, std::max(entry.arrival, scoreboard->reached_at(entry.command.wait)));
}

}  // namespace tram
