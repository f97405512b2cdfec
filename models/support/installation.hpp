#pragma once
#include <filesystem>
#include <string>

namespace tram {

/// "PROGRAM VERSION\n", what --version prints.
std::string version_text(const std::string& program);

/// Files that come with the programs, such as the folder "scenarios": PREFIX/share/tram/NAME where the running program is
/// PREFIX/bin/..., else NAME in the sources that it was built in (their build/PRESET/bin/...). Nothing of either is built in.
std::filesystem::path installed(const std::string& name);

}  // namespace tram
