#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/cells/mapping/multiplier_mapping.hpp"
#include "models/cells/timing/timed_simulation.hpp"
#include "models/data/image_set.hpp"
#include "models/quant/quantise.hpp"
#include "sim/config/layer_multipliers.hpp"
#include "sim/config/scenario_choices.hpp"

namespace tram {

/// A resolved scenario: every field has a value, in SI base units (Hz, s, B, B/s, J, F) or none by nature.
/// The initialisers are the defaults of the scenario keys; unit, range and description of each key are in
/// scenario_keys.cpp, what is derived from a name (DRAM presets, Liberty names) beside it, SRAM's figures in
/// sram_settings.cpp.
struct Scenario {
  std::string name;  ///< as on the command line: a name of scenarios/*.yaml or the stem of a file
  EngineKind engine = EngineKind::rtl;
  double cosim = 1;        ///< % of the folds of a table run that are run on rtl too
  SampleRule sample = {};  ///< PEs a fold whose adder and registers are simulated

  struct Network {
    std::string name = "resnet20_cifar10";
    std::filesystem::path weights;  ///< empty: the network's own file in the data folder
  } network;

  struct Data {
    ImageSet set = ImageSet::cifar10;
    int images = 10;
    int first = 0;
    std::filesystem::path folder;       ///< empty: $TRAM_DATA, else ~/.cache/tram-data
    PreprocessingChoice preprocessing;  ///< what is not said: the network's own and the data set's
  } data;

  struct Quantise {
    int bits = 8;
    int weight_bits = 0, activation_bits = 0;  ///< 0: bits
    std::vector<LayerBits> layer_bits = {};
    CodeKind codes = CodeKind::unsigned_codes;
    int stream_bits = 16, score_bits = 16;
    bool equalise = true;
    WeightGranularity weights = WeightGranularity::per_channel;
    ActivationGranularity activations = ActivationGranularity::per_layer;
    CalibrationMethod calibrate = CalibrationMethod::mse;
    double percentile = 99.99;  ///< of calibrate = percentile
    int images = 256;
    Compensation compensation = Compensation::none;

    /// Of a multiplier for codes of these bits: magnitudes leave the sign to the PE.
    OperandBits magnitudes(OperandBits codes_bits) const {
      return {codes_bits.weights - (codes == CodeKind::sign_magnitude ? 1 : 0), codes_bits.activations};
    }
    /// Of all layers but those of layer_bits.
    OperandBits operands() const {
      return {weight_bits != 0 ? weight_bits : bits, activation_bits != 0 ? activation_bits : bits};
    }
  } quantise;

  std::string multiplier_scope = "linear";              ///< layers that use it; the others have exact ones
  std::vector<LayerMultiplier> multiplier_layers = {};  ///< those of single layers
  std::optional<bool> multiplier_signed = {};  ///< of netlist files; nothing: as they say, else as is nearer to a b
  bool multiplier_swap = false;                ///< of netlist files
  std::string multiplier = "exact";            ///< a built-in (exact, trunc6, drum4 ...) or the path of a file

  struct Array {
    int rows = 64, columns = 64;
    ArrayWidth width = ArrayWidth::network;
    DataflowKind dataflow = DataflowKind::weight_stationary;
    std::filesystem::path design = {};  ///< folder of a PE of the user's (rtl/pe_source.hpp); empty: tram's
    double clock_hz = 100e6;            ///< clock of the whole platform
    Gating gating = Gating::none;
    WeightLoading weight_load = WeightLoading::exposed;

    bool holds_activations() const { return dataflow == DataflowKind::input_stationary; }
  } array;

  struct Mapping {
    TensorPlaces tensors = TensorPlaces::on_chip;
    WeightPlaces weights = WeightPlaces::streamed;
  } mapping;

  struct Dram {
    std::string name = "lpddr4_3200";
    std::string mapping = "row:bank:column:group:channel";  ///< of dram_mappings()
    bool simple = false;                                    ///< the four figures that follow instead of banks
    double latency_s = 55.5e-9;
    double bandwidth = 6.4e9;  ///< B/s; infinity: no limit
    int burst_bytes = 32;
    double energy_per_byte = 64e-12;
    int64_t bytes = int64_t{64} << 20;
  } dram;

  struct Scratchpad {
    int64_t bytes = 0;  ///< both halves of the double buffer together
    int port_bytes = 64;
    int latency_cycles = 1;
    int banks = 2;
    bool energy_given = false;  ///< else it is that of sram_node
    double read_energy_per_byte = 0, write_energy_per_byte = 0;
    double leakage_w = 0, area_mm2 = 0;
  };
  std::string sram_node = "180nm";
  Scratchpad weights{.bytes = 256 << 10};
  Scratchpad activations{.bytes = 256 << 10};
  Scratchpad outputs{.bytes = 128 << 10};

  struct Bus {
    int width_bytes = 16;
    int latency_cycles = 2;
  } bus;
  struct Dma {
    int max_burst_bytes = 256;
    int setup_cycles = 8;
    int outstanding = 2;
  } dma;
  struct Vector {
    int lanes = 16;
    int latency_cycles = 4;
    double energy_per_operation = 3.3e-12;
  } vector;
  struct Host {
    int issue_cycles = 4;
    int queue_commands = 16;
  } host;

  struct Technology {
    std::string name = "osu018";                 ///< as the scenario names the library
    std::vector<std::filesystem::path> liberty;  ///< its Liberty files, checked to exist
    AdderCells adders = AdderCells::library;
    std::optional<std::string> script = {};  ///< of ABC; nothing: the best, which MultiplierEngines settles; an engine
                                             ///< alone takes the default one
    DelayModel delays = DelayModel::library;
    double input_slew_s = 0, output_load_f = 0;
    WireModel wires = WireModel::none;
    double wire_f = 0;  ///< F a micrometre of wire

    double wire_f_used() const { return wires == WireModel::none ? 0 : wire_f; }
  } technology;

  struct Report {
    int64_t power_window_cycles = 1000;
  } report;
};

}  // namespace tram
