#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <tlm>

namespace tram {

/// B that codes of so many bits move. Memories hold a code in a byte, or two; what crosses wires and counts is packed.
constexpr uint64_t packed_bytes(uint64_t bytes, int code_bits) {
  const auto bits = static_cast<uint64_t>(code_bits);
  return (bytes / (bits > 8 ? 2 : 1) * bits + 7) / 8;
}

/// Which layer a transaction serves, and the bits of the codes that it moves, for time, traffic and energy. Ignorable.
struct LayerTag : tlm::tlm_extension<LayerTag> {
  int layer = 0;
  int code_bits = 8;  ///< 2 .. 16

  tlm_extension_base* clone() const override { return new LayerTag(*this); }
  void copy_from(const tlm_extension_base& other) override { *this = static_cast<const LayerTag&>(other); }

  /// The layer of a payload; 0 without a tag.
  static int of(const tlm::tlm_generic_payload& payload) {
    const auto* tag = payload.get_extension<LayerTag>();
    return tag ? tag->layer : 0;
  }
  /// B that a payload moves, of so many of its bytes.
  static uint64_t packed(const tlm::tlm_generic_payload& payload, uint64_t bytes) {
    const auto* tag = payload.get_extension<LayerTag>();
    return tag ? packed_bytes(bytes, tag->code_bits) : bytes;
  }
  static uint64_t packed(const tlm::tlm_generic_payload& payload) { return packed(payload, payload.get_data_length()); }
};

/// The data of a transaction lie in rows at equal distances; without, they are one row. Not ignorable: a target knows
/// it by serve_memory() or takes no such transactions.
struct RowTag : tlm::tlm_extension<RowTag> {
  uint64_t row_bytes = 0;  ///< 0: one row
  uint64_t pitch = 0;      ///< from the start of a row to that of the next

  tlm_extension_base* clone() const override { return new RowTag(*this); }
  void copy_from(const tlm_extension_base& other) override { *this = static_cast<const RowTag&>(other); }

  /// visit(address, bytes, offset in the data), row by row.
  template <class Visit>
  static void for_each_row(const tlm::tlm_generic_payload& payload, Visit&& visit) {
    const auto* tag = payload.get_extension<RowTag>();
    const uint64_t bytes = payload.get_data_length(), address = payload.get_address();
    if (tag == nullptr || tag->row_bytes == 0) return visit(address, bytes, uint64_t{0});
    for (uint64_t done = 0, row = 0; done < bytes; done += tag->row_bytes, ++row)
      visit(address + row * tag->pitch, std::min(tag->row_bytes, bytes - done), done);
  }
};

/// Where the data of a transaction lie: at an address or, by rows, from there on.
struct TransactionPlace {
  uint64_t address;
  uint64_t row_bytes = 0, pitch = 0;  ///< as in RowTag
  int code_bits = 8;                  ///< as in LayerTag

  TransactionPlace(uint64_t first, int bits = 8) : address(first), code_bits(bits) {}
  TransactionPlace(uint64_t first, uint64_t bytes_of_row, uint64_t row_pitch, int bits = 8)
      : address(first), row_bytes(bytes_of_row == row_pitch ? 0 : bytes_of_row), pitch(row_pitch), code_bits(bits) {}
};

/// Makes a payload a read or write without byte enables.
void describe(tlm::tlm_generic_payload& payload, tlm::tlm_command command, uint64_t address, void* data, size_t bytes);

/// SC_ERROR with initiator, address and response when the response is not OK.
void check_response(const std::string& initiator, const tlm::tlm_generic_payload& payload);

/// Sends blocking reads and writes with annotated time. A response other than OK is reported as SC_ERROR, with the
/// initiator, the address and the response.
class Transactor {
 public:
  explicit Transactor(const char* initiator) : initiator_(initiator) {
    payload_.set_extension(&tag_);
    payload_.set_extension(&rows_);
  }
  ~Transactor() {
    payload_.clear_extension(&tag_);
    payload_.clear_extension(&rows_);
  }
  Transactor(const Transactor&) = delete;
  Transactor& operator=(const Transactor&) = delete;

  /// Starts `delay` from now; returns how long from now the data is there (read) or stored (write).
  sc_core::sc_time read(tlm::tlm_fw_transport_if<>& target, const TransactionPlace& place, void* data, size_t bytes,
                        int layer, sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    return send(target, tlm::TLM_READ_COMMAND, place, data, bytes, layer, delay);
  }
  sc_core::sc_time write(tlm::tlm_fw_transport_if<>& target, const TransactionPlace& place, const void* data,
                         size_t bytes, int layer, sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    return send(target, tlm::TLM_WRITE_COMMAND, place, const_cast<void*>(data), bytes, layer, delay);
  }

 private:
  sc_core::sc_time send(tlm::tlm_fw_transport_if<>& target, tlm::tlm_command command, const TransactionPlace& place,
                        void* data, size_t bytes, int layer, sc_core::sc_time delay);

  std::string initiator_;
  tlm::tlm_generic_payload payload_;
  LayerTag tag_;
  RowTag rows_;
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
