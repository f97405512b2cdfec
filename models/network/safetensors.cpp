#include "models/network/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

namespace tram {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "safetensors data is read as it lies in memory");

constexpr uint64_t length_bytes = 8;
constexpr uint64_t header_limit = 100'000'000;  // the format's own limit
constexpr int nesting_limit = 4;                // of a header's braces and brackets

uint64_t element_bytes(const std::string& dtype) {
  static const std::map<std::string, uint64_t> sizes = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},
                                                        {"I32", 4}, {"I16", 2}, {"I8", 1},  {"U64", 8},  {"U32", 4},
                                                        {"U16", 2}, {"U8", 1},  {"BOOL", 1}};
  const auto found = sizes.find(dtype);
  return found == sizes.end() ? 0 : found->second;
}

std::string shown(const json& value) {
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

/// Whether braces and brackets outside of strings lie within more than nesting_limit others.
bool nests_deeply(const std::string& json_text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < json_text.size(); ++i) {
    const char c = json_text[i];
    if (in_string && c == '\\') ++i;
    else if (c == '"') in_string = !in_string;
    else if (!in_string && (c == '{' || c == '[') && ++depth > nesting_limit) return true;
    else if (!in_string && (c == '}' || c == ']')) --depth;
  }
  return false;
}

/// A JSON array of non-negative integers; count 0: any length.
bool is_sizes(const json& value, size_t count) {
  return value.is_array() && (count == 0 || value.size() == count) &&
         std::all_of(value.begin(), value.end(), [](const json& v) { return v.is_number_unsigned(); });
}

/// Bytes of a tensor, or no value when they exceed limit.
bool bytes_within(const Shape& shape, uint64_t element_size, uint64_t limit, uint64_t& bytes) {
  bytes = element_size;
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return bytes = 0, true;
  for (const int64_t extent : shape) {
    if (static_cast<uint64_t>(extent) > limit / bytes) return false;
    bytes *= static_cast<uint64_t>(extent);
  }
  return bytes <= limit;
}

template <class Element>
std::vector<float> converted(const char* bytes, size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) {
    Element element;
    std::memcpy(&element, bytes + i * sizeof(Element), sizeof(Element));
    values[i] = static_cast<float>(element);
  }
  return values;
}

/// One entry of the header, checked against the size of the data.
SafeTensorEntry parse_entry(const std::string& path, const std::string& name, const json& fields, uint64_t data_bytes) {
  const auto fail = [&](const std::string& what) {
    throw InputError(path, fmt::format("tensor {}: {}", shown(name), what));
  };
  const auto field = [&](const char* key) { return fields.is_object() ? fields.value(key, json()) : json(); };
  const json dtype = field("dtype"), shape = field("shape"), offsets = field("data_offsets");
  if (!dtype.is_string() || element_bytes(dtype.get<std::string>()) == 0)
    fail(fmt::format("dtype {}; a safetensors type such as \"F32\" is expected", shown(dtype)));
  if (!is_sizes(shape, 0)) fail(fmt::format("shape {}; a list of sizes is expected", shown(shape)));
  if (!is_sizes(offsets, 2)) fail(fmt::format("data_offsets {}; [begin, end] is expected", shown(offsets)));
  SafeTensorEntry entry{dtype.get<std::string>(), {}, offsets[0].get<uint64_t>(), offsets[1].get<uint64_t>()};
  for (const json& extent : shape) {
    if (extent.get<uint64_t>() > INT64_MAX) fail(fmt::format("shape {}; smaller sizes are expected", shown(shape)));
    entry.shape.push_back(extent.get<int64_t>());
  }
  if (entry.begin > entry.end || entry.end > data_bytes)
    fail(fmt::format("data_offsets [{}, {}] in {} bytes of data; a range within is expected", entry.begin, entry.end,
                     data_bytes));
  uint64_t bytes = 0;
  if (!bytes_within(entry.shape, element_bytes(entry.dtype), data_bytes, bytes) || bytes != entry.end - entry.begin)
    fail(fmt::format("{} bytes for {} {}; the size of the shape is expected", entry.end - entry.begin, entry.dtype,
                     to_string(entry.shape)));
  return entry;
}

/// Name of another file format, by its first bytes; empty for unknown ones.
std::string other_kind(std::string_view bytes) {
  const bool is_zip = bytes.starts_with("PK\3\4");
  const bool is_torch_zip = is_zip && bytes.substr(0, 512).find("data.pkl") != std::string_view::npos;
  if (is_torch_zip || bytes.starts_with("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46"))  // torch's magic number, pickled
    return "a PyTorch checkpoint, which scripts/torch_weights.py converts (torch_weights.py FILE NAME.safetensors)";
  if (bytes.starts_with("\x80")) return "a Python pickle";
  if (is_zip) return "a zip archive";
  if (bytes.starts_with("\x89HDF")) return "an HDF5 file";
  return {};
}

}  // namespace

