// libFuzzer's entry point of one target: TRAM_FUZZ_TARGET is its name.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/fuzz_targets.hpp"

namespace {

const tram::FuzzTarget& target() {
  for (const tram::FuzzTarget& candidate : tram::fuzz_targets())
    if (std::string_view(candidate.name) == TRAM_FUZZ_TARGET) return candidate;
  __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const tram::FuzzTarget& fuzzed = target();
  fuzzed.run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
