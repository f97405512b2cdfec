#pragma once
#include <set>
#include <string>
#include <vector>

#include "train/config/settings.hpp"

namespace tram::train {

/// For each of the options given that changes nothing with these settings, and is not the data set's default, a line
/// that says when it would, in the order of --help.
std::vector<std::string> idle_options(const Settings& settings, const std::set<std::string>& given);

}  // namespace tram::train
