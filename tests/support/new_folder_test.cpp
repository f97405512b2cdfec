#include "models/support/new_folder.hpp"

#include <gtest/gtest.h>

#include "models/support/atomic_file.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

TEST(NewFolder, GoesWithItsNewParentsUnlessSomethingIsInIt) {
  const TemporaryFolder scratch;
  const fs::path old = scratch.path() / "old", inner = old / "new" / "inner";
  fs::create_directories(old);
  {
    const NewFolder folder(inner);
    fs::create_directories(inner);
  }
  EXPECT_TRUE(fs::exists(old));
  EXPECT_FALSE(fs::exists(old / "new"));
  {
    const NewFolder folder(inner);
    fs::create_directories(inner);
    write_file(inner / "file", "x");
  }
  EXPECT_TRUE(fs::exists(inner / "file"));
}

TEST(NewFolder, OneThatWasThereStays) {
  const TemporaryFolder scratch;
  { const NewFolder folder(scratch.path()); }
  EXPECT_TRUE(fs::exists(scratch.path()));
}

}  // namespace
}  // namespace tram
