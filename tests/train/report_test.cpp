#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/plot/well_formed.hpp"
#include "train/report/curves.hpp"
#include "train/report/progress_line.hpp"

namespace tram::train {
namespace {

ProgressFields all_fields() {
  return {.epoch = 7,
          .epochs = 100,
          .share = 0.5,
          .loss = 0.12345,
          .accuracy = 91.234,
          .validation = 90.5,
          .power = 27.96,
          .learning_rate = 0.0987,
          .images_per_second = 1234.4,
          .seconds_left = 754};
}

TEST(ProgressLine, SaysEverythingWhereThereIsRoom) {
  EXPECT_EQ(progress_line(all_fields(), 0),
            "epoch 7/100 [############............] loss 0.1235 acc 91.23 % val 90.50 % power 28.0 % lr 0.0987 "
            "1234 img/s ETA 12m34s");
}

TEST(ProgressLine, LeavesOutWhatIsNotThere) {
  ProgressFields fields = all_fields();
  fields.share = fields.validation = fields.power = std::nullopt;
  EXPECT_EQ(progress_line(fields, 0), "epoch 7/100 loss 0.1235 acc 91.23 % lr 0.0987 1234 img/s ETA 12m34s");
}

TEST(ProgressLine, FitsInTheColumnsAndKeepsWhatMatters) {
  for (int columns = 71; columns <= 140; ++columns) {
    const std::string line = progress_line(all_fields(), columns);
    EXPECT_LE(line.size(), static_cast<size_t>(columns)) << line;
    for (const char* part : {"epoch 7/100", "loss 0.1235", "acc 91.23 %", "val 90.50 %", "power 28.0 %", "ETA 12m34s"})
      EXPECT_NE(line.find(part), std::string::npos) << line;
  }
}

/// The usual terminal, without validation, which a running epoch does not have.
TEST(ProgressLine, In80ColumnsABarStays) {
  ProgressFields fields = all_fields();
  fields.validation = std::nullopt;
  EXPECT_EQ(progress_line(fields, 80),
            "epoch 7/100 [###....] loss 0.1235 acc 91.23 % power 28.0 % 1234 img/s ETA 12m34s");
}

TEST(ProgressLine, TimeHasTwoUnitsAtMost) {
  EXPECT_EQ(duration_text(0.4), "0s");
  EXPECT_EQ(duration_text(59.6), "1m00s");
  EXPECT_EQ(duration_text(3599), "59m59s");
  EXPECT_EQ(duration_text(7620), "2h07m");
  EXPECT_EQ(duration_text(3 * 86400 + 4 * 3600 + 5), "3d04h");
  EXPECT_EQ(duration_text(std::numeric_limits<double>::infinity()), "unknown");
}

std::vector<CurvePoint> some_curves(int epochs, bool with_power) {
  std::vector<CurvePoint> points;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    const double left = 1.0 / epoch;
    points.push_back({.epoch = static_cast<double>(epoch),
                      .learning_rate = 0.1 * left,
                      .train_loss = 2 * left,
                      .validation_loss = 0.2 + 2 * left,
                      .train_accuracy = 100 - 60 * left,
                      .validation_accuracy = 95 - 60 * left,
                      .power = with_power && epoch > epochs / 2 ? 30 + 70 * left : CurvePoint::none});
  }
  return points;
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Curves, DrawOneLineForEachQuantity) {
  const std::string without = curves_svg(some_curves(10, false)), with = curves_svg(some_curves(10, true));
  EXPECT_EQ(XmlCheck(with).run(), "");
  EXPECT_EQ(count(without, "<polyline"), 5U);
  EXPECT_EQ(count(with, "<polyline"), 6U);
  EXPECT_EQ(without.find("Power"), std::string::npos);
  EXPECT_NE(with.find("Power of the multipliers"), std::string::npos);
}

TEST(Curves, ValidationIsLeftOutWhereThereIsNone) {
  std::vector<CurvePoint> points = some_curves(4, false);
  for (CurvePoint& point : points) point.validation_loss = point.validation_accuracy = CurvePoint::none;
  const std::string svg = curves_svg(points);
  EXPECT_EQ(count(svg, "<polyline"), 3U);
  EXPECT_EQ(svg.find("validation"), std::string::npos);
}

TEST(Curves, OneEpochOrNoneIsDrawnToo) {
  EXPECT_GE(count(curves_svg(some_curves(1, false)), "<circle"), 5U);
  EXPECT_EQ(XmlCheck(curves_svg({})).run(), "");
}

TEST(Curves, AreWrittenAsSvgAndPng) {
  const TemporaryFolder folder;
  write_curves(folder.path(), some_curves(10, true));
  EXPECT_EQ(read_file(folder.path() / "curves.svg"), curves_svg(some_curves(10, true)));
  if (find_program("rsvg-convert").empty()) GTEST_SKIP() << "no rsvg-convert";
  EXPECT_TRUE(read_file(folder.path() / "curves.png").starts_with("\x89PNG"));
  EXPECT_THROW(write_curves(folder.path() / "absent", some_curves(2, false)), InputError);
}

}  // namespace
}  // namespace tram::train
