#include "sim/components/host.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/components/address_map.hpp"

namespace tram {

Host::Host(sc_core::sc_module_name name, const Clock& clock, const Scenario::Host& parameters, const Program& program,
           size_t logits)
    : sc_module(name), bus("bus"), scoreboard("scoreboard"), clock_(clock), parameters_(parameters), program_(program),
      logits_(logits), transactor_(this->name()) {
  SC_HAS_PROCESS(Host);
  SC_THREAD(run);
}

void Host::load(uint64_t dram_address, std::span<const uint8_t> bytes) {
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_WRITE_COMMAND);
  payload.set_address(kDramBase + dram_address);
  payload.set_data_ptr(const_cast<uint8_t*>(bytes.data()));
  payload.set_data_length(static_cast<unsigned>(bytes.size()));
  payload.set_streaming_width(static_cast<unsigned>(bytes.size()));
  if (bus->transport_dbg(payload) != bytes.size())
    throw std::logic_error("the back door to DRAM did not take what was loaded");
}

void Host::run() {
  try {
    for (;;) {
      wait(start_);
      complete_ = false;
      if (loads_) {
        issue(program_.loading, program_.loaded);
      } else {
        issue(program_.commands, program_.complete);
        read_logits();
      }
      end_cycle_ = clock_.now();
      complete_ = true;
    }
  } catch (const sc_core::sc_unwind_exception&) {
    throw;
  } catch (...) {
    scoreboard->fail(std::current_exception());
  }
}

void Host::issue(const std::vector<Command>& commands, const Progress& complete) {
  for (const Command& command : commands) {
    wait(clock_.cycles(static_cast<uint64_t>(parameters_.issue_cycles)));
    wait(transactor_.write(*bus.operator->(), command_register(command.unit), &command, sizeof command, command.layer));
  }
  scoreboard->wait_for(complete);
}

void Host::read_logits() {
  auto* data = reinterpret_cast<uint8_t*>(logits_.data());
  const size_t bytes = logits_.size() * sizeof(int32_t);
  const int layer = program_.commands.back().layer;
  for (size_t offset = 0; offset < bytes; offset += kReadBytes)
    wait(transactor_.read(*bus.operator->(), kDramBase + program_.map.logits + offset, data + offset,
                          std::min(kReadBytes, bytes - offset), layer));
}

}  // namespace tram
