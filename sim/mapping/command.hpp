#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>
#include <variant>

#include "models/quant/code_format.hpp"

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
  uint64_t dram = 0;                            ///< address in DRAM, B
  uint32_t local = 0;                           ///< offset in the scratchpad, B
  uint32_t rows = 1, row_bytes = 0;
  uint32_t dram_stride = 0, local_stride = 0;   ///< from row to row, B
  Memory memory = Memory::weights;
};

/// The window of a convolution (or a matrix, as height x 1 pixels with a 1 x 1 kernel) on its input map. Taps are
/// channels first_channel .. first_channel + tap_channels - 1 of the pixels under the kernel.
struct Window {
  int32_t in_height = 1, in_width = 1, channels = 1;
  int32_t first_channel = 0, tap_channels = 1;
  int32_t out_width = 1;
  int16_t kernel_width = 1, padding = 0;
  int16_t stride = 1, column_stride = 1;   ///< as in GemmLayer
};

/// One fold: rows taps x columns channels of weights stay, the taps of `out_rows` output rows stream through.
struct FoldCommand {
  uint32_t weights = 0;               ///< offset in the weight scratchpad of [rows][columns]
  uint32_t activations = 0;           ///< offset in the activation scratchpad of input row band_first_row
  uint32_t outputs = 0;               ///< offset in the output scratchpad of int32 [m][columns], then int32 [m] sums
  int16_t rows = 0, columns = 0;      ///< used part of the array
  bool transposed = false;            ///< the weights lie as [columns][rows]
  bool accumulate = false;            ///< add to the sums there are, or start new ones
  uint8_t zero = 0;                   ///< code of a padded tap
  uint8_t multiplier = 0;             ///< index of the circuit that the PEs have in this layer
  uint8_t bits = 8;                   ///< of the operands' codes
  bool is_signed = false;             ///< whether those are in two's complement
  int32_t first_tap = 0;              ///< k of array row 0
  int32_t first_out_row = 0, out_rows = 0;
  int32_t band_first_row = 0;
  Window window;

  int32_t m() const { return out_rows * window.out_width; }
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
  uint32_t weights = 0;      ///< offset in the weight scratchpad of b: [taps][columns], or, transposed, [columns][taps]
  uint32_t parameters = 0;   ///< offset in the weight scratchpad of ChannelParameters [columns]
  int32_t taps = 0;          ///< rows of b to sum; 0 where za = 0
  int32_t columns = 0;
  bool transposed = false;
  bool accumulate = false;   ///< add to the constants there are
  int32_t inner = 0;         ///< K, over all tiles
  int32_t a_zero = 0, b_zero = 0;
  int32_t bias = 0;
  int32_t multiplier = 0, shift = 0;
  CodeFormat operands = {};
};

/// acc = products - zw sum x + constant for m x columns results in the output scratchpad; then codes or, for the last
/// layer, the accumulators (4 B), packed [m][columns] over the place of the products.
struct RequantiseCommand {
  uint32_t outputs = 0;      ///< as in FoldCommand; also where the results go
  uint32_t parameters = 0;   ///< offset in the weight scratchpad of ChannelParameters [columns]
  int32_t m = 0, columns = 0;
  int32_t zero = 0, clamp_low = 0, clamp_high = 255;
  bool logits = false;       ///< keep accumulators
  CodeFormat format = {};         ///< of the codes
};

/// Residual addition of `elements` codes; operands in the activation, result in the output scratchpad, as in all
/// commands below.
struct AddCommand {
  uint32_t a = 0, b = 0, destination = 0;
  int32_t elements = 0;
  int32_t zero_a = 0, zero_b = 0, zero_out = 0;
  int32_t multiplier_a = 0, multiplier_b = 0, shift = 0;
  int32_t clamp_low = 0, clamp_high = 255;
  CodeFormat format_a = {}, format_b = {}, format_out = {};
};

/// Mean over `positions` of each of `channels`; source [positions][channels] in the activation scratchpad.
struct AveragePoolCommand {
  uint32_t source = 0, destination = 0;
  int32_t positions = 0, channels = 0;
  int32_t zero_in = 0, zero_out = 0, multiplier = 0, shift = 0;
  int32_t clamp_low = 0, clamp_high = 255;
  CodeFormat format_in = {}, format_out = {};
};

/// out_rows rows of the largest codes under a window, from row first_out_row on of the pooling of a band of in_rows
/// input rows.
struct MaxPoolCommand {
  uint32_t source = 0, destination = 0;
  int32_t in_rows = 0, in_width = 0, channels = 0;
  int32_t first_out_row = 0, out_rows = 0, out_width = 0;
  int32_t kernel = 1, stride = 1, padding = 0;
  CodeFormat format = {};
};

/// out_rows rows of a subsampling shortcut; source starts at the input row of the first of them.
struct SubsampleCommand {
  uint32_t source = 0, destination = 0;
  int32_t in_rows = 0, in_width = 0, in_channels = 0;
  int32_t out_rows = 0, out_width = 0, out_channels = 0;
  int32_t stride = 1, pad_before = 0, zero = 0;
};

/// Layer normalisation of `rows` positions of `channels` codes each, as LayerNormLayer says.
struct LayerNormCommand {
  uint32_t source = 0, destination = 0;
  uint32_t parameters = 0;   ///< offset in the weight scratchpad of int32 gamma [channels], then beta [channels]
  int32_t rows = 0, channels = 0;
  int64_t epsilon = 0;
  int32_t shift = 16, zero_out = 0;
  int32_t clamp_low = 0, clamp_high = 255;
  CodeFormat format_in = {}, format_out = {};
};

/// Softmax of `rows` positions of `channels` codes each, as SoftmaxLayer says.
struct SoftmaxCommand {
  uint32_t source = 0, destination = 0;
  uint32_t tables = 0;       ///< offset in the weight scratchpad of uint32 exp_low, then exp_high
  int32_t low_entries = 0, high_entries = 0;
  int32_t rows = 0, channels = 0;
  int32_t multiplier = 0, shift = 0, zero_out = 0;   ///< of the inverse scale
  int32_t clamp_low = 0, clamp_high = 255;
  CodeFormat format_in = {}, format_out = {};
};

/// Each of `elements` codes replaced by the entry of a table that it indexes.
struct LookupCommand {
  uint32_t source = 0, destination = 0;
  uint32_t table = 0;        ///< offset in the weight scratchpad of int32 [entries], values of output codes
  int32_t entries = 0, elements = 0;
  CodeFormat format_in = {}, format_out = {};
};

using CommandBody =
    std::variant<DmaCommand, FoldCommand, RequantiseCommand, ColumnParametersCommand, AddCommand, AveragePoolCommand,
                 MaxPoolCommand, SubsampleCommand, LayerNormCommand, SoftmaxCommand, LookupCommand>;

/// What the host writes into a unit's command register.
struct Command {
  Unit unit = Unit::dma_in;
  uint16_t layer = 0;        ///< index of the step, for attribution
  Progress wait;             ///< what must be complete before the command starts
  CommandBody body;
};
static_assert(std::is_trivially_copyable_v<Command>, "commands cross the bus as bytes");

}  // namespace tram
