#include "sim/components/transaction.hpp"

#include <fmt/format.h>

#include <cstring>
#include <new>

namespace tram {

sc_core::sc_time Transactor::send(tlm::tlm_fw_transport_if<>& target, tlm::tlm_command command, uint64_t address,
                                  void* data, size_t bytes, int layer, sc_core::sc_time delay) {
  payload_.set_command(command);
  payload_.set_address(address);
  payload_.set_data_ptr(static_cast<unsigned char*>(data));
  payload_.set_data_length(static_cast<unsigned>(bytes));
  payload_.set_streaming_width(static_cast<unsigned>(bytes));
  payload_.set_byte_enable_ptr(nullptr);
  payload_.set_dmi_allowed(false);
  payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  tag_.layer = layer;
  target.b_transport(payload_, delay);
  if (!payload_.is_response_ok()) {
    const char* verb = command == tlm::TLM_READ_COMMAND ? "read" : "write";
    SC_REPORT_ERROR("tram", fmt::format("{}: {} of {} B at {:#x}: {}", initiator_, verb, bytes, address,
                                        payload_.get_response_string())
                                .c_str());
  }
  return delay;
}

ZeroedMemory zeroed_memory(uint64_t bytes) {
  ZeroedMemory memory(static_cast<uint8_t*>(std::calloc(bytes, 1)));
  if (!memory) throw std::bad_alloc();
  return memory;
}

bool serve_memory(tlm::tlm_generic_payload& payload, uint8_t* memory, uint64_t size) {
  const uint64_t address = payload.get_address();
  const uint64_t bytes = payload.get_data_length();
  if (payload.get_byte_enable_ptr() || payload.get_streaming_width() < bytes) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return false;
  }
  if (address > size || bytes > size - address) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return false;
  }
  if (payload.is_read()) std::memcpy(payload.get_data_ptr(), memory + address, bytes);
  if (payload.is_write()) std::memcpy(memory + address, payload.get_data_ptr(), bytes);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  return true;
}

}  // namespace tram
