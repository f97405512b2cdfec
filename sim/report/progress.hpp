#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

namespace tram {

/// How far a stage is: a bar that redraws itself on a terminal, else a plain line every few seconds, with rate and
/// time left. To be used from one thread.
class ProgressBar {
 public:
  using Clock = std::function<std::chrono::duration<double>()>;  ///< time since any fixed moment
  enum class Style { bar, lines, silent };

  /// On stderr: a bar when it is a terminal, else lines; silent when quiet. label names the stage, unit what is
  /// counted ("images"), total how many there are.
  ProgressBar(std::string label, std::string unit, uint64_t total, bool quiet = false);
  ProgressBar(std::ostream& out, Style style, std::string label, std::string unit, uint64_t total, Clock clock);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// done so far, 0..total; draws at most ten times a second (bar) or every five seconds (lines).
  void update(uint64_t done);
  void advance(uint64_t more = 1) { update(done_ + more); }
  /// Draws the last state and ends the line; the destructor does it too. A second call does nothing.
  void finish();

 private:
  std::string text(double seconds) const;
  void draw(double seconds);

  std::ostream& out_;
  Style style_;
  std::string label_, unit_;
  uint64_t total_, done_ = 0;
  Clock clock_;
  double start_, last_drawn_;
  bool end_drawn_ = false, finished_ = false;
};

}  // namespace tram
