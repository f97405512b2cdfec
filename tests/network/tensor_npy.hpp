#pragma once
#include <cstring>
#include <filesystem>

#include "models/network/tensor.hpp"
#include "models/support/error.hpp"
#include "models/support/npy.hpp"

namespace tram {

/// Reads a NumPy .npy file of float32 (models/support/npy.hpp). InputError names the file for anything else.
inline Tensor read_npy(const std::filesystem::path& path) {
  const NpyArray array = read_npy_array(path);
  if (array.kind != 'f' || array.item_bytes != 4)
    throw InputError(path.string(),
                     fmt::format("numbers of type {}{}; float32 (f4) is expected", array.kind, array.item_bytes));
  Tensor tensor = zeros(array.shape);
  std::memcpy(tensor.data.data(), array.data.data(), array.data.size());
  return tensor;
}

}  // namespace tram
