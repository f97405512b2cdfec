#include "models/plot/png.hpp"

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {

bool write_png(const std::filesystem::path& file, const std::string& svg) {
  if (find_program("rsvg-convert").empty()) return false;
  const TemporaryFolder folder;
  write_file(folder.path() / "figure.svg", svg);
  const ProcessResult result = run_tool({"rsvg-convert", "--zoom=2", "-o", "figure.png", "figure.svg"}, folder.path());
  if (result.exit_code != 0) throw RunError(fmt::format("rsvg-convert failed with exit code {}", result.exit_code));
  write_file(file, read_file(folder.path() / "figure.png"));
  return true;
}

}  // namespace tram
