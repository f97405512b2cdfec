#pragma once
#include <filesystem>

#include "models/network/tensor.hpp"

namespace tram {

/// Reads a NumPy .npy file of float32 (models/support/npy.hpp). InputError names the file for anything else.
Tensor read_npy(const std::filesystem::path& path);

}  // namespace tram
