#include <fmt/format.h>

#include <algorithm>

#include "models/memory/dram_presets.hpp"
#include "models/support/quantity.hpp"
#include "sim/config/scenario_keys.hpp"

namespace tram {
namespace {

std::string type_and_unit(const ScenarioKey& key) {
  return key.unit.empty() ? key.type : fmt::format("{}, {}", key.type, key.unit);
}

}  // namespace

std::string keys_as_text() {
  std::string text =
      "Scenario keys: type and unit, default, what is allowed. Values with a unit are written with it and any SI or\n"
      "binary prefix (500 MHz, 256 KiB, 60 ns, 6.4 GB/s, 12 pJ); for cycles it may be left out.\n\n";
  size_t width = 0;
  for (const ScenarioKey& key : scenario_keys()) width = std::max(width, key.name.size());
  for (const ScenarioKey& key : scenario_keys())
    text += fmt::format("{:<{}}  {} ({})\n{:{}}  default: {}; allowed: {}\n", key.name, width, key.sentence,
                        type_and_unit(key), "", width, key.default_text, key.allowed);
  return text;
}

std::string keys_as_markdown() {
  std::string text = "| key | type, unit | default | allowed | meaning |\n|---|---|---|---|---|\n";
  for (const ScenarioKey& key : scenario_keys())
    text +=
        fmt::format("| `{}` | {} | {} | {} | {} |\n", key.name, type_and_unit(key),
                    key.derived ? key.default_text : fmt::format("`{}`", key.default_text), key.allowed, key.sentence);
  return text;
}

std::string dram_presets_as_markdown() {
  std::string text = "| name | latency | bandwidth | burst | energy | source |\n|---|---|---|---|---|---|\n";
  for (const DramPreset& preset : dram_presets())
    text += fmt::format(
        "| `{}` | {} | {} | {} | {} | {} |\n", preset.name, format_quantity(preset.latency_s, Dimension::time),
        format_quantity(preset.bandwidth, Dimension::bandwidth), format_quantity(preset.burst_bytes, Dimension::size),
        format_quantity(preset.energy_per_byte, Dimension::energy_per_byte), preset.source);
  return text;
}

std::string dram_devices_as_markdown() {
  std::vector<std::string> rows;
  std::string head = "| |", line = "|---|", sources;
  const auto add = [&](size_t row, const std::string& name, const std::string& cell) {
    if (rows.size() <= row) rows.push_back("| " + name + " |");
    rows[row] += " " + cell + " |";
  };
  for (const DramPreset& preset : dram_presets()) {
    if (!preset.device) continue;
    const DramDevice& d = *preset.device;
    const DramEnergy& e = d.energy;
    head += fmt::format(" `{}` |", preset.name);
    line += "---|";
    size_t row = 0;
    add(row++, "channels", fmt::format("{}", d.channels));
    add(row++, "bank groups x banks", fmt::format("{} x {}", d.groups, d.banks));
    add(row++, "row, burst", fmt::format("{} B, {} B", d.row_bytes, d.burst_bytes));
    add(row++, "clock", format_quantity(d.clock_s, Dimension::time));
    for (const auto& [name, field] : dram_times) add(row++, name, fmt::format("{}", d.times.*field));
    add(row++, "activate and precharge, read, write, nJ",
        fmt::format("{:.3g}, {:.3g}, {:.3g}", e.activate_j * 1e9, e.read_j * 1e9, e.write_j * 1e9));
    add(row++, "refresh, nJ", fmt::format("{:.3g}", e.refresh_j * 1e9));
    add(row++, "active, precharged, mW", fmt::format("{:.3g}, {:.3g}", e.active_w * 1e3, e.precharged_w * 1e3));
    add(row++, "both in power-down, mW",
        fmt::format("{:.3g}, {:.3g}", e.active_power_down_w * 1e3, e.precharged_power_down_w * 1e3));
    add(row++, "self-refresh, mW", fmt::format("{:.3g}", e.self_refresh_w * 1e3));
    sources += fmt::format("- `{}`: {}\n", preset.name, preset.device_source);
  }
  std::string text = head + "\n" + line + "\n";
  for (const std::string& row : rows) text += row + "\n";
  return text + "\n" + sources;
}

}  // namespace tram
