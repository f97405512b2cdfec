#include "models/data/embedded/embedded.hpp"

#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

// The assembler puts each file into the read-only data, between two symbols.
#define TRAM_EMBED(name)                                              \
  asm(".pushsection .rodata\n"                                        \
      ".balign 64\n"                                                  \
      "tram_" #name "_begin:\n"                                       \
      ".incbin \"" TRAM_EMBEDDED_FOLDER "/" #name ".safetensors\"\n"  \
      "tram_" #name "_end:\n"                                         \
      ".popsection\n");                                               \
  extern "C" const char tram_##name##_begin[], tram_##name##_end[]

TRAM_EMBED(resnet8_shapes);
TRAM_EMBED(resnet20_cifar10);
TRAM_EMBED(vit_shapes);

namespace tram {

const std::vector<std::string>& embedded_names() {
  static const std::vector<std::string> names = {"resnet8_shapes", "resnet20_cifar10", "vit_shapes"};
  return names;
}

std::string_view embedded_weights(std::string_view name) {
  if (name == "resnet8_shapes") return {tram_resnet8_shapes_begin, tram_resnet8_shapes_end};
  if (name == "resnet20_cifar10") return {tram_resnet20_cifar10_begin, tram_resnet20_cifar10_end};
  if (name == "vit_shapes") return {tram_vit_shapes_begin, tram_vit_shapes_end};
  throw InputError("embedded weights", fmt::format("no network {}; one of {} is expected{}", name,
                                                   fmt::join(embedded_names(), ", "),
                                                   did_you_mean(name, embedded_names())));
}

}  // namespace tram
