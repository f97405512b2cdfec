#include "models/support/npy.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int64_t max_items = int64_t{1} << 32;

struct Header {
  char kind;
  int item_bytes;
  bool fortran_order;
  std::vector<int64_t> shape;
};

/// Begin and length of the header's text in the file; length 0 when the preamble is not a .npy one.
std::pair<size_t, size_t> header_range(const std::string& bytes) {
  if (bytes.size() < 12 || bytes.compare(0, 6, "\x93NUMPY") != 0) return {0, 0};
  const auto byte = [&](size_t i) { return size_t{static_cast<unsigned char>(bytes[i])}; };
  if (byte(6) == 1) return {10, byte(8) | byte(9) << 8};
  if (byte(6) == 2 || byte(6) == 3) return {12, byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24};
  return {0, 0};
}

/// Text after "'key':" in the header, without leading spaces; empty when the key is absent.
std::string_view field(std::string_view header, std::string_view key) {
  const size_t found = header.find(fmt::format("'{}':", key));
  if (found == std::string_view::npos) return {};
  const std::string_view rest = header.substr(found + key.size() + 3);
  return rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
}

/// The numbers of a tuple like "(100, 10), }".
std::vector<int64_t> parse_tuple(const std::string& file, std::string_view text) {
  std::vector<int64_t> shape;
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
  if (shape.size() > 32) throw InputError(file, "an array of more than 32 dimensions; up to 32 are expected");
  return shape;
}

/// A header like {'descr': '<f4', 'fortran_order': False, 'shape': (100, 10), }.
Header parse_header(const std::string& file, std::string_view header) {
  const std::string_view type = field(header, "descr"), order = field(header, "fortran_order"),
                         shape = field(header, "shape");
  const std::string_view name = type.size() > 4 ? type.substr(1, 3) : std::string_view{};
  const bool known = name == "<i2" || name == "<i4" || name == "<i8" || name == "<u2" || name == "<u4" ||
                     name == "<u8" || name == "<f4" || name == "<f8" || name == "|i1" || name == "|u1";
  if (!known || type[0] != '\'' || type[4] != '\'')
    throw InputError(file, "header does not name a little-endian integer or float32, float64 type; one is expected");
  if (!order.starts_with("False") && !order.starts_with("True"))
    throw InputError(file, "header without fortran_order; False or True is expected");
  if (!shape.starts_with("(") || shape.find(')') == std::string_view::npos)
    throw InputError(file, "header without a shape; a tuple of sizes is expected");
  return {name[1], name[2] - '0', order.starts_with("True"), parse_tuple(file, shape)};
}

/// The items of an array in Fortran order (the first index runs fastest), in C order.
std::string to_c_order(const std::string& data, const std::vector<int64_t>& shape, size_t item_bytes) {
  std::string ordered(data.size(), '\0');
  std::vector<int64_t> index(shape.size(), 0);
  std::vector<size_t> stride(shape.size(), item_bytes);
  for (size_t d = 1; d < shape.size(); ++d) stride[d] = stride[d - 1] * static_cast<size_t>(shape[d - 1]);
  size_t from = 0;
  for (size_t to = 0; to < data.size(); to += item_bytes) {
    std::memcpy(&ordered[to], &data[from], item_bytes);
    for (size_t d = shape.size(); d-- > 0;) {
      from += stride[d];
      if (++index[d] < shape[d]) break;
      from -= stride[d] * static_cast<size_t>(shape[d]);
      index[d] = 0;
    }
  }
  return ordered;
}

template <class T>
std::vector<double> as_doubles(const std::string& data) {
  std::vector<T> items(data.size() / sizeof(T));
  if (!items.empty()) std::memcpy(items.data(), data.data(), items.size() * sizeof(T));
  return {items.begin(), items.end()};
}

}  // namespace

std::vector<double> NpyArray::values() const {
  if (kind == 'f') return item_bytes == 4 ? as_doubles<float>(data) : as_doubles<double>(data);
  const bool is_signed = kind == 'i';
  switch (item_bytes) {
    case 1: return is_signed ? as_doubles<int8_t>(data) : as_doubles<uint8_t>(data);
    case 2: return is_signed ? as_doubles<int16_t>(data) : as_doubles<uint16_t>(data);
    case 4: return is_signed ? as_doubles<int32_t>(data) : as_doubles<uint32_t>(data);
    default: return is_signed ? as_doubles<int64_t>(data) : as_doubles<uint64_t>(data);
  }
}

NpyArray parse_npy(const std::string& bytes, const std::string& file) {
  const auto [begin, length] = header_range(bytes);
  if (length == 0 || length > 65536 || begin + length > bytes.size())
    throw InputError(file, "not a whole .npy file; NumPy format 1.0 to 3.0 is expected");
  const Header header = parse_header(file, std::string_view(bytes).substr(begin, length));
  int64_t items = 1;
  for (const int64_t extent : header.shape) {
    items *= extent;
    if (items > max_items) throw InputError(file, "an array of more than 2^32 numbers; up to 2^32 are expected");
  }
  NpyArray array{header.kind, header.item_bytes, header.shape, bytes.substr(begin + length)};
  if (array.data.size() != static_cast<uint64_t>(items) * static_cast<uint64_t>(array.item_bytes))
    throw InputError(file, fmt::format("{} bytes of data; {} numbers of {} bytes are expected", array.data.size(),
                                       items, array.item_bytes));
  if (header.fortran_order && array.shape.size() > 1)
    array.data = to_c_order(array.data, array.shape, static_cast<size_t>(array.item_bytes));
  return array;
}

NpyArray read_npy_array(const std::filesystem::path& path) { return parse_npy(read_file(path), path.string()); }

std::string to_npy(const NpyArray& array) {
  std::string shape;
  for (const int64_t extent : array.shape) shape += fmt::format("{}, ", extent);
  if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  std::string header = fmt::format("{{'descr': '{}{}{}', 'fortran_order': False, 'shape': ({}), }}",
                                   array.item_bytes == 1 ? '|' : '<', array.kind, array.item_bytes, shape);
  header.append(63 - (10 + header.size()) % 64, ' ');  // the data begins at a multiple of 64 bytes
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 255);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + array.data;
}

std::string to_npy(std::span<const int32_t> values, const std::vector<int64_t>& shape) {
  return to_npy({'i', 4, shape, {reinterpret_cast<const char*>(values.data()), values.size_bytes()}});
}

}  // namespace tram
