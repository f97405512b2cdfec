#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/quant/code_format.hpp"

namespace tram {

/// What leaves the array in a fold and what is added to it: sums of vector v and column c at [v vector_stride + c
/// column_stride].
struct EdgeFold {
  int rows = 0, columns = 0, vectors = 0;           ///< used part of the array and length of the stream
  int64_t cycles = 0;                               ///< in which the array works and worked on no fold before
  std::span<const int32_t> sums = {}, stored = {};  ///< of this fold; of the k tiles before, empty for the first one
  size_t vector_stride = 0, column_stride = 1;
  std::span<const uint8_t> activations = {};  ///< [positions][rows]; empty where they are not summed
  CodeFormat format = {};                     ///< of those
  std::span<const int32_t> activation_sums = {}, stored_sums = {};  ///< [positions], as sums and stored
};

/// What stands at the array's edge and adds up what leaves the array.
class Edge {
 public:
  virtual ~Edge() = default;
  virtual void add(const EdgeFold& fold) = 0;
  /// J since the last call, without leakage.
  virtual double take_energy() = 0;
  virtual double leakage_power() const = 0;  ///< W, with its clock gates
};

}  // namespace tram
