#pragma once
#include <filesystem>
#include <string>

namespace tram {

/// The text of a Liberty file; gzip, known by its first bytes whatever the file's name, is undone. Throws
/// InputError(file, what) when it cannot be read, has another compression (named), is damaged, or has more than 1 GiB
/// of text.
std::string read_liberty_text(const std::filesystem::path& path);

}  // namespace tram
