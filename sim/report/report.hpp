#pragma once
#include <filesystem>
#include <string>

#include "sim/results/result.hpp"

namespace tram {

/// The report for a terminal of 140 columns (layer tables, totals, the exact machine beside).
std::string text_report(const RunResult& run);

/// summary.json; its "units" object names the unit of every figure.
std::string json_summary(const RunResult& run);

/// layers.csv: one row a layer, mean over images; units in the header. Both machines, told apart by the column
/// "multiplier".
std::string layers_csv(const RunResult& run);

/// power_trace.csv: mean power in each window of the first image, W by component. Both machines, told apart by the
/// column "multiplier".
std::string power_trace_csv(const RunResult& run);

/// Writes report.txt, summary.json, layers.csv and power_trace.csv into folder, each complete or not at all.
void write_report(const RunResult& run, const std::filesystem::path& folder);

}  // namespace tram
