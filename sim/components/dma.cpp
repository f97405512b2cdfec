#include "sim/components/dma.hpp"

#include <algorithm>

#include "sim/components/address_map.hpp"

namespace tram {

DmaChannel::DmaChannel(sc_core::sc_module_name name, Unit direction, const Clock& clock,
                       const Scenario::Dma& parameters, int queue_commands, Meter& meter)
    : CommandUnit(name, direction, clock, queue_commands), bus("bus"), local("local", kMemories),
      in_(direction == Unit::dma_in), parameters_(parameters), meter_(meter), transactor_(this->name()),
      bursts_(static_cast<size_t>(parameters.outstanding)) {
  bus.register_nb_transport_bw(this, &DmaChannel::nb_transport_bw);
  for (Burst& burst : bursts_) burst.data.resize(static_cast<size_t>(parameters.max_burst_bytes));
}

DmaChannel::Burst::Burst() { payload.set_extension(&tag); }

void DmaChannel::execute(const Command& command, uint64_t) {
  const auto& transfer = std::get<DmaCommand>(command.body);
  const uint64_t start = clock().now();
  wait_until(start + static_cast<uint64_t>(parameters_.setup_cycles));
  const bool contiguous =
      transfer.rows == 1 || (transfer.dram_stride == transfer.row_bytes && transfer.local_stride == transfer.row_bytes);
  if (contiguous) {
    move(transfer, command.layer, transfer.dram, transfer.local, uint64_t{transfer.rows} * transfer.row_bytes);
  } else {
    for (uint32_t row = 0; row < transfer.rows; ++row)
      move(transfer, command.layer, transfer.dram + uint64_t{row} * transfer.dram_stride,
           transfer.local + row * transfer.local_stride, transfer.row_bytes);
  }
  uint64_t end = 0;
  for (const Burst& burst : bursts_) {
    while (burst.is_waiting) wait(answered_);
    end = std::max(end, burst.end);
  }
  busy_.pulse(start, end);
  meter_.active(in_ ? MachineActivity::dma_in : MachineActivity::dma_out, start, end);
  wait_until(end);
  done(command, clock().now());
}

void DmaChannel::move(const DmaCommand& transfer, int layer, uint64_t dram, uint32_t local_offset, uint64_t bytes) {
  const auto limit = static_cast<uint64_t>(parameters_.max_burst_bytes);
  while (bytes > 0) {
    const uint64_t size = std::min(bytes, limit - dram % limit);
    move_burst(transfer, layer, dram, local_offset, size);
    dram += size;
    local_offset += static_cast<uint32_t>(size);
    bytes -= size;
  }
}

void DmaChannel::move_burst(const DmaCommand& transfer, int layer, uint64_t dram, uint32_t local_offset,
                            uint64_t bytes) {
  Burst& burst = bursts_[next_];
  next_ = (next_ + 1) % bursts_.size();
  while (burst.is_waiting) wait(answered_);
  wait_until(burst.end);
  burst.memory = transfer.memory;
  burst.local = local_offset;
  burst.tag.layer = layer;
  burst.tag.code_bits = transfer.code_bits;
  if (!in_) {
    auto& scratchpad = *local[static_cast<size_t>(transfer.memory)].operator->();
    wait(transactor_.read(scratchpad, {local_offset, transfer.code_bits}, burst.data.data(), bytes, layer));
  }
  describe(burst.payload, in_ ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND, kDramBase + dram, burst.data.data(),
           bytes);
  request(burst);
  wait_until(clock().now() + 1);
}

void DmaChannel::request(Burst& burst) {
  burst.payload.acquire();
  burst.is_waiting = true;
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  if (bus->nb_transport_fw(burst.payload, phase, delay) == tlm::TLM_COMPLETED) complete(burst, delay);
}

tlm::tlm_sync_enum DmaChannel::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&,
                                               sc_core::sc_time& delay) {
  try {
    complete(*std::ranges::find(bursts_, &payload, [](const Burst& burst) { return &burst.payload; }), delay);
  } catch (...) {
    scoreboard->fail(std::current_exception());
  }
  return tlm::TLM_COMPLETED;
}

/// The response of DRAM is there `delay` from now.
void DmaChannel::complete(Burst& burst, const sc_core::sc_time& delay) {
  check_response(name(), burst.payload);
  sc_core::sc_time end = delay;
  if (in_)
    end = transactor_.write(*local[static_cast<size_t>(burst.memory)].operator->(), {burst.local, burst.tag.code_bits},
                            burst.data.data(), burst.payload.get_data_length(), burst.tag.layer, delay);
  burst.end = clock().cycle(sc_core::sc_time_stamp() + end);
  burst.is_waiting = false;
  burst.payload.release();
  answered_.notify();
}

}  // namespace tram
