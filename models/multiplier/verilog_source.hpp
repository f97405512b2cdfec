#pragma once
#include <string>

namespace tram {

/// Verilog text that reads no other file and calls nothing when Yosys reads it: the text without its comments (line
/// breaks and the comments that synthesis obeys, such as `synthesis translate_off`, stay). Throws InputError(file,
/// line, what) for `include, $readmemh and every system task that a circuit does not need, for DPI imports, and for
/// macros from whose pieces the preprocessor could put one together.
std::string checked_verilog(const std::string& text, const std::string& file);

}  // namespace tram
