#pragma once
#include <filesystem>

namespace tram {

/// Folder of real data: $TRAM_DATA when set and not empty, else $HOME/.cache/tram-data.
std::filesystem::path data_folder();

}  // namespace tram
