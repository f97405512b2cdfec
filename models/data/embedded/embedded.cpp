#include "models/data/embedded/embedded.hpp"

#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

// The assembler puts the file into the read-only data, between two symbols.
asm(".pushsection .rodata\n"
    ".balign 64\n"
    "tram_resnet8_shapes_begin:\n"
    ".incbin \"" TRAM_EMBEDDED_FOLDER "/resnet8_shapes.safetensors\"\n"
    "tram_resnet8_shapes_end:\n"
    ".popsection\n");

extern "C" const char tram_resnet8_shapes_begin[], tram_resnet8_shapes_end[];

namespace tram {

const std::vector<std::string>& embedded_names() {
  static const std::vector<std::string> names = {"resnet8_shapes"};
  return names;
}

std::string_view embedded_weights(std::string_view name) {
  if (name == "resnet8_shapes") return {tram_resnet8_shapes_begin, tram_resnet8_shapes_end};
  throw InputError("embedded weights", fmt::format("no network {}; one of {} is expected{}", name,
                                                   fmt::join(embedded_names(), ", "),
                                                   did_you_mean(name, embedded_names())));
}

}  // namespace tram
