#include <nlohmann/json.hpp>

#include "sim/report/report.hpp"
#include "sim/results/multiplier_use.hpp"
#include "sim/results/summary.hpp"

namespace tram {
namespace {

using Json = nlohmann::ordered_json;

Json energies(const EnergyBreakdown& energy, bool has_pe_energy) {
  Json json;
  for (const EnergyComponent& component : energy_components)
    json[component.name] = has_pe_energy || !component.of_pes ? Json(energy.*component.field) : Json();
  return json;
}

double share(int count, int images) { return images ? static_cast<double>(count) / images : 0; }

/// What both machines are described by.
Json figures(const MachineResult& machine) {
  const MachineSummary summary = summarise(machine);
  Json json;
  json["images"] = summary.images;
  const auto of_values = [&](const Json& figure) { return machine.has_values ? figure : Json(); };
  json["top1"] = of_values(share(summary.correct, summary.images));
  json["golden_top1"] = of_values(share(summary.golden_correct, summary.images));
  json["logit_mismatches"] = of_values(summary.logit_mismatches);
  json["cycles"] = summary.cycles;
  json["latency_s"] = summary.latency_s;
  json["bank_wait_cycles"] = summary.bank_wait_cycles;
  json["macs"] = summary.macs;
  json["utilisation"] = summary.utilisation;
  const auto of_pes = [&](const Json& figure) { return machine.has_pe_energy ? figure : Json(); };
  json["energy_j"] = of_pes(summary.energy.total());
  json["energy_by_access_j"] = summary.energy.by_access();
  json["multiplier_energy_j"] = of_pes(summary.energy.multiplier);
  json["array_energy_j"] = of_pes(summary.energy.array());
  json["energy_by_component_j"] = energies(summary.energy, machine.has_pe_energy);
  for (const EnergyPart& part : energy_parts) json["memory_energy_j"][part.name] = summary.energy.*part.field;
  json["power_w"] = of_pes(summary.power_w);
  json["tops_per_watt"] = of_pes(summary.tops_per_watt);
  json["sampled_energy_j"] = of_pes(summary.sampled_j);
  json["sampled_interval_width"] = of_pes(summary.sampled_width);
  json["sampled_share_of_pes"] = of_pes(summary.sampled_share);
  json["cosim_folds"] = summary.checked_folds;
  json["engine"] = machine.engine;
  json["multiplier"] = machine.multiplier;
  json["circuits_note"] = machine.circuits_note;
  json["library"] = machine.library;
  json["delay_model"] = machine.delay_model;
  json["rows"] = machine.rows;
  json["columns"] = machine.columns;
  json["clock_hz"] = machine.clock_hz;
  json["critical_path_s"] = machine.critical_path_s;
  json["wall_s"] = machine.wall_s;
  return json;
}

/// Each multiplier in use beside the best exact one, which is the last; see multiplier_use.hpp.
Json multipliers(const RunResult& run) {
  const auto known = [](std::optional<double> value) { return value ? Json(*value) : Json(); };
  Json all = Json::array();
  for (const MultiplierUse& use : multiplier_uses(run))
    all.push_back({{"name", use.figures.name},
                   {"circuit", use.figures.circuit},
                   {"uniform_zero_delay_j", use.figures.zero_delay_j},
                   {"uniform_zero_delay_ratio", use.zero_delay_ratio},
                   {"uniform_j", use.figures.with_glitches_j},
                   {"uniform_ratio", use.with_glitches_ratio},
                   {"run_j", known(use.run_j)},
                   {"run_ratio", known(use.run_ratio)}});
  return all;
}

Json units() {
  return {{"images", "count"},
          {"top1", "share of the images, 0 to 1; null: the engine has no values"},
          {"golden_top1", "share of the images, 0 to 1; null likewise"},
          {"logit_mismatches", "images with any logit unlike golden inference; null likewise"},
          {"cycles", "clock cycles, mean of an image"},
          {"latency_s", "s, mean of an image"},
          {"bank_wait_cycles", "cycles that accesses to scratchpads waited for a bank, their sum, mean of an image"},
          {"macs", "multiply-accumulates, mean of an image"},
          {"utilisation", "MACs / (cycles x PEs), 0 to 1"},
          {"energy_j", "J, mean of an image, all components; null: the engine does not measure the PEs"},
          {"energy_by_access_j", "J, mean of an image, scratchpads, DRAM and vector unit without the PEs"},
          {"multiplier_energy_j", "J, mean of an image; null likewise"},
          {"array_energy_j", "J, mean of an image, the PEs with their leakage; null likewise"},
          {"energy_by_component_j", "J, mean of an image; null likewise"},
          {"memory_energy_j", "J, mean of an image, parts of sram and dram of energy_by_component_j"},
          {"power_w", "W, energy / latency; null likewise"},
          {"tops_per_watt", "10^12 operations / J, 2 operations a MAC; null likewise"},
          {"sampled_energy_j", "J, mean of an image, the part estimated from a random sample of PEs"},
          {"sampled_interval_width", "width of its 95 % interval / itself"},
          {"sampled_share_of_pes", "PEs simulated for it / PEs of all folds"},
          {"cosim_folds", "folds run on the RTL too and found equal, all images"},
          {"clock_hz", "Hz"},
          {"critical_path_s", "s, 0: not known"},
          {"uniform_zero_delay_j", "J a multiplication of uniform random operands, the multiplier alone, no glitches"},
          {"uniform_j", "J likewise, glitches included"},
          {"run_j", "J a MAC with the run's own operands, in the PE"},
          {"uniform_zero_delay_ratio", "to the best exact multiplier of the library, the last of multipliers"},
          {"uniform_ratio", "likewise"},
          {"run_ratio", "likewise, in the same layers; null: the machine with exact multipliers did not run"},
          {"predicted",
           "by the network's training for its own multipliers, J a MAC without weight loads; ratio to the "
           "best exact one of that library with weights as they were before recoding; null: none"},
          {"startup_s", "s, from the start of the program to the first layer"},
          {"wall_s", "s, time the simulation took for all images"}};
}

}  // namespace

std::string json_summary(const RunResult& run) {
  Json json;
  json["scenario"] = run.scenario;
  json["network"] = run.network;
  json["data_set"] = run.data_set;
  json["preprocessing"] = run.preprocessing;
  json["quantisation_note"] = run.quantisation_note;
  json["data_note"] = run.data_note;
  json["multiplier_notes"] = run.multiplier_notes;
  json.update(figures(run.machine));
  json["startup_s"] = run.startup_s;
  json["library_conditions"] = run.library_conditions;
  json["access_energy_note"] = run.access_energy_note;
  const MachineResult* exact = exact_machine(run);
  json["multipliers"] = multipliers(run);
  json["predicted"] = run.predicted ? Json{{"library", run.predicted->library},
                                           {"joule_a_mac", run.predicted->joule_a_mac},
                                           {"ratio", run.predicted->ratio}}
                                    : Json();
  json["exact_circuit"] = run.multipliers.empty() ? Json() : Json(run.multipliers.back().circuit);
  json["exact"] = exact ? figures(*exact) : Json();
  json["units"] = units();
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tram
