#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/report/report.hpp"
#include "sim/results/figures.hpp"

namespace tram {
namespace {

using Json = nlohmann::ordered_json;

Json energies(const EnergyBreakdown& energy, bool has_pe_energy) {
  Json json;
  for (const EnergyComponent& component : energy_components)
    json[component.key] = has_pe_energy || !component.of_pes ? Json(energy.*component.field) : Json();
  return json;
}

Json json_of(const FigureValue& value, const MachineResult& machine) {
  if (const auto* share = std::get_if<ImageShare>(&value)) return share->share();
  if (const auto* energy = std::get_if<EnergyBreakdown>(&value)) return energies(*energy, machine.has_pe_energy);
  if (const auto* memory = std::get_if<MemoryEnergy>(&value)) {
    Json json;
    for (const EnergyPart& part : memory_energy_parts) json[part.key] = memory->energy.*part.field;
    return json;
  }
  if (const auto* cycles = std::get_if<CycleBreakdown>(&value)) {
    Json json;
    for (const CyclePart& part : cycle_parts) json[part.key] = cycles->*part.field;
    return json;
  }
  if (const auto* area = std::get_if<AreaBreakdown>(&value)) {
    Json json;
    for (const AreaPart& part : area_parts)
      json[part.key] = machine.has_pe_energy || !part.of_cells ? Json(area->*part.field) : Json();
    return json;
  }
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* count = std::get_if<int64_t>(&value)) return *count;
  return std::get<double>(value);
}

/// What both machines are described by.
Json figures(const MachineResult& machine) {
  const MachineSummary summary = summarise(machine);
  Json json;
  for (const MachineFigure& figure : machine_figures())
    if (*figure.key)
      json[figure.key] = has(machine, figure.needs) ? json_of(figure.value(machine, summary), machine) : Json();
  return json;
}

/// Each multiplier in use beside the best exact one, which is the last; see multiplier_use.hpp.
Json multipliers(const RunResult& run) {
  const auto known = [](std::optional<double> value) { return value ? Json(*value) : Json(); };
  Json all = Json::array();
  for (const MultiplierUse& use : multiplier_uses(run)) {
    Json& json = all.emplace_back(Json{{"name", use.figures.name}, {"circuit", use.figures.circuit}});
    for (const MultiplierFigure& figure : multiplier_figures()) {
      json[fmt::format("{}_j", figure.key)] = known(figure.joule(use));
      json[fmt::format("{}_ratio", figure.key)] = known(figure.ratio(use));
    }
  }
  return all;
}

Json units() {
  Json json;
  for (const MachineFigure& figure : machine_figures())
    if (*figure.meaning) json[figure.key] = figure.meaning;
  for (const MultiplierFigure& figure : multiplier_figures()) json[fmt::format("{}_j", figure.key)] = figure.meaning;
  for (const MultiplierFigure& figure : multiplier_figures())
    json[fmt::format("{}_ratio", figure.key)] = figure.ratio_meaning;
  json["predicted"] =
      "by the network's training for its own multipliers, J a MAC without weight loads; ratio to the "
      "best exact one of that library with weights as they were before recoding; null: none";
  json["startup_s"] = "s, from the start of the run to the first layer";
  return json;
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
