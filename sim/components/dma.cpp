#include "sim/components/dma.hpp"

#include <algorithm>

#include "sim/components/address_map.hpp"

namespace tram {

DmaChannel::DmaChannel(sc_core::sc_module_name name, Unit direction, const Clock& clock,
                       const Scenario::Dma& parameters, int queue_commands)
    : CommandUnit(name, direction, clock, queue_commands), bus("bus"), local("local", kMemories),
      in_(direction == Unit::dma_in), parameters_(parameters), transactor_(this->name()),
      buffer_(static_cast<size_t>(parameters.max_burst_bytes)),
      burst_end_(static_cast<size_t>(parameters.outstanding)) {}

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
  const uint64_t end = *std::max_element(burst_end_.begin(), burst_end_.end());
  busy_.pulse(start, end);
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
  wait_until(burst_end_[slot_]);
  auto& scratchpad = *local[static_cast<size_t>(transfer.memory)].operator->();
  const uint64_t address = kDramBase + dram;
  sc_core::sc_time delay;
  if (in_) {
    delay = transactor_.read(*bus.operator->(), address, buffer_.data(), bytes, layer);
    delay = transactor_.write(scratchpad, local_offset, buffer_.data(), bytes, layer, delay);
  } else {
    wait(transactor_.read(scratchpad, local_offset, buffer_.data(), bytes, layer));
    delay = transactor_.write(*bus.operator->(), address, buffer_.data(), bytes, layer);
  }
  burst_end_[slot_] = clock().cycle(sc_core::sc_time_stamp() + delay);
  slot_ = (slot_ + 1) % burst_end_.size();
  wait_until(clock().now() + 1);
}

}  // namespace tram
