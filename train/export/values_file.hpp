#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "train/layers/parameters.hpp"

namespace tram::train {

/// Arrays of a list and their values, as they go to and come from a safetensors file.
struct NamedValues {
  const ParameterList& list;
  std::span<const float> values;
};

/// Writes all arrays, each with its name and shape.
void write_values(const std::filesystem::path& path, const std::vector<NamedValues>& parts,
                  const std::map<std::string, std::string>& metadata);

/// Reads the arrays of a list by name into values; those that the file does not have keep what values holds.
/// InputError when an array has another size, or when the file has none of them.
void read_values(const std::filesystem::path& path, const ParameterList& list, std::span<float> values);

}  // namespace tram::train
