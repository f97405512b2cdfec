#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>
#include <variant>

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

/// The window of a convolution (or a matrix, as height x 1 pixels with a 1 x 1 kernel) on its input map.
struct Window {
  int32_t in_height = 1, in_width = 1, channels = 1;
  int32_t kernel_width = 1, stride = 1, padding = 0;
  int32_t out_width = 1;
};

/// One fold: rows taps x columns channels of weights stay, the taps of `out_rows` output rows stream through.
struct FoldCommand {
  uint32_t weights = 0;               ///< offset in the weight scratchpad of [rows][columns]
  uint32_t activations = 0;           ///< offset in the activation scratchpad of input row band_first_row
  uint32_t outputs = 0;               ///< offset in the output scratchpad of int32 [m][columns], then int32 [m] sums
  int32_t rows = 0, columns = 0;      ///< used part of the array
  int32_t first_tap = 0;              ///< k of array row 0
  int32_t first_out_row = 0, out_rows = 0;
  int32_t band_first_row = 0;
  Window window;
  uint8_t zero = 0;                   ///< code of a padded tap
  bool accumulate = false;            ///< add to the sums there are, or start new ones

  int32_t m() const { return out_rows * window.out_width; }
};

/// What the vector unit needs of one output channel, as it lies in DRAM and in the weight scratchpad: 16 bytes.
struct ChannelParameters {
  int32_t constant = 0;     ///< bias - zx sum w + K zx zw
  int32_t weight_zero = 0;  ///< zw
  int32_t multiplier = 0, shift = 0;
};

/// acc = products - zw sum x + constant for m x columns results in the output scratchpad; then codes (1 B) or, for
/// the last layer, the accumulators (4 B), packed [m][columns] over the place of the products.
struct RequantiseCommand {
  uint32_t outputs = 0;      ///< as in FoldCommand; also where the results go
  uint32_t parameters = 0;   ///< offset in the weight scratchpad of ChannelParameters [columns]
  int32_t m = 0, columns = 0;
  int32_t zero = 0, clamp_low = 0, clamp_high = 255;
  bool logits = false;       ///< keep accumulators
};

/// Residual addition of `elements` codes; operands in the activation, result in the output scratchpad.
struct AddCommand {
  uint32_t a = 0, b = 0, destination = 0;
  int32_t elements = 0;
  int32_t zero_a = 0, zero_b = 0, zero_out = 0;
  int32_t multiplier_a = 0, multiplier_b = 0, shift = 0;
  int32_t clamp_low = 0, clamp_high = 255;
};

/// Mean over `positions` of each of `channels`; source [positions][channels] in the activation scratchpad.
struct AveragePoolCommand {
  uint32_t source = 0, destination = 0;
  int32_t positions = 0, channels = 0;
  int32_t zero_in = 0, zero_out = 0, multiplier = 0, shift = 0;
  int32_t clamp_low = 0, clamp_high = 255;
};

/// out_rows rows of a subsampling shortcut; source starts at the input row of the first of them.
struct SubsampleCommand {
  uint32_t source = 0, destination = 0;
  int32_t in_rows = 0, in_width = 0, in_channels = 0;
  int32_t out_rows = 0, out_width = 0, out_channels = 0;
  int32_t stride = 1, pad_before = 0, zero = 0;
};

using CommandBody =
    std::variant<DmaCommand, FoldCommand, RequantiseCommand, AddCommand, AveragePoolCommand, SubsampleCommand>;

/// What the host writes into a unit's command register.
struct Command {
  Unit unit = Unit::dma_in;
  uint16_t layer = 0;        ///< index of the step, for attribution
  Progress wait;             ///< what must be complete before the command starts
  CommandBody body;
};
static_assert(std::is_trivially_copyable_v<Command>, "commands cross the bus as bytes");

}  // namespace tram
