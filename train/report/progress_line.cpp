#include "train/report/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "models/support/status_line.hpp"

namespace tram::train {
namespace {

struct Parts {
  bool rate = true, speed = true;
  int bar = 24;  ///< characters between its brackets; 0: no bar
};

std::string line_of(const ProgressFields& f, const Parts& parts) {
  std::string line = fmt::format("epoch {}/{}", f.epoch, f.epochs);
  if (f.share && parts.bar > 0) line += fmt::format(" [{}]", bar_text(*f.share, parts.bar));
  line += fmt::format(" loss {:.4f} acc {:.2f} %", f.loss, f.accuracy);
  if (f.validation) line += fmt::format(" val {:.2f} %", *f.validation);
  if (f.power) line += fmt::format(" power {:.1f} %", *f.power);
  if (parts.rate) line += fmt::format(" lr {:.4g}", f.learning_rate);
  if (parts.speed) line += fmt::format(" {:.0f} img/s", f.images_per_second);
  return line + " ETA " + duration_text(f.seconds_left);
}

}  // namespace

std::string progress_line(const ProgressFields& fields, int columns) {
  Parts parts;
  std::string line = line_of(fields, parts);
  const auto too_long = [&] { return columns > 0 && line.size() > static_cast<size_t>(columns); };
  const auto without = [&](bool& part) {
    if (!too_long()) return;
    part = false;
    line = line_of(fields, parts);
  };
  const auto shorter_bar = [&](int least) {  // or none, below the least
    if (!too_long() || !fields.share) return;
    parts.bar -= static_cast<int>(line.size()) - columns;
    if (parts.bar < least) parts.bar = 0;
    line = line_of(fields, parts);
  };
  without(parts.rate);
  shorter_bar(5);
  without(parts.speed);
  return line;
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return "unknown";
  const int64_t s = std::llround(std::clamp(seconds, 0.0, 1e12));
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m{:02}s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{}h{:02}m", s / 3600, s / 60 % 60);
  return fmt::format("{}d{:02}h", s / 86400, s / 3600 % 24);
}

}  // namespace tram::train
