#include "models/support/temporary_folder.hpp"

#include <cstdlib>

#include "models/support/error.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

fs::path system_folder() {
  std::error_code error;
  const fs::path folder = fs::temp_directory_path(error);
  if (error) throw RunError("no temporary folder can be made; $TMPDIR names another place");
  return folder;
}

}  // namespace

TemporaryFolder::TemporaryFolder() : TemporaryFolder(system_folder()) {}

TemporaryFolder::TemporaryFolder(const fs::path& parent) {
  std::error_code ignored;
  fs::create_directories(parent, ignored);  // mkdtemp says what is wrong
  std::string name = (parent / "tram_work.XXXXXX").string();
  if (!mkdtemp(name.data())) throw RunError(fmt::format("{}: no temporary folder can be made there", parent.string()));
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace tram
