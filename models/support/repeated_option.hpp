#pragma once
#include <boost/program_options/option.hpp>
#include <boost/program_options/parsers.hpp>
#include <string>
#include <vector>

namespace tram {

/// Makes one option of those of this name (without dashes) that a command line has: its values between commas.
inline void join_repeated(boost::program_options::parsed_options& parsed, const std::string& name) {
  const auto is_it = [&](const boost::program_options::option& option) {
    return option.string_key == name && !option.value.empty();
  };
  auto& options = parsed.options;
  size_t first = 0;
  while (first < options.size() && !is_it(options[first])) ++first;
  for (size_t i = first + 1; i < options.size();) {
    if (!is_it(options[i])) {
      ++i;
      continue;
    }
    options[first].value[0] += "," + options[i].value[0];
    options.erase(options.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace tram
