#pragma once
#include <filesystem>

#include "models/network/tensor.hpp"

namespace tram {

/// Reads a NumPy .npy file, format 1.0 or 2.0, dtype '<f4', C order. InputError names the file for anything else.
Tensor read_npy(const std::filesystem::path& path);

}  // namespace tram
