#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>
#include <variant>

#include "models/quant/integer_network.hpp"

namespace tram {

/// The units that execute commands, each its own in order, all at once.
enum class Unit : uint8_t { dma_in, array, vector, dma_out };
inline constexpr int kUnits = 4;
inline constexpr std::array<const char*, kUnits> kUnitNames{"dma_in", "array", "vector", "dma_out"};

/// The scratchpad memories.
enum class Memory : uint8_t { weights, activations, outputs };
inline constexpr int kMemories = 3;

/// A point in the progress of all units: how many commands each has completed (timeline semaphores). Since units work
/// in order, "unit u has completed n commands" names exactly its n-th command.
struct Progress {
  std::array<uint32_t, kUnits> completed{};

  uint32_t& operator[](Unit unit) { return completed[static_cast<size_t>(unit)]; }
  uint32_t operator[](Unit unit) const { return completed[static_cast<size_t>(unit)]; }
  /// The first point at which both this and other are reached.
  void include(const Progress& other) {
    for (size_t u = 0; u < completed.size(); ++u) completed[u] = std::max(completed[u], other.completed[u]);
  }
  bool reached(const Progress& target) const {
    for (size_t u = 0; u < completed.size(); ++u)
      if (completed[u] < target.completed[u]) return false;
    return true;
  }
  bool operator==(const Progress&) const = default;
};

/// Both points reached.
inline Progress both(Progress a, const Progress& b) {
  a.include(b);
  return a;
}

/// Moves rows x row_bytes between DRAM and a scratchpad; dma_in into it, dma_out out of it.
struct DmaCommand {
  uint64_t dram = 0;   ///< address in DRAM, B
  uint32_t local = 0;  ///< offset in the scratchpad, B
  uint32_t rows = 1, row_bytes = 0;
  uint32_t dram_stride = 0, local_stride = 0;  ///< from row to row, B
  Memory memory = Memory::weights;
  uint8_t code_bits = 8;  ///< of the codes that it moves; packed, they take so much less of bus, DRAM and ports
};

/// The window of a convolution (or a matrix, as height x 1 pixels with a 1 x 1 kernel) on its input map. Taps are
/// channels first_channel .. first_channel + tap_channels - 1 of the pixels under the kernel.
struct Window {
  int32_t in_height = 1, in_width = 1, channels = 1;
  int32_t first_channel = 0, tap_channels = 1;
  int32_t out_width = 1;
  int16_t kernel_width = 1, padding = 0;
  int16_t stride = 1, column_stride = 1;  ///< as in GemmLayer
};

/// Where a block of the stationary operand lies: [rows][columns] or, transposed, [columns][rows].
struct StationaryBlock {
  Memory memory = Memory::weights;  ///< weights or, of a product of activations, activations
  bool transposed = false;
  uint8_t code_bits = 8;
  uint32_t offset = 0;  ///< of its first code
  uint32_t pitch = 0;   ///< from row to row as it lies, B
};

/// One fold: rows taps x columns channels of weights meet the taps of m output positions. One of the two stays in the
/// array, in its rows and as many of its columns as it has channels or positions, and the other streams through.
struct FoldCommand {
  StationaryBlock weights = {};
  uint32_t activations = 0;        ///< offset in the activation scratchpad of input row band_first_row
  uint32_t outputs = 0;            ///< offset in the output scratchpad of int32 [m][columns], then int32 [m] sums
  int16_t rows = 0, columns = 0;   ///< taps and channels of the weights
  bool holds_activations = false;  ///< those stay, weights stream
  bool sums_activations = false;   ///< for weights with a zero point; else their sums are neither read nor written
  bool accumulate = false;         ///< add to the sums there are, or start new ones
  uint8_t zero = 0;                ///< code of a padded tap
  uint8_t multiplier = 0;          ///< index of the circuit that the PEs have in this layer
  uint8_t bits = 8;                ///< of the activations' codes
  bool is_signed = false;          ///< whether those are in two's complement
  int32_t first_tap = 0;           ///< k of array row 0
  int32_t first_position = 0, positions = 0;  ///< of the output map, row by row
  int32_t band_first_row = 0;
  Window window;

