#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tram::test {

/// A VCD file as read back: strict, for what IEEE 1364 says of the four-state format.
struct Vcd {
  struct Signal {
    int width = 0;
    std::vector<std::pair<uint64_t, std::string>> changes;  ///< time, digits
    /// Value at a time, as an integer; -1 while unknown.
    int64_t at(uint64_t time) const;
  };
  std::string timescale;
  std::map<std::string, Signal> signals;  ///< by path with dots, without range
  std::vector<uint64_t> times;            ///< every # line
};

/// Throws std::runtime_error naming the token that is out of place.
Vcd read_vcd(const std::string& text);

}  // namespace tram::test
