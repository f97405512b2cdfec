#pragma once
#include "sim/results/result.hpp"

namespace tram {

/// A run small enough to work every figure of its report out by hand: two images, two layers, a 4 x 8 array at
/// 100 MHz; the exact machine needs twice the multiplier energy.
inline LayerResult sample_layer(const std::string& name, double macs, double cycles, double scale, double multiplier) {
  LayerResult layer{.name = name,
                    .kind = "conv",
                    .multiplier = "",
                    .m = 10,
                    .k = 4,
                    .n = 8,
                    .weight_bits = 8,
                    .activation_bits = 8,
                    .codes = "unsigned",
                    .macs = macs,
                    .cycles = cycles,
                    .cycle_parts = {},
                    .array_busy_cycles = cycles / 4,
                    .fold_cycles = cycles / 2,
                    .dram_bytes = 2048 * scale,
                    .sram_bytes = 4096 * scale,
                    .bank_wait_cycles = 5 * scale,
                    .energy = {}};
  layer.cycle_parts.stream = layer.cycle_parts.wait = cycles / 4;
  layer.cycle_parts.vector = cycles / 2;
  layer.energy = {.multiplier = multiplier * scale,
                  .adder = 2e-9 * scale,
                  .registers = 3e-9 * scale,
                  .clock = 4e-9 * scale,
                  .array_leakage = 0.5e-9 * scale,
                  .accumulators = 0,
                  .sram = 5e-9 * scale,
                  .dram = 6e-9 * scale,
                  .vector_unit = 0.25e-9 * scale,
                  .dram_background = 1e-9 * scale};
  return layer;
}

inline ImageResult sample_image(int index, bool right, double scale, double multiplier) {
  ImageResult image;
  image.index = index;
  image.label = 3;
  image.top1 = right ? 3 : 5;
  image.golden_top1 = image.top1;
  image.logits_equal = true;
  image.logits = {1, 2, 3};
  image.cycles = static_cast<uint64_t>(300 * scale);
  image.layers = {sample_layer("conv1", 3200, 200 * scale, scale, multiplier),
                  sample_layer("layer1.0.conv1", 1600, 100 * scale, scale, multiplier)};
  return image;
}

inline MachineResult sample_machine(const std::string& name, double multiplier) {
  MachineResult machine{
      .multiplier = name,
      .library = "osu018",
      .engine = "rtl",
      .delay_model = "zero_delay",
      .circuits_note = "",
      .rows = 4,
      .columns = 8,
      .clock_hz = 100e6,
      .critical_path_s = 8e-9,
      .area = {.multipliers = .04,
               .adders = .02,
               .registers = .03,
               .clock_gates = .001,
               .accumulators = .002,
               .weights_sram = .25,
               .activations_sram = .5,
               .outputs_sram = .125},
      .clocking = "all registers in each of the 2 rows + columns + M - 2 cycles of a fold, no clock gating",
      .images = {},
      .power = {},
      .wall_s = 1.5};
  machine.images = {sample_image(0, true, 1, multiplier), sample_image(1, false, 3, multiplier)};
  for (ImageResult& image : machine.images)
    for (LayerResult& layer : image.layers) layer.multiplier = name;
  machine.power = {{0, 1e-6, machine.images[0].layers[0].energy}, {1e-6, 2e-6, machine.images[0].layers[1].energy}};
  return machine;
}

inline RunResult sample_run() {
  RunResult run;
  run.scenario = "sample";
  run.network = "resnet8_shapes";
  run.data_set = "shapes";
  run.library_conditions = "1.8 V, 25 C, process 1 (nom_voltage)";
  run.access_energy_note = "SRAM 6.57 pJ/B (a source); DRAM 64 pJ/B (another)";
  run.machine = sample_machine("trunc6", 5e-9);
  run.multipliers = {{"trunc6", "adder cells FAX1, HAX1", 6e-12, 12e-12},
                     {"exact", "Dadda tree of adder cells FAX1, HAX1", 8e-12, 10e-12}};
  run.has_exact = true;
  run.exact = sample_machine("exact", 10e-9);
  return run;
}

}  // namespace tram
