#pragma once
#include <span>
#include <string>
#include <string_view>

namespace tram {

/// The candidate with the smallest edit distance to name, for "did you mean"; empty when none is near
/// (distance above max(2, half the length of name)).
std::string nearest(std::string_view name, std::span<const std::string> candidates);

/// "; did you mean 'x'?" for the nearest candidate, or an empty string.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace tram
