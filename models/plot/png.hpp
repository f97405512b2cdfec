#pragma once
#include <filesystem>
#include <string>

namespace tram {

/// Writes an SVG drawing as a PNG file of twice its size in pixels, where rsvg-convert is installed; says whether.
/// The file appears whole or not at all. RunError when rsvg-convert fails.
bool write_png(const std::filesystem::path& file, const std::string& svg);

}  // namespace tram
