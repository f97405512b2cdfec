#include "sim/config/scenario_keys.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>

#include "models/cells/liberty/liberty_names.hpp"
#include "models/memory/dram_presets.hpp"
#include "models/memory/dram_timing.hpp"
#include "models/memory/sram.hpp"
#include "models/support/nearest.hpp"
#include "sim/config/key_kinds.hpp"

namespace tram {
namespace {

/// Reads and writes one field of a Scenario, const or not.
#define FIELD(path) ([](auto& scenario) -> auto& { return scenario.path; })

constexpr Dimension bytes = Dimension::size, cycles = Dimension::cycles;
constexpr int64_t kib = int64_t{1} << 10, mib = kib << 10, gib = mib << 10;
constexpr double unlimited = std::numeric_limits<double>::infinity();

/// A key that, unless given, follows from what `from` says.
ScenarioKey derived(const std::string& from, ScenarioKey key) {
  key.default_text = from;
  key.derived = true;
  return key;
}

/// memory.dram: banks, or the preset's figures as far as no memory.dram_... key gives one.
ScenarioKey dram_key() {
  std::vector<std::string> names;
  for (const DramPreset& preset : dram_presets()) names.push_back(preset.name);
  ScenarioKey key =
      make_key("memory.dram", choice(names), FIELD(dram.name), "DRAM by name; sets its banks, timing and energy");
  key.set = [set_name = key.set](Scenario& scenario, const RawValue& value) {
    set_name(scenario, value);
    const DramPreset& preset = *find_dram_preset(value.text);
    scenario.dram.simple = preset.device == nullptr;
    scenario.dram.latency_s = preset.latency_s;
    scenario.dram.bandwidth = preset.bandwidth;
    scenario.dram.burst_bytes = preset.burst_bytes;
    scenario.dram.energy_per_byte = preset.energy_per_byte;
  };
  return key;
}

/// A figure of a DRAM without banks, which it makes of the one named; empty where there are banks.
ScenarioKey simple_dram(ScenarioKey key) {
  key.set = [set = key.set](Scenario& scenario, const RawValue& value) {
    set(scenario, value);
    scenario.dram.simple = true;
  };
  key.get = [get = key.get](const Scenario& scenario) { return scenario.dram.simple ? get(scenario) : ""; };
  return derived("from memory.dram", key);
}

/// Bits that are quantise.bits unless they are given; 0 then.
ScenarioKey own_bits(ScenarioKey key) {
  key.get = [get = key.get](const Scenario& scenario) {
    const std::string text = get(scenario);
    return text == "0" ? "" : text;
  };
  return derived("quantise.bits", key);
}

/// The five keys of a scratchpad. Its energy is that of memory.sram_node (sram_settings.hpp), unless it is given.
template <class Field>
void add_scratchpad(std::vector<ScenarioKey>& keys, const std::string& holds, Field field) {
  const std::string name = "memory." + holds;
  keys.push_back(make_key(
      name, whole(bytes, kib, gib), [field](auto& s) -> auto& { return field(s).bytes; },
      "Scratchpad for " + holds + ", both halves together"));
  keys.push_back(make_key(
      name + "_port", whole(bytes, 1, 4096), [field](auto& s) -> auto& { return field(s).port_bytes; },
      "Width of each of its ports, a cycle"));
  keys.push_back(make_key(
      name + "_latency", whole(cycles, 0, 1000), [field](auto& s) -> auto& { return field(s).latency_cycles; },
      "From address to data"));
  keys.push_back(make_key(
      name + "_banks", whole({}, 1, 1024), [field](auto& s) -> auto& { return field(s).banks; },
      "Banks, equal blocks of addresses: one access a cycle each"));
  ScenarioKey energy = make_key(
      name + "_energy", quantity(Dimension::energy_per_byte, 0, 1e-6),
      [field](auto& s) -> auto& { return field(s).read_energy_per_byte; }, "Dynamic energy of a byte read or written");
  energy.set = [set = energy.set, field](Scenario& scenario, const RawValue& value) {
    set(scenario, value);
    field(scenario).write_energy_per_byte = field(scenario).read_energy_per_byte;
    field(scenario).energy_given = true;
  };
  energy.get = [get = energy.get, field](const Scenario& s) { return field(s).energy_given ? get(s) : ""; };
  keys.push_back(derived("from memory.sram_node", energy));
}

/// What a report calls the library of these files.
std::string liberty_title(const std::vector<std::filesystem::path>& files) {
  const std::string first = files[0].stem().string();
  return files.size() == 1 ? first : fmt::format("{} and {} more", first, files.size() - 1);
}

ScenarioKey liberty_key() {
  std::vector<std::string> names;
  for (const NamedLiberty& named : named_liberties()) names.push_back(named.name);
  ScenarioKey key;
  key.name = "technology.liberty";
  key.type = "name";
  key.allowed = fmt::format("{}, a Liberty file, or a list of the files of one library", fmt::join(names, ", "));
  key.is_list = true;
  key.sentence = "Standard cells that the processing element is mapped to";
  key.set = [](Scenario& scenario, const RawValue& value) {
    scenario.technology.liberty = find_liberty(value.text, value.where, value.folder);
    scenario.technology.name = is_named_liberty(value.text) ? value.text : liberty_title(scenario.technology.liberty);
  };
  key.get = [](const Scenario& scenario) {
    if (is_named_liberty(scenario.technology.name)) return scenario.technology.name;
    std::vector<std::string> files;
    for (const std::filesystem::path& file : scenario.technology.liberty) files.push_back(file.string());
    return fmt::format("{}", fmt::join(files, ","));
  };
  key.default_text = key.get(Scenario{});
  return key;
}

std::vector<ScenarioKey> make_network_keys() {
  const std::string by_network = "the network's own";
  return {
      make_key("network", network_name(), FIELD(network.name), "Network: its depth and what it was trained on"),
      derived("the network's own file",
              make_key("network_weights", existing_path(PathKind::file), FIELD(network.weights),
                       "Its weights, a safetensors file; that of a network trained with its "
                       "quantisers decides network and the quantise keys too")),
      make_key("data.set", choice<ImageSet>(), FIELD(data.set),
               "Images: CIFAR-10, ImageNet, or drawn shapes in ten classes that need no download"),
      make_key("data.images", whole({}, 1, 1000000), FIELD(data.images), "Test images to run"),
      make_key("data.first", whole({}, 0, 1000000), FIELD(data.first), "Index of the first of them"),
      derived("$TRAM_DATA or ~/.cache/tram-data", make_key("data.folder", existing_path(PathKind::folder),
                                                           FIELD(data.folder), "Where downloaded data lies")),
      derived(by_network,
              make_key("data.mean", channel_numbers(lowest_mean, highest_mean), FIELD(data.preprocessing.mean),
                       "Taken from pixels of 0 to 1 in red, green and blue before the network sees them")),
      derived(by_network, make_key("data.deviation", channel_numbers(lowest_deviation, highest_deviation),
                                   FIELD(data.preprocessing.deviation), "By which they are divided after that")),
      derived(by_network + "; of val500 0",
              make_key("data.resize", pixels(0, largest_side), FIELD(data.preprocessing.resize),
                       "Pixels of the shorter side of an ImageNet image after resizing; "
                       "0: as the file is")),
      derived(by_network, make_key("data.crop", pixels(1, largest_side), FIELD(data.preprocessing.crop),
                                   "Pixels a side of the square cut from its middle after that")),
      derived(by_network, make_key("data.interpolation", interpolation(), FIELD(data.preprocessing.interpolation),
                                   "How it is resized, with antialiasing")),
      make_key("quantise.bits", whole({}, 2, 8), FIELD(quantise.bits), "Bits of weight and activation codes"),
      own_bits(make_key("quantise.weight_bits", whole({}, 2, 8), FIELD(quantise.weight_bits), "Bits of weight codes")),
      own_bits(make_key("quantise.activation_bits", whole({}, 2, 8), FIELD(quantise.activation_bits),
                        "Bits of activation codes; of a product of activations those of both operands")),
      make_key("quantise.layer_bits", layer_bits(), FIELD(quantise.layer_bits),
               "Bits of single layers, weights x activations, rule after rule; what several layers read is as wide as "
               "the widest of them wants"),
      make_key("quantise.codes", choice<CodeKind>(), FIELD(quantise.codes),
               "What codes are; signed: two's complement with symmetric weights, and signed multipliers; "
               "sign_magnitude: weights "
               "as sign and magnitude, symmetric, of 3 bits or more, which an unsigned multiplier of a bit less takes; "
               "the PE's "
               "adder adds or subtracts"),
      make_key("quantise.stream_bits", whole({}, 4, 16), FIELD(quantise.stream_bits),
               "Bits of the residual stream between layer norms, at least quantise.bits"),
      make_key("quantise.score_bits", whole({}, 4, 16), FIELD(quantise.score_bits),
               "Bits of what a softmax reads, at least quantise.bits"),
      make_key("quantise.equalise", boolean(), FIELD(quantise.equalise),
               "Whether the channels that a layer norm gives are scaled alike before they are quantised"),
      make_key("quantise.weights", choice<WeightGranularity>(), FIELD(quantise.weights),
               "What shares a weight scale: an output channel or the whole layer"),
      make_key("quantise.activations", choice<ActivationGranularity>(), FIELD(quantise.activations),
               "What shares an activation scale"),
      make_key("quantise.calibrate", choice<CalibrationMethod>(), FIELD(quantise.calibrate),
               "Range of a quantiser: least squared error, all values, or all but the outermost"),
      make_key("quantise.percentile", number(50, 100), FIELD(quantise.percentile),
               "Share of the values, in %, that calibrate: percentile keeps"),
      make_key("quantise.images", whole({}, 1, 50000), FIELD(quantise.images), "Training images to calibrate with"),
      make_key("quantise.compensation", choice<Compensation>(), FIELD(quantise.compensation),
               "What is folded into the biases: nothing, or the multiplier's mean error on training operands"),
  };
}

std::vector<ScenarioKey> make_array_keys() {
  return {
      make_key("engine", choice<EngineKind>(), FIELD(engine),
               "What fills the processing elements: their RTL, tables of the same netlist, or nothing but shapes"),
      make_key("cosim", number(0, 100), FIELD(cosim),
               "Share of the folds, in %, that engine: table runs on rtl too and compares"),
      make_key(
          "sample", sample_rule(), FIELD(sample),
          "PEs of each fold whose adder and registers engine: table simulates; auto: as a 95 % interval of 1 % needs"),
      make_key("multiplier", multiplier_name(), FIELD(multiplier),
               "Multiplier of every processing element; exact: the best exact one of the library, for the codes"),
      make_key("multiplier_scope", layer_names(), FIELD(multiplier_scope),
               "Layers that use it, the others exact ones; attention: the products of activations"),
      make_key("multiplier_layers", layer_multipliers(), FIELD(multiplier_layers),
               "Multipliers of single layers, after the two keys above"),
      make_key(
          "multiplier_signed", boolean_or_auto(), FIELD(multiplier_signed),
          "Whether netlist files are two's complement; auto: as they say, else as is nearer to a b, which is said"),
      make_key("multiplier_swap", boolean(), FIELD(multiplier_swap),
               "Whether a netlist file's first operand is the activation and its second the weight"),
      make_key("array.rows", whole({}, 1, 1024), FIELD(array.rows), "Rows of processing elements: taps of a fold"),
      make_key("array.columns", whole({}, 1, 1024), FIELD(array.columns),
               "Columns of processing elements: output channels of a fold, or its output positions (input_stationary)"),
      make_key(
          "array.width", choice<ArrayWidth>(), FIELD(array.width),
          "Operand bits of the array; network: those of the widest layer, in all layers, upper bits at 0 (or the sign) "
          "in the others; layer: each layer's energy is that of an array of its own bits"),
      make_key("array.dataflow", choice<DataflowKind>(), FIELD(array.dataflow),
               "What stays in the array while the other operand streams: the same PE holds weights or, with the "
               "multiplier's operands exchanged, activations"),
      derived("none",
              make_key("array.design", existing_path(PathKind::folder), FIELD(array.design),
                       "A processing element of your own: a folder with its SystemVerilog, whose ports say what they "
                       "do (scenarios/README.md)")),
      make_key("array.clock", quantity(Dimension::frequency, 1e3, 1e11), FIELD(array.clock_hz),
               "Clock of the whole platform"),
      make_key("array.gating", choice<Gating>(), FIELD(array.gating),
               "Which registers of the PEs are clocked; none: all, in every cycle of a fold; clock: in used rows and "
               "columns, "
               "while they hold something new; zero: likewise, but activation and product not where the activation "
               "(the weight, where that is what streams) has code 0, if all products of that are 0 (else as clock)"),
      make_key(
          "array.weight_load", choice<WeightLoading>(), FIELD(array.weight_load),
          "When weights load; exposed: between folds, into the PE's one weight register; hidden: into a second one "
          "while the fold before streams, which array.gating: clock or zero has"),
  };
}

std::vector<ScenarioKey> make_memory_keys() {
  std::vector<ScenarioKey> keys = {
      dram_key(),
      make_key("memory.dram_mapping", choice(dram_mappings()), FIELD(dram.mapping),
               "What its addresses are cut into, the most significant field first"),
      simple_dram(make_key("memory.dram_latency", quantity(Dimension::time, 0, 1), FIELD(dram.latency_s),
                           "From a request to its first data; this or one of the next three: a DRAM without banks")),
      simple_dram(make_key("memory.dram_bandwidth", quantity(Dimension::bandwidth, 1, unlimited), FIELD(dram.bandwidth),
                           "Peak rate, reads and writes together, without banks")),
      simple_dram(make_key("memory.dram_burst", whole(bytes, 1, 4096), FIELD(dram.burst_bytes),
                           "Smallest transfer; a shorter one costs as much; without banks")),
      simple_dram(make_key("memory.dram_energy", quantity(Dimension::energy_per_byte, 0, 1e-6),
                           FIELD(dram.energy_per_byte), "Dynamic energy of a byte moved, without banks")),
      make_key("memory.dram_size", whole(bytes, mib, 4 * gib), FIELD(dram.bytes), "Capacity"),
      derived("from technology.liberty", make_key("memory.sram_node", choice(sram_node_names()), FIELD(sram_node),
                                                  "Node of the scratchpads: their energy, leakage and area")),
  };
  add_scratchpad(keys, "weights", FIELD(weights));
  add_scratchpad(keys, "activations", FIELD(activations));
  add_scratchpad(keys, "outputs", FIELD(outputs));
  return keys;
}

std::vector<ScenarioKey> make_platform_keys() {
  return {
      make_key("mapping.tensors", choice<TensorPlaces>(), FIELD(mapping.tensors),
               "Where tensors between layers lie: in the activation scratchpad as far as they fit, or all in DRAM"),
      make_key("mapping.weights", choice<WeightPlaces>(), FIELD(mapping.weights),
               "Whether weights come from DRAM in each image, or once, and stay in the weight scratchpad"),
      make_key("bus.width", whole(bytes, 1, 4096), FIELD(bus.width_bytes), "Bytes a cycle"),
      make_key("bus.latency", whole(cycles, 0, 1000), FIELD(bus.latency_cycles), "Arbitration and routing of a burst"),
      make_key("dma.max_burst", whole(bytes, 1, mib), FIELD(dma.max_burst_bytes), "Longest burst on the bus"),
      make_key("dma.setup", whole(cycles, 0, 1000000), FIELD(dma.setup_cycles), "Before each transfer"),
      make_key("dma.outstanding", whole({}, 1, 1024), FIELD(dma.outstanding), "Bursts under way at once"),
      make_key("vector.lanes", whole({}, 1, 4096), FIELD(vector.lanes), "Elements a cycle"),
      make_key("vector.latency", whole(cycles, 0, 1000), FIELD(vector.latency_cycles), "From operands to results"),
      make_key("vector.energy", quantity(Dimension::energy, 0, 1e-6), FIELD(vector.energy_per_operation),
               "Dynamic energy of an operation on one element"),
      make_key("host.issue", whole(cycles, 0, 1000000), FIELD(host.issue_cycles), "To issue a command"),
      make_key("host.queue", whole({}, 1, 65536), FIELD(host.queue_commands), "Commands that wait in a unit"),
      liberty_key(),
      make_key("technology.adders", choice<AdderCells>(), FIELD(technology.adders),
               "What the multipliers' half and full adders become: adder cells where the library has them, or gates"),
      make_key("technology.script", mapping_script(), FIELD(technology.script),
               "Script of ABC that maps multipliers; best: of all, the one of least energy for 10000 random pairs"),
      make_key("technology.delays", choice<DelayModel>(), FIELD(technology.delays),
               "Delays behind the multiplier's activity; zero: settled values only, glitches are not counted"),
      make_key("technology.input_slew", quantity(Dimension::time, 0, 1e-6), FIELD(technology.input_slew_s),
               "Transition time at the inputs of the processing element"),
      make_key("technology.output_load", quantity(Dimension::capacitance, 0, 1e-9), FIELD(technology.output_load_f),
               "Load at the outputs of the processing element"),
      make_key(
          "technology.wires", choice<WireModel>(), FIELD(technology.wires),
          "Wires of the processing elements, in timing, glitches and energy; estimate: from cell areas and fan-out"),
      derived("from technology.liberty",
              make_key("technology.wire_capacitance", quantity(Dimension::capacitance, 0, 1e-12),
                       FIELD(technology.wire_f), "Capacitance of a micrometre of wire, of technology.wires: estimate")),
      make_key(
          "report.power_window", whole(cycles, 1, int64_t{1} << 40), FIELD(report.power_window_cycles),
          "Length of a window of the power trace, which has at most 65,536: longer images have windows of 2, 4, ... "
          "times as much"),
  };
}

#undef FIELD

std::vector<ScenarioKey> make_keys() {
  std::vector<ScenarioKey> keys;
  for (auto make : {make_network_keys, make_array_keys, make_memory_keys, make_platform_keys})
    std::ranges::move(make(), std::back_inserter(keys));
  return keys;
}

}  // namespace

std::span<const ScenarioKey> scenario_keys() {
  static const std::vector<ScenarioKey> keys = make_keys();
  return keys;
}

const ScenarioKey* find_scenario_key(const std::string& name) {
  const auto keys = scenario_keys();
  const auto found = std::ranges::find(keys, name, &ScenarioKey::name);
  return found == keys.end() ? nullptr : &*found;
}

bool is_key_group(const std::string& name) {
  return std::ranges::any_of(scenario_keys(), [&](const ScenarioKey& key) { return key.name.starts_with(name + "."); });
}

std::string unknown_key_message(const std::string& name) {
  if (is_key_group(name))
    return fmt::format("'{}' is a group of keys; one of them, as --keys lists them, is expected", name);
  const std::string unknown = fmt::format("unknown key '{}'", name);
  std::set<std::string> candidates;
  for (const ScenarioKey& key : scenario_keys()) {
    const size_t dot = key.name.find('.');
    if (dot != std::string::npos && key.name.substr(dot + 1) == name)
      return fmt::format("{}; did you mean '{}'?", unknown, key.name);
    candidates.insert(key.name);
    if (dot != std::string::npos) candidates.insert(key.name.substr(0, dot));
  }
  const std::string hint = did_you_mean(name, std::vector(candidates.begin(), candidates.end()));
  return unknown + (hint.empty() ? "; one of those that --keys lists is expected" : hint);
}

}  // namespace tram
