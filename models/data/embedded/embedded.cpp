#include "models/data/embedded/embedded.hpp"

#include <map>

#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

// The assembler puts each file into the read-only data, between two symbols.
#define TRAM_EMBED(name)                          \
  asm(".pushsection .rodata\n"                    \
      ".balign 64\n"                              \
      "tram_" #name                               \
      "_begin:\n"                                 \
      ".incbin \"" TRAM_EMBEDDED_FOLDER "/" #name \
      ".safetensors\"\n"                          \
      "tram_" #name                               \
      "_end:\n"                                   \
      ".popsection\n");                           \
  extern "C" const char tram_##name##_begin[], tram_##name##_end[]

TRAM_EMBED(resnet8_shapes);
TRAM_EMBED(resnet20_cifar10);
TRAM_EMBED(vit_shapes);

namespace tram {
namespace {

#define TRAM_EMBEDDED(name)                           \
  {                                                   \
#name, { tram_##name##_begin, tram_##name##_end } \
  }

const std::map<std::string_view, std::string_view>& files() {
  static const std::map<std::string_view, std::string_view> all = {
      TRAM_EMBEDDED(resnet8_shapes), TRAM_EMBEDDED(resnet20_cifar10), TRAM_EMBEDDED(vit_shapes)};
  return all;
}

}  // namespace

std::vector<std::string> embedded_names() {
  std::vector<std::string> names;
  for (const auto& [name, file] : files()) names.emplace_back(name);
  return names;
}

std::string_view embedded_weights(std::string_view name) {
  const auto found = files().find(name);
  if (found != files().end()) return found->second;
  throw InputError("embedded weights",
                   fmt::format("no network {}; one of {} is expected{}", name, fmt::join(embedded_names(), ", "),
                               did_you_mean(name, embedded_names())));
}

}  // namespace tram
