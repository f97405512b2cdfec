#include "models/network/npy.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// Where the header's text lies in the file: begin and length; length 0 when the preamble is not a .npy one.
std::pair<size_t, size_t> header_range(const std::string& bytes) {
  if (bytes.size() < 12 || bytes.compare(0, 6, "\x93NUMPY") != 0) return {0, 0};
  const auto byte = [&](size_t i) { return size_t{static_cast<unsigned char>(bytes[i])}; };
  const bool version1 = byte(6) == 1, version2 = byte(6) == 2;
  if (version1) return {10, byte(8) | byte(9) << 8};
  if (version2) return {12, byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24};
  return {0, 0};
}

/// What follows "'key':" in the header, without leading spaces; empty when the key is absent.
std::string_view field(std::string_view header, std::string_view key) {
  const size_t found = header.find(fmt::format("'{}':", key));
  if (found == std::string_view::npos) return {};
  const std::string_view rest = header.substr(found + key.size() + 3);
  return rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
}

/// The numbers of a tuple like "(100, 10), }".
Shape parse_tuple(const std::string& file, std::string_view text) {
  Shape shape;
  int digits = 0;
  for (const char c : text.substr(1, text.find(')') - 1)) {
    if (c < '0' || c > '9') {
      digits = 0;
      if (c != ',' && c != ' ') throw InputError(file, "a shape that is not a tuple of sizes; one is expected");
      continue;
    }
    if (digits++ == 0) shape.push_back(0);
    if (digits > 9) throw InputError(file, "an extent of more than 9 digits; less than 10^9 is expected");
    shape.back() = 10 * shape.back() + (c - '0');
  }
  return shape;
}

/// The shape of a header like {'descr': '<f4', 'fortran_order': False, 'shape': (100, 10), }.
Shape parse_header(const std::string& file, std::string_view header) {
  const std::string_view shape = field(header, "shape");
  if (!field(header, "descr").starts_with("'<f4'") || !field(header, "fortran_order").starts_with("False") ||
      !shape.starts_with("(") || shape.find(')') == std::string_view::npos)
    throw InputError(file, "header is not that of a little-endian float32 array in C order; one is expected");
  return parse_tuple(file, shape);
}

}  // namespace

Tensor read_npy(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  const auto [begin, length] = header_range(bytes);
  if (length == 0 || length > 65536 || begin + length > bytes.size())
    throw InputError(path.string(), "not a whole .npy file; NumPy format 1.0 or 2.0 is expected");
  const Shape shape = parse_header(path.string(), bytes.substr(begin, length));
  const size_t data_bytes = bytes.size() - begin - length;
  double expected = sizeof(float);
  for (const int64_t extent : shape) expected *= static_cast<double>(extent);
  if (static_cast<double>(data_bytes) != expected)
    throw InputError(path.string(), fmt::format("{} bytes of data; {:.0f} are expected for float32 {}", data_bytes,
                                                expected, to_string(shape)));
  Tensor tensor = zeros(shape);
  std::memcpy(tensor.data.data(), bytes.data() + begin + length, data_bytes);
  return tensor;
}

}  // namespace tram
