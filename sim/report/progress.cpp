#include "sim/report/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace tram {
namespace {

constexpr double bar_interval_s = 0.1, line_interval_s = 5;
constexpr uint64_t bar_width = 30;

std::string duration(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::chrono::duration<double> steady_time() { return std::chrono::steady_clock::now().time_since_epoch(); }

}  // namespace

ProgressBar::ProgressBar(std::ostream& out, Style style, std::string label, std::string unit, uint64_t total,
                         Clock clock)
    : out_(out), style_(style), label_(std::move(label)), unit_(std::move(unit)), total_(total),
      clock_(std::move(clock)), start_(clock_().count()), last_drawn_(start_) {
  if (style_ == Style::bar) draw(start_);
}

ProgressBar::ProgressBar(std::string label, std::string unit, uint64_t total, bool quiet)
    : ProgressBar(std::cerr,
                  quiet                   ? Style::silent
                  : isatty(STDERR_FILENO) ? Style::bar
                                          : Style::lines,
                  std::move(label), std::move(unit), total, steady_time) {}

ProgressBar::~ProgressBar() { finish(); }

void ProgressBar::update(uint64_t done) {
  done_ = std::min(done, total_);
  if (finished_ || style_ == Style::silent) return;
  const double now = clock_().count();
  if (now - last_drawn_ >= (style_ == Style::bar ? bar_interval_s : line_interval_s)) draw(now);
}

void ProgressBar::finish() {
  if (finished_) return;
  finished_ = true;
  if (style_ == Style::silent || (style_ == Style::lines && end_drawn_)) return;
  draw(clock_().count());
  if (style_ == Style::bar) out_ << '\n' << std::flush;
}

std::string ProgressBar::text(double seconds) const {
  std::string text = fmt::format("{}/{} {}", done_, total_, unit_);
  if (done_ == 0 || seconds <= 0) return text;
  const double rate = static_cast<double>(done_) / seconds;
  text += fmt::format(", {:.3g} {}/s", rate, unit_);
  if (done_ == total_) return text + ", took " + duration(seconds);
  return text + ", " + duration(static_cast<double>(total_ - done_) / rate) + " left";
}

void ProgressBar::draw(double now) {
  last_drawn_ = now;
  end_drawn_ = done_ == total_;
  const std::string state = text(now - start_);
  if (style_ == Style::lines) {
    out_ << label_ << ": " << state << '\n' << std::flush;
    return;
  }
  const uint64_t filled = total_ ? bar_width * done_ / total_ : bar_width;
  out_ << fmt::format("\r{} [{:#<{}}{:.<{}}] {}\033[K", label_, "", filled, "", bar_width - filled, state)
       << std::flush;
}

}  // namespace tram
