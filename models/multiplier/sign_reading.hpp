#pragma once
#include <optional>
#include <string>

#include "models/multiplier/product_codes.hpp"

namespace tram {

/// Whether operands and product are two's complement, and a sentence to say so.
struct SignReading {
  bool is_signed = false;
  std::string note;  ///< empty where the sign was given or declared and fits the products
};

/// Relative distance of the products from a b when read as two's complement or not: the sum of |error| over that of |a
/// b|, so that a multiplier without any output has 1 either way.
double relative_distance(const ProductCodes& products, bool is_signed);

/// A reading is clearly nearer to a b than another when its relative distance is below this share of the other's.
inline constexpr double clearly_nearer = 0.5;

/// The sign that was asked for, else the one that the file declares, else that of the clearly nearer reading, else
/// unsigned. The note tells of the nearer reading when it was not taken, and of what was taken when the file does not
/// say and unsigned is not clearly nearer.
SignReading find_sign(const ProductCodes& products, const std::optional<bool>& asked,
                      const std::optional<bool>& declared);

/// Whether operands in this order are named in the other one: b before a, y before x, in2 before in1.
bool suggests_other_order(const std::string& first, const std::string& second);

/// The sentence that says so.
std::string order_note(const std::string& first, const std::string& second);

}  // namespace tram
