#pragma once
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <tlm>

namespace tram {

/// Which layer a transaction serves, for attribution of traffic and energy. Ignorable.
struct LayerTag : tlm::tlm_extension<LayerTag> {
  int layer = 0;

  tlm_extension_base* clone() const override { return new LayerTag(*this); }
  void copy_from(const tlm_extension_base& other) override { *this = static_cast<const LayerTag&>(other); }

  /// The layer of a payload; 0 without a tag.
  static int of(const tlm::tlm_generic_payload& payload) {
    const auto* tag = payload.get_extension<LayerTag>();
    return tag ? tag->layer : 0;
  }
};

/// Makes a payload a read or write without byte enables.
void describe(tlm::tlm_generic_payload& payload, tlm::tlm_command command, uint64_t address, void* data, size_t bytes);

/// SC_ERROR with initiator, address and response when the response is not OK.
void check_response(const std::string& initiator, const tlm::tlm_generic_payload& payload);

/// Sends blocking reads and writes with annotated time. A response other than OK is reported as SC_ERROR, with the
/// initiator, the address and the response.
class Transactor {
 public:
  explicit Transactor(const char* initiator) : initiator_(initiator) { payload_.set_extension(&tag_); }
  ~Transactor() { payload_.clear_extension(&tag_); }
  Transactor(const Transactor&) = delete;
  Transactor& operator=(const Transactor&) = delete;

  /// Starts `delay` from now; returns how long from now the data is there (read) or stored (write).
  sc_core::sc_time read(tlm::tlm_fw_transport_if<>& target, uint64_t address, void* data, size_t bytes, int layer,
                        sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    return send(target, tlm::TLM_READ_COMMAND, address, data, bytes, layer, delay);
  }
  sc_core::sc_time write(tlm::tlm_fw_transport_if<>& target, uint64_t address, const void* data, size_t bytes,
                         int layer, sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    return send(target, tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), bytes, layer, delay);
  }

 private:
  sc_core::sc_time send(tlm::tlm_fw_transport_if<>& target, tlm::tlm_command command, uint64_t address, void* data,
                        size_t bytes, int layer, sc_core::sc_time delay);

  std::string initiator_;
  tlm::tlm_generic_payload payload_;
  LayerTag tag_;
};

struct FreeMemory {
  void operator()(uint8_t* memory) const { std::free(memory); }
};
/// Bytes of 0 that take room only once they are touched.
using ZeroedMemory = std::unique_ptr<uint8_t[], FreeMemory>;

/// Throws std::bad_alloc.
ZeroedMemory zeroed_memory(uint64_t bytes);

/// Does a memory's part of a transaction: copies the data and sets the response. Returns false, with an address,
/// command or byte-enable error response, when the transaction cannot be served.
bool serve_memory(tlm::tlm_generic_payload& payload, uint8_t* memory, uint64_t size);

}  // namespace tram