  int32_t m() const { return positions; }
  CodeFormat operands() const { return {bits, is_signed}; }
};

/// What the vector unit needs of one output channel, as it lies in DRAM and in the weight scratchpad: 16 bytes.
struct ChannelParameters {
  int32_t constant = 0;     ///< bias - zx sum w + K zx zw
  int32_t weight_zero = 0;  ///< zw
  int32_t multiplier = 0, shift = 0;
};

/// Channel parameters of a product of activations, whose stationary operand b an earlier layer computed:
/// constant = -za sum_k b + K za zb. One command for each tile of taps; the first one starts with K za zb.
struct ColumnParametersCommand {
  StationaryBlock weights = {};  ///< b, [taps][columns]
  uint32_t parameters = 0;       ///< offset in the weight scratchpad of ChannelParameters [columns]
  int32_t taps = 0;              ///< rows of b to sum; 0 where za = 0
  int32_t columns = 0;
  bool accumulate = false;  ///< add to the constants there are
  MatmulParameters matmul;
  CodeFormat operands = {};
};

/// Where results go: rows of them, `pitch` B from each to the next.
struct Destination {
  Memory memory = Memory::outputs;  ///< outputs, from where they go to DRAM, or activations, where they stay
  uint32_t offset = 0;
  uint32_t pitch = 0;
};

/// acc = products - zw sum x + constant for m x columns results in the output scratchpad; then codes or, for the last
/// layer, the accumulators (4 B), as [m][columns]; in the output scratchpad they may take the place of the products.
struct RequantiseCommand {
  uint32_t outputs = 0;  ///< as in FoldCommand
  Destination destination = {};
  uint32_t parameters = 0;  ///< offset in the weight scratchpad of ChannelParameters [columns]
  int32_t m = 0, columns = 0;
  int32_t zero = 0, clamp_low = 0, clamp_high = 255;
  bool logits = false;            ///< keep accumulators
  bool sums_activations = false;  ///< as in FoldCommand
  CodeFormat format = {};         ///< of the codes
};

/// A CodeFormat in two bytes.
struct CommandFormat {
  uint8_t bits = 8;
  bool is_signed = false;

  CommandFormat() = default;
  CommandFormat(CodeFormat format) : bits(static_cast<uint8_t>(format.bits)), is_signed(format.is_signed) {}
  operator CodeFormat() const { return {bits, is_signed}; }
};

/// A layer of the vector unit on a piece of its map.
struct VectorCommand {
  std::array<uint32_t, 2> inputs = {};  ///< offsets in the activation scratchpad
  Destination destination = {};         ///< results follow each other: its pitch is not used
  uint32_t constants = 0;               ///< offset in the weight scratchpad of VectorLayer::constants
  std::array<CommandFormat, 2> formats_in = {};
  CommandFormat format_out = {};
  VectorParameters parameters;  ///< the layer's, of the size of the piece
};

/// The vector unit moves rows within the activation scratchpad.
struct CopyCommand {
  uint32_t from = 0, from_stride = 0;  ///< offset of the first row and B from row to row
  uint32_t to = 0, to_stride = 0;
  uint32_t rows = 1, row_bytes = 0;
  uint8_t code_bits = 8;  ///< as in DmaCommand
};

using CommandBody =
    std::variant<DmaCommand, FoldCommand, RequantiseCommand, ColumnParametersCommand, VectorCommand, CopyCommand>;

/// What the host writes into a unit's command register.
struct Command {
  Unit unit = Unit::dma_in;
  uint16_t layer = 0;  ///< index of the step, for attribution
  Progress wait;       ///< what must be complete before the command starts
  CommandBody body;
};
static_assert(std::is_trivially_copyable_v<Command>, "commands cross the bus as bytes");

}  // namespace tram
