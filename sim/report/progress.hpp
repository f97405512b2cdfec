#pragma once
#include <cstdint>
#include <string>

#include "models/support/status_line.hpp"

namespace tram {

/// How far a stage is: a bar that redraws itself on a terminal, else a plain line every few seconds, with rate and
/// time left. To be used from one thread.
class ProgressBar {
 public:
  /// On stderr, silent when quiet. label names the stage, unit what is counted ("images"), total how many there are.
  ProgressBar(std::string label, std::string unit, uint64_t total, bool quiet = false);
  ProgressBar(std::ostream& out, StatusLine::Style style, std::string label, std::string unit, uint64_t total,
              StatusLine::Clock clock);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// done so far, 0..total; draws at most ten times a second (bar) or every five seconds (lines).
  void update(uint64_t done);
  void advance(uint64_t more = 1) { update(done_ + more); }
  /// Draws the last state and ends the line; the destructor does it too. A second call does nothing.
  void finish();

 private:
  bool is_bar() const { return line_.style() == StatusLine::Style::redrawn; }
  std::string text() const;
  std::string state() const;

  StatusLine line_;
  std::string label_, unit_;
  uint64_t total_, done_ = 0;
  bool end_shown_ = false, finished_ = false;
};

}  // namespace tram
