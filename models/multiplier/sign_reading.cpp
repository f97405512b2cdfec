#include "models/multiplier/sign_reading.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace tram {
namespace {

const char* word(bool is_signed) { return is_signed ? "signed" : "unsigned"; }

}  // namespace

double relative_distance(const ProductCodes& products, bool is_signed) {
  double distance = 0, size = 0;
  for (size_t i = 0; i < products.codes.size(); ++i) {
    const int64_t exact = products.exact(i, is_signed);
    distance += static_cast<double>(std::llabs(products.value(i, is_signed) - exact));
    size += static_cast<double>(std::llabs(exact));
  }
  return size == 0 ? distance : distance / size;
}

SignReading find_sign(const ProductCodes& products, const std::optional<bool>& asked,
                      const std::optional<bool>& declared) {
  const double distances[] = {relative_distance(products, false), relative_distance(products, true)};
  const auto is_nearer = [&](bool reading) { return distances[reading] < clearly_nearer * distances[!reading]; };
  const auto text = [&](bool reading) {
    return fmt::format("mean error over mean product {:.3g} {}, {:.3g} {}", distances[reading], word(reading),
                       distances[!reading], word(!reading));
  };
  if (const std::optional<bool>& given = asked ? asked : declared) {
    if (!is_nearer(!*given)) return {*given, {}};
    return {*given, fmt::format("read as {} as {}, but nearer to a b when read as {} ({})", word(*given),
                                asked ? "asked" : "it declares", word(!*given), text(*given))};
  }
  if (is_nearer(false)) return {false, {}};
  const bool is_signed = is_nearer(true);
  const char* const why = is_signed ? "nearer to a b" : "as neither way is clearly nearer to a b";
  return {is_signed,
          fmt::format("does not say whether it is signed: read as {}, {} ({})", word(is_signed), why, text(is_signed))};
}

bool suggests_other_order(const std::string& first, const std::string& second) {
  return first.size() == second.size() && second < first;
}

std::string order_note(const std::string& first, const std::string& second) {
  return fmt::format(
      "has the operands {} and {}, in this order: the first is a, the weight, the second b, the "
      "activation; their names suggest the other order",
      first, second);
}

}  // namespace tram
