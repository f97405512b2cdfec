#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace tram {

/// A resolved scenario: every key has a value, in SI base units (Hz, s, B, J) or none by nature.
/// The file's raw form, units, defaults, ranges and descriptions of each key are in scenario_keys.cpp.
struct Scenario {
  std::string name;       ///< as on the command line: a name of scenarios/*.yaml or the stem of a file
  std::string engine = "rtl";

  struct Network { std::string name = "resnet20_cifar10"; std::filesystem::path weights; } network;
  struct Data { std::string set = "cifar10"; int images = 10; int first = 0; std::filesystem::path folder; } data;
  struct Quantise { int bits = 8; std::string weights = "per_channel"; std::string activations = "per_layer";
                    std::string calibrate = "mse"; int images = 256; } quantise;
  std::string multiplier = "exact";  ///< a built-in (exact, trunc1 .. trunc15) or a file (*.axm.json, *.v, *.blif)

  struct Array { int rows = 64, columns = 64; std::string dataflow = "weight_stationary"; double clock_hz = 100e6;
                 std::string weight_load = "exposed"; } array;
  struct Dram { std::string name = "lpddr4_3200"; double latency_s = 60e-9, bandwidth = 6.4e9; int burst_bytes = 32;
                double energy_per_byte = 0; int64_t bytes = int64_t{64} << 20; } dram;
  struct Scratchpad { int64_t bytes = 0; int port_bytes = 64; int latency_cycles = 1; double energy_per_byte = 0; };
  Scratchpad weights, activations, outputs;
  struct Bus { int width_bytes = 16; int latency_cycles = 2; } bus;
  struct Dma { int max_burst_bytes = 256; int setup_cycles = 8; } dma;
  struct Vector { int lanes = 16; int latency_cycles = 4; double energy_per_operation = 0; } vector;
  struct Host { int issue_cycles = 4; } host;
  struct Technology { std::filesystem::path liberty; double input_slew_s = 0, output_load_f = 0; } technology;
  struct Report { int64_t power_window_cycles = 1000; } report;
};

}  // namespace tram
