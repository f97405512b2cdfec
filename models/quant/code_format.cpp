#include "models/quant/code_format.hpp"

namespace tram {

void load_codes(CodeFormat format, std::span<const uint8_t> bytes, std::span<int32_t> values) {
  if (format.bytes() == 1) {
    for (size_t i = 0; i < values.size(); ++i) values[i] = format.value(bytes[i]);
    return;
  }
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = format.value(static_cast<uint32_t>(bytes[2 * i] | bytes[2 * i + 1] << 8));
}

void store_codes(CodeFormat format, std::span<const int32_t> values, std::span<uint8_t> bytes) {
  if (format.bytes() == 1) {
    for (size_t i = 0; i < values.size(); ++i) bytes[i] = static_cast<uint8_t>(format.raw(values[i]));
    return;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const uint32_t raw = format.raw(values[i]);
    bytes[2 * i] = static_cast<uint8_t>(raw);
    bytes[2 * i + 1] = static_cast<uint8_t>(raw >> 8);
  }
}

}  // namespace tram
