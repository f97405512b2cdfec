#pragma once
#include <chrono>
#include <functional>
#include <ostream>
#include <string>

namespace tram {

/// How far something is: on a terminal a line that is drawn over again, elsewhere lines. To be used from one thread.
class StatusLine {
 public:
  using Clock = std::function<std::chrono::duration<double>()>;  ///< time since any fixed moment
  enum class Style { redrawn, lines, silent };

  /// interval_s: least time between two states, also before the first.
  StatusLine(std::ostream& out, Style style, double interval_s, Clock clock = steady_time);

  /// What suits an open file: redrawn where it is a terminal, else lines; silent when quiet.
  static Style style_of(int descriptor, bool quiet);
  static std::chrono::duration<double> steady_time();

  Style style() const { return style_; }
  /// Since it was made, in s.
  double seconds() const { return clock_().count() - start_; }
  /// Whether it is time for another state.
  bool is_due() const { return style_ != Style::silent && clock_().count() - last_shown_ >= interval_s_; }
  /// Draws the state over the last one, or on a line of its own.
  void show(const std::string& state);
  /// A line that stays, in place of the last state.
  void say(const std::string& line);

 private:
  void print(const std::string& text, const char* end);

  std::ostream& out_;
  Style style_;
  double interval_s_;
  Clock clock_;
  double start_, last_shown_;
};

/// "###...": the share, 0 to 1, of so many characters.
std::string bar_text(double share, int width);

}  // namespace tram
