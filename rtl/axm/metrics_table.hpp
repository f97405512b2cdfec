#pragma once
#include <string>

#include "models/multiplier/error_metrics.hpp"
#include "rtl/axm/output.hpp"

namespace tram::axm {

/// Error metrics as JSON; names as in ErrorMetrics.
Json metrics_json(const ErrorMetrics& metrics);

/// A table with one multiplier a row.
TextTable metrics_table();
void add_metrics(TextTable& table, const std::string& name, const ErrorMetrics& metrics);

}  // namespace tram::axm
