#include "sim/components/transaction.hpp"

#include <fmt/format.h>

#include <cstring>
#include <new>

namespace tram {

void describe(tlm::tlm_generic_payload& payload, tlm::tlm_command command, uint64_t address, void* data, size_t bytes) {
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(data));
  payload.set_data_length(static_cast<unsigned>(bytes));
  payload.set_streaming_width(static_cast<unsigned>(bytes));
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

void check_response(const std::string& initiator, const tlm::tlm_generic_payload& payload) {
  if (payload.is_response_ok()) return;
  SC_REPORT_ERROR("tram", fmt::format("{}: {} of {} B at {:#x}: {}", initiator, payload.is_read() ? "read" : "write",
                                      payload.get_data_length(), payload.get_address(), payload.get_response_string())
                              .c_str());
}

sc_core::sc_time Transactor::send(tlm::tlm_fw_transport_if<>& target, tlm::tlm_command command,
                                  const TransactionPlace& place, void* data, size_t bytes, int layer,
                                  sc_core::sc_time delay) {
  describe(payload_, command, place.address, data, bytes);
  tag_.layer = layer;
  tag_.code_bits = place.code_bits;
  rows_.row_bytes = place.row_bytes;
  rows_.pitch = place.pitch;
  target.b_transport(payload_, delay);
  check_response(initiator_, payload_);
  return delay;
}

ZeroedMemory zeroed_memory(uint64_t bytes) {
  ZeroedMemory memory(static_cast<uint8_t*>(std::calloc(bytes, 1)));
  if (!memory) throw std::bad_alloc();
  return memory;
}

bool serve_memory(tlm::tlm_generic_payload& payload, uint8_t* memory, uint64_t size) {
  if (payload.get_byte_enable_ptr() || payload.get_streaming_width() < payload.get_data_length()) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return false;
  }
  bool fits = true;
  RowTag::for_each_row(payload, [&](uint64_t address, uint64_t bytes, uint64_t) {
    fits = fits && address <= size && bytes <= size - address;
  });
  if (!fits) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return false;
  }
  RowTag::for_each_row(payload, [&](uint64_t address, uint64_t bytes, uint64_t offset) {
    uint8_t* const data = payload.get_data_ptr() + offset;
    if (payload.is_read()) std::memcpy(data, memory + address, bytes);
    if (payload.is_write()) std::memcpy(memory + address, data, bytes);
  });
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  return true;
}

}  // namespace tram
