#pragma once
#include <span>
#include <string>

namespace tram {

/// A reader under test: takes any bytes; bad ones must end in an InputError, which it catches. What it accepts must
/// have the properties that the target checks; a broken one ends the process (abort), as crash, leak and time-out do.
struct FuzzTarget {
  const char* name;  ///< also the folder of its corpus
  void (*run)(const std::string& bytes);
};

std::span<const FuzzTarget> fuzz_targets();

}  // namespace tram