SafeTensors::SafeTensors(const std::filesystem::path& path) : SafeTensors(path.string(), read_file(path)) {}

SafeTensors::SafeTensors(std::string name, std::string bytes) : path_(std::move(name)), data_(std::move(bytes)) {
  uint64_t header_bytes = 0;
  if (data_.size() < length_bytes)
    throw InputError(path_, fmt::format("{} bytes; a safetensors file of at least 8 is expected", data_.size()));
  std::memcpy(&header_bytes, data_.data(), length_bytes);
  if (header_bytes > std::min<uint64_t>(header_limit, data_.size() - length_bytes)) {
    if (const std::string kind = other_kind(data_); !kind.empty())
      throw InputError(path_, kind + "; a safetensors file is expected");
    throw InputError(path_, fmt::format("header of {} bytes in a file of {}; a whole safetensors file is expected",
                                        header_bytes, data_.size()));
  }
  const std::string header = data_.substr(length_bytes, header_bytes);
  data_.erase(0, length_bytes + header_bytes);
  parse_header(header);
  check_coverage();
}

void SafeTensors::parse_header(const std::string& text) {
  if (nests_deeply(text))
    throw InputError(path_, fmt::format("the header nests more than {} deep; a safetensors header "
                                        "is expected",
                                        nesting_limit));
  const json header = json::parse(text, nullptr, false);
  if (!header.is_object()) throw InputError(path_, "the header is not a JSON object; a safetensors header is expected");
  for (const auto& [name, value] : header.items()) {
    if (name != "__metadata__") {
      entries_[name] = parse_entry(path_, name, value, data_.size());
      continue;
    }
    if (!value.is_object())
      throw InputError(path_, fmt::format("__metadata__ is {}; an object is expected", shown(value)));
    for (const auto& [key, item] : value.items()) {
      if (!item.is_string())
        throw InputError(path_, fmt::format("__metadata__ entry {} is {}; a string is expected", key, shown(item)));
      metadata_[key] = item.get<std::string>();
    }
  }
}

void SafeTensors::check_coverage() const {
  std::vector<std::pair<SafeTensorEntry, std::string>> by_offset;
  for (const auto& [name, entry] : entries_) by_offset.emplace_back(entry, name);
  std::sort(by_offset.begin(), by_offset.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.begin, a.first.end) < std::pair(b.first.begin, b.first.end);
  });
  uint64_t covered = 0;
  for (const auto& [entry, name] : by_offset) {
    if (entry.begin != covered)
      throw InputError(path_, fmt::format("tensor {}: begins at byte {}; {} is expected (no gap, no overlap)",
                                          shown(name), entry.begin, covered));
    covered = entry.end;
  }
  if (covered != data_.size())
    throw InputError(path_, fmt::format("{} bytes of data; {} are expected from its header", data_.size(), covered));
}

std::vector<std::string> SafeTensors::names() const {
  std::vector<std::string> all;
  for (const auto& [name, entry] : entries_) all.push_back(name);
  return all;
}

const SafeTensorEntry& SafeTensors::entry(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end())
    throw InputError(path_, fmt::format("no tensor {}; it is expected{}", name, did_you_mean(name, names())));
  return found->second;
}

const Shape& SafeTensors::shape(const std::string& name) const { return entry(name).shape; }

Tensor SafeTensors::read(const std::string& name) const {
  const SafeTensorEntry& found = entry(name);
  const auto count = static_cast<size_t>(element_count(found.shape));
  const char* bytes = data_.data() + found.begin;
  if (found.dtype == "F32") return {found.shape, converted<float>(bytes, count)};
  if (found.dtype == "F64") return {found.shape, converted<double>(bytes, count)};
  if (found.dtype == "I64") return {found.shape, converted<int64_t>(bytes, count)};
  throw InputError(path_, fmt::format("tensor {}: dtype {}; F32, F64 or I64 is expected", name, found.dtype));
}

Tensor SafeTensors::read(const std::string& name, const Shape& expected) const {
  if (shape(name) != expected)
    throw InputError(
        path_, fmt::format("tensor {}: shape {}; {} is expected", name, to_string(shape(name)), to_string(expected)));
  return read(name);
}

std::string to_safetensors(const NamedTensors& tensors, const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header;
  if (!metadata.empty()) header["__metadata__"] = metadata;
  uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    const uint64_t end = offset + tensor.data.size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = tensors.empty() && metadata.empty() ? "{}" : header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // data aligned to 8 bytes, as the format asks of writers
  const uint64_t header_bytes = text.size();
  std::string bytes(reinterpret_cast<const char*>(&header_bytes), length_bytes);
  bytes.reserve(length_bytes + text.size() + offset);
  bytes += text;
  for (const auto& [name, tensor] : tensors)
    bytes.append(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size() * sizeof(float));
  return bytes;
}

void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                       const std::map<std::string, std::string>& metadata) {
  write_file(path, to_safetensors(tensors, metadata));
}

}  // namespace tram
