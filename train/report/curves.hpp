#pragma once
#include <filesystem>
#include <limits>
#include <span>
#include <string>

namespace tram::train {

/// One epoch of the curves. Accuracies in percent. A value that is not there is `none` and left out of the drawing.
struct CurvePoint {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  double epoch = 0;
  double learning_rate = none;
  double train_loss = none, validation_loss = none;
  double train_accuracy = none, validation_accuracy = none;
  double power = none;  ///< of the multipliers, in percent of exact ones'
};

/// Loss, accuracy, learning rate and, where some epoch has it, power over the epochs, side by side, as SVG.
std::string curves_svg(std::span<const CurvePoint> points);

/// Writes curves.svg into the folder and, where rsvg-convert is installed, curves.png, each whole or not at all.
/// RunError when writing fails (disk full).
void write_curves(const std::filesystem::path& folder, std::span<const CurvePoint> points);

}  // namespace tram::train
