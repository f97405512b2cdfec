#include "rtl/edge_design.hpp"

#include <bit>
#include <utility>

#include "models/cells/mapping/technology_mapping.hpp"
#include "rtl_sources.hpp"

namespace tram {
namespace {

MappedNetlist map_edge(const char* top, const char* text, std::map<std::string, std::string> parameters,
                       std::shared_ptr<const Library> library, const std::filesystem::path& cache_folder) {
  MappingOptions options;
  options.top = top;
  options.parameters = std::move(parameters);
  options.cache_folder = cache_folder;
  return map_to_library({{"tram_adder.sv", embedded::tram_adder_sv}, {std::string(top) + ".sv", text}},
                        std::move(library), options);
}

}  // namespace

AccumulatorDesign map_accumulator(int psum_bits, int lsb, bool is_signed, std::shared_ptr<const Library> library,
                                  const std::filesystem::path& cache_folder) {
  const int sum_bits = edge_sum_bits - lsb;
  std::map<std::string, std::string> parameters{{"PSUM_BITS", std::to_string(psum_bits)},
                                                {"BITS", std::to_string(sum_bits)}};
  if (is_signed) parameters.emplace("PSUM_SIGNED", "1");
  return {psum_bits, sum_bits, lsb, is_signed,
          map_edge("tram_accumulator", embedded::tram_accumulator_sv, std::move(parameters), std::move(library),
                   cache_folder)};
}

ActivationSumDesign map_activation_sum(int activation_bits, int rows, bool is_signed,
                                       std::shared_ptr<const Library> library,
                                       const std::filesystem::path& cache_folder) {
  const int sum_bits = activation_bits + static_cast<int>(std::bit_width(static_cast<unsigned>(rows - 1)));
  std::map<std::string, std::string> parameters{{"ACTIVATION_BITS", std::to_string(activation_bits)},
                                                {"BITS", std::to_string(sum_bits)}};
  if (is_signed) parameters.emplace("ACTIVATION_SIGNED", "1");
  return {activation_bits, sum_bits,
          map_edge("tram_activation_sum", embedded::tram_activation_sum_sv, std::move(parameters), std::move(library),
                   cache_folder)};
}

}  // namespace tram
