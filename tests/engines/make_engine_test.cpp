#include "sim/engines/make_engine.hpp"

#include <gtest/gtest.h>

#include "models/support/error.hpp"
#include "sim/config/scenario.hpp"
#include "tests/support/message_of.hpp"

namespace tram {
namespace {

TEST(MakeEngine, RefusesANameThatIsNone) {
  Scenario scenario;
  scenario.engine = "tabel";
  EXPECT_EQ(message_of<InputError>([&] { make_engine(scenario, {}, nullptr, 1, 1); }),
            "engine: 'tabel'; expected one of rtl, table, timing");
}

}  // namespace
}  // namespace tram
