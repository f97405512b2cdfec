#include "sim/report/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>

namespace tram {
namespace {

constexpr double bar_interval_s = 0.1, line_interval_s = 5;
constexpr int bar_width = 30;

std::string duration(double seconds) {
  const auto whole = static_cast<uint64_t>(std::llround(seconds));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

ProgressBar::ProgressBar(std::ostream& out, StatusLine::Style style, std::string label, std::string unit,
                         uint64_t total, StatusLine::Clock clock)
    : line_(out, style, style == StatusLine::Style::redrawn ? bar_interval_s : line_interval_s, std::move(clock)),
      label_(std::move(label)), unit_(std::move(unit)), total_(total) {
  if (is_bar()) line_.show(text());
}

ProgressBar::ProgressBar(std::string label, std::string unit, uint64_t total, bool quiet)
    : ProgressBar(std::cerr, StatusLine::style_of(STDERR_FILENO, quiet), std::move(label), std::move(unit), total,
                  StatusLine::steady_time) {}

ProgressBar::~ProgressBar() { finish(); }

void ProgressBar::update(uint64_t done) {
  done_ = std::min(done, total_);
  if (finished_ || !line_.is_due()) return;
  line_.show(text());
  end_shown_ = done_ == total_;
}

void ProgressBar::finish() {
  if (finished_) return;
  finished_ = true;
  if (is_bar() || !end_shown_) line_.say(text());
}

std::string ProgressBar::text() const {
  if (!is_bar()) return label_ + ": " + state();
  const double share = total_ == 0 ? 1 : static_cast<double>(done_) / static_cast<double>(total_);
  return fmt::format("{} [{}] {}", label_, bar_text(share, bar_width), state());
}

std::string ProgressBar::state() const {
  const double seconds = line_.seconds();
  std::string text = fmt::format("{}/{} {}", done_, total_, unit_);
  if (done_ == 0 || seconds <= 0) return text;
  const double rate = static_cast<double>(done_) / seconds;
  text += fmt::format(", {:.3g} {}/s", rate, unit_);
  if (done_ == total_) return text + ", took " + duration(seconds);
  return text + ", " + duration(static_cast<double>(total_ - done_) / rate) + " left";
}

}  // namespace tram
