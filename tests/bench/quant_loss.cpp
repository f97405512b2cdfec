#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>

#include "models/data/cifar10.hpp"
#include "models/data/image_folder.hpp"
#include "models/network/load_network.hpp"
#include "models/support/error.hpp"
#include "tests/bench/quantisation_report.hpp"

/// Which part of quantisation costs how much: quant_loss [network] [images] [threads], on the real data.

namespace tram {
namespace {

int number(const char* name, const char* text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
  if (error != std::errc() || *end != '\0' || value < 1)
    throw InputError(name, fmt::format("'{}'; a number above 0 is expected", text));
  return value;
}

std::unique_ptr<Dataset> data_of(const std::string& network, Split split) {
  if (network.starts_with("resnet")) return std::make_unique<Cifar10>(data_folder(), split);
  return imagenet(data_folder(), split);
}

void print_report(const std::string& network, int images, int threads) {
  const NetworkGraph graph = load_network(network, data_folder() / "weights" / (network + ".safetensors"));
  const std::unique_ptr<Dataset> training = data_of(network, Split::train), test = data_of(network, Split::test);
  for (const bool is_signed : {false, true}) {
    QuantiseOptions options;
    options.signed_codes = is_signed;
    options.images = 64;
    options.threads = threads;
    const auto report = quantisation_report(graph, *training, *test, std::min(images, test->count()), options);
    std::printf("%s, %s 8-bit codes, calibrated on %d training images\n%s\n", network.c_str(),
                is_signed ? "signed" : "unsigned", options.images, to_text(report).c_str());
  }
}

}  // namespace
}  // namespace tram

int main(int argc, char** argv) {
  try {
    tram::print_report(argc > 1 ? argv[1] : "deit_tiny_patch16_224", argc > 2 ? tram::number("images", argv[2]) : 500,
                       argc > 3 ? tram::number("threads", argv[3]) : 1);
  } catch (const tram::InputError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
