#include "tests/system/waves.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace tram {

Waves::Waves(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> scope;
  bool defined = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    const auto bad = [&](const char* what) {
      return std::runtime_error(fmt::format("line {}: {}: {}", number, what, line));
    };
    ++number;
    std::istringstream words(line);
    std::string first, second, third, fourth, fifth;
    words >> first >> second >> third >> fourth >> fifth;
    if (first == "$timescale") timescale_ = second + " " + third;
    else if (first == "$scope") scope.push_back(third);
    else if (first == "$upscope") {
      if (scope.empty()) throw bad("no scope to leave");
      scope.pop_back();
    } else if (first == "$var") {
      if (defined || second != "wire") throw bad("declaration");
      std::string name;
      for (const std::string& part : scope) name += part + ".";
      if (!codes_.emplace(name + fifth, fourth).second) throw bad("declared twice");
      variables_[fourth].width = std::stoi(third);
    } else if (first == "$enddefinitions") {
      if (!scope.empty()) throw bad("a scope is open");
      defined = true;
    } else if (first[0] == '#') {
      const uint64_t time = std::stoull(first.substr(1));
      if (!defined || time < end_) throw bad("time");
      end_ = time;
    } else if (first[0] == 'b') {
      change(first.substr(1), second, end_);
    } else if (first[0] != '$') {
      change(first.substr(0, 1), first.substr(1), end_);
    }
  }
  if (!defined) throw std::runtime_error("no $enddefinitions");
}

void Waves::change(const std::string& bits, const std::string& code, uint64_t time) {
  const auto found = variables_.find(code);
  if (found == variables_.end()) throw std::runtime_error("change of the undeclared variable " + code);
  if (static_cast<int>(bits.size()) > found->second.width) throw std::runtime_error("value too wide: " + bits);
  found->second.history[time] = bits == "x" ? std::optional<uint64_t>() : std::stoull(bits, nullptr, 2);
}

int Waves::width(const std::string& name) const { return variable(name).width; }

size_t Waves::changes(const std::string& name) const { return variable(name).history.size(); }

std::optional<uint64_t> Waves::value(const std::string& name, uint64_t time) const {
  const History& history = variable(name).history;
  const auto next = history.upper_bound(time);
  return next == history.begin() ? std::optional<uint64_t>() : std::prev(next)->second;
}

}  // namespace tram
