#include "sim/report/progress.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace tram {
namespace {

/// A clock that stands until it is moved.
class ProgressTest : public testing::Test {
 protected:
  StatusLine::Clock clock() {
    return [this] { return std::chrono::duration<double>(now_); };
  }

  std::string taken() {
    const std::string text = out_.str();
    out_.str("");
    return text;
  }

  double now_ = 100;
  std::ostringstream out_;
};

TEST_F(ProgressTest, LinesComeEveryFewSeconds) {
  ProgressBar progress(out_, StatusLine::Style::lines, "simulating", "images", 10, clock());
  progress.update(1);
  now_ += 4;
  progress.update(2);
  EXPECT_EQ(taken(), "");
  now_ += 1;
  progress.update(4);
  EXPECT_EQ(taken(), "simulating: 4/10 images, 0.8 images/s, 0:08 left\n");
  now_ += 1;
  progress.advance();
  EXPECT_EQ(taken(), "");
  now_ += 4000;
  progress.update(10);
  EXPECT_EQ(taken(), "simulating: 10/10 images, 0.0025 images/s, took 1:06:46\n");
  progress.finish();
  EXPECT_EQ(taken(), "");
}

TEST_F(ProgressTest, TheEndIsShownOnce) {
  ProgressBar progress(out_, StatusLine::Style::lines, "simulating", "images", 10, clock());
  now_ += 2;
  progress.update(12);
  progress.finish();
  progress.finish();
  progress.update(3);
  EXPECT_EQ(taken(), "simulating: 10/10 images, 5 images/s, took 0:02\n");
}

TEST_F(ProgressTest, BarRedrawsItsLine) {
  {
    ProgressBar progress(out_, StatusLine::Style::redrawn, "simulating", "images", 4, clock());
    EXPECT_EQ(taken(), "\r\033[Ksimulating [..............................] 0/4 images");
    now_ += 0.05;
    progress.update(1);
    EXPECT_EQ(taken(), "");
    now_ += 0.95;
    progress.update(2);
    EXPECT_EQ(taken(), "\r\033[Ksimulating [###############...............] 2/4 images, 2 images/s, 0:01 left");
    progress.update(4);
    now_ += 1;
  }
  EXPECT_EQ(taken(), "\r\033[Ksimulating [##############################] 4/4 images, 2 images/s, took 0:02\n");
}

TEST_F(ProgressTest, SilentSaysNothing) {
  {
    ProgressBar progress(out_, StatusLine::Style::silent, "simulating", "images", 4, clock());
    now_ += 100;
    progress.update(4);
  }
  EXPECT_EQ(taken(), "");
}

}  // namespace
}  // namespace tram
