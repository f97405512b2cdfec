#pragma once
#include <filesystem>
#include <memory>

#include "models/cells/netlist/mapped_netlist.hpp"

namespace tram {

/// Sums at the array's edge have so many bits, as the words of the output scratchpad.
inline constexpr int edge_sum_bits = 32;

/// An accumulator of the array's edge (rtl/arrays/edge/tram_accumulator.sv), mapped to the cells of a library. Sums lack
/// the low bits that are constant 0, as partial sums do.
struct AccumulatorDesign {
  int psum_bits = 0, sum_bits = 0, lsb = 0;
  bool is_signed = false;
  MappedNetlist netlist;
};

/// For partial sums of psum_bits above lsb bits that are constant 0, psum_bits + lsb < edge_sum_bits. Throws as
/// map_to_library does.
AccumulatorDesign map_accumulator(int psum_bits, int lsb, bool is_signed, std::shared_ptr<const Library> library,
                                  const std::filesystem::path& cache_folder = {});

/// A link of the chain that sums activations (rtl/arrays/edge/tram_activation_sum.sv).
struct ActivationSumDesign {
  int activation_bits = 0, sum_bits = 0;
  MappedNetlist netlist;
};

/// For the sums of `rows` activations, two's complement or unsigned. Throws as map_to_library does.
ActivationSumDesign map_activation_sum(int activation_bits, int rows, bool is_signed,
                                       std::shared_ptr<const Library> library,
                                       const std::filesystem::path& cache_folder = {});

}  // namespace tram
