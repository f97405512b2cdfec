#pragma once
#include <optional>
#include <string>

namespace tram::train {

/// What a line of progress says. Accuracies and power in percent, power relative to exact multipliers'.
struct ProgressFields {
  int epoch = 1, epochs = 1;    ///< counted from 1
  std::optional<double> share;  ///< of the epoch under way, 0 .. 1; shown as a bar
  double loss = 0, accuracy = 0;
  std::optional<double> validation, power;  ///< validation: accuracy
  double learning_rate = 0;
  double images_per_second = 0, seconds_left = 0;
};

/// One line of at most `columns` characters (0: any number). What does not fit is left out, first the learning rate,
/// then the bar, made shorter before, then images/s ("img/s"); epoch, loss, accuracies, power and ETA always stay.
std::string progress_line(const ProgressFields& fields, int columns);

/// A time span in two units at most: "12s", "3m05s", "2h07m", "3d04h".
std::string duration_text(double seconds);

}  // namespace tram::train
