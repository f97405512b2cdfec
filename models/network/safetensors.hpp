#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/network/tensor.hpp"

namespace tram {

/// Location of one tensor in a safetensors file.
struct SafeTensorEntry {
  std::string dtype;  ///< "F32", ...
  Shape shape;
  uint64_t begin = 0, end = 0;  ///< bytes in the data, end exclusive
};

/// A safetensors file: 8-byte little-endian header length, JSON header, raw little-endian data.
/// Types read: F32, and F64 and I64 where a value is used as fp32. The data must be covered by the tensors
/// without gaps or overlaps, as the format demands. Every error is an InputError that names file and tensor.
class SafeTensors {
 public:
  explicit SafeTensors(const std::filesystem::path& path);
  /// Tensors from the bytes of a file; messages have `name` in place of the path.
  SafeTensors(std::string name, std::string bytes);

  const std::string& path() const { return path_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  std::vector<std::string> names() const;  ///< in alphabetical order
  bool contains(const std::string& name) const { return entries_.count(name) != 0; }

  /// The shape of a tensor; InputError (with the nearest name) when the file has no such tensor.
  const Shape& shape(const std::string& name) const;
  /// The values of a tensor as fp32.
  Tensor read(const std::string& name) const;
  /// The same, and the shape must be the one expected.
  Tensor read(const std::string& name, const Shape& expected) const;

 private:
  const SafeTensorEntry& entry(const std::string& name) const;
  void parse_header(const std::string& text);
  void check_coverage() const;

  std::string path_;
  std::string data_;
  std::map<std::string, std::string> metadata_;
  std::map<std::string, SafeTensorEntry> entries_;
};

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

/// The bytes of a file with these tensors as F32, in the order given.
std::string to_safetensors(const NamedTensors& tensors, const std::map<std::string, std::string>& metadata = {});

/// Writes them through an AtomicFile.
void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace tram
