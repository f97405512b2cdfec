#include "tests/axm/axm_program.hpp"
#include "tests/support/most_threads.hpp"

namespace tram {
namespace {

/// The first thread works too, so that one fewer is started.
TEST(AxmThreads, AreAsManyAsAskedFor) {
  if (!can_map()) GTEST_SKIP() << "needs Yosys and osu018";
  for (const std::string verb : {"area", "power"})
    for (const int threads : {1, 2, 3})
      EXPECT_EQ(most_threads({TRAM_AXM, verb, "trunc6", "--liberty", osu018, "--threads", std::to_string(threads)}),
                threads - 1)
          << verb;
}

}  // namespace
}  // namespace tram
