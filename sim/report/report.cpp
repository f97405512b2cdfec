#include "sim/report/report.hpp"

#include <utility>

#include "models/support/atomic_file.hpp"

namespace tram {

void write_report(const RunResult& run, const std::filesystem::path& folder) {
  const std::pair<const char*, std::string> files[] = {{"report.txt", text_report(run)},
                                                       {"layers.csv", layers_csv(run)},
                                                       {"power_trace.csv", power_trace_csv(run)},
                                                       {"summary.json", json_summary(run)}};
  for (const auto& [name, content] : files) write_file(folder / name, content);
}

}  // namespace tram
