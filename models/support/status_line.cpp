#include "models/support/status_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace tram {

StatusLine::StatusLine(std::ostream& out, Style style, double interval_s, Clock clock)
    : out_(out), style_(style), interval_s_(interval_s), clock_(std::move(clock)), start_(clock_().count()),
      last_shown_(start_) {}

StatusLine::Style StatusLine::style_of(int descriptor, bool quiet) {
  if (quiet) return Style::silent;
  return isatty(descriptor) != 0 ? Style::redrawn : Style::lines;
}

std::chrono::duration<double> StatusLine::steady_time() { return std::chrono::steady_clock::now().time_since_epoch(); }

void StatusLine::show(const std::string& state) {
  last_shown_ = clock_().count();
  print(state, style_ == Style::redrawn ? "" : "\n");
}

void StatusLine::say(const std::string& line) { print(line, "\n"); }

void StatusLine::print(const std::string& text, const char* end) {
  if (style_ == Style::silent) return;
  if (style_ == Style::redrawn) out_ << "\r\033[K";
  out_ << text << end << std::flush;
}

std::string bar_text(double share, int width) {
  constexpr double rounding = 1e-9;  // 1/3 of 3 characters is one
  const int full = static_cast<int>(std::clamp(share, 0.0, 1.0) * width + rounding);
  return fmt::format("{:#>{}}{:.>{}}", "", full, "", width - full);
}

}  // namespace tram
