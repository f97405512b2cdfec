#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace tram {

/// An array of a NumPy .npy file: numbers in C order (the last index runs fastest), little-endian.
struct NpyArray {
  char kind = 'f';     ///< 'i' signed integer, 'u' unsigned integer, 'f' floating point
  int item_bytes = 4;  ///< 1, 2, 4, 8; for 'f' 4 or 8
  std::vector<int64_t> shape;
  std::string data;  ///< item_bytes times the product of the extents

  int64_t size() const { return static_cast<int64_t>(data.size()) / item_bytes; }
  /// Numbers as doubles; 64-bit integers above 2^53 are rounded.
  std::vector<double> values() const;
};

/// Reads the bytes of a .npy file, format 1.0 to 3.0, of little-endian (or one-byte) integers or floats; an array in
/// Fortran order is brought to C order. Throws InputError naming the file for anything else, and when the data has
/// another length than the shape says.
NpyArray parse_npy(const std::string& bytes, const std::string& file);

/// Array of a file, read as parse_npy does.
NpyArray read_npy_array(const std::filesystem::path& path);

/// The bytes of a .npy file, format 1.0, that NumPy's np.load reads as this array.
std::string to_npy(const NpyArray& array);
std::string to_npy(std::span<const int32_t> values, const std::vector<int64_t>& shape);

}  // namespace tram
