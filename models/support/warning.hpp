#pragma once
#include <string>

namespace tram {

/// "warning: TEXT" as a line on stderr; the same text once in the life of a process and of those it forks later.
void warn_once(const std::string& text);

}  // namespace tram
