#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/cells/liberty/liberty.hpp"

namespace tram {

/// Use of a flip-flop cell as a rising-edge D flip-flop: its data, clock and output pins; pins of a clear or preset
/// that is not used are tied to their inactive value. An inversion between data and output is undone at the data pin,
/// so that a state of 0 is an output of 0.
struct FlipFlopUse {
  /// An asynchronous reset of the flip-flop: which pin, its active level, and what the output becomes.
  struct Reset {
    int pin = 0;
    bool active = false;
    bool value = false;
  };

  const LibertyCell* cell = nullptr;
  int clock = 0, data = 0, output = 0;
  bool inverts_data = false;
  std::vector<std::pair<int, bool>> ties;
  std::optional<Reset> reset;
};

/// The use without reset, if the cell has one: clocked by one rising pin, next state a function of one pin.
std::optional<FlipFlopUse> plain_flip_flop(const LibertyCell& cell);

/// Verilog for Yosys' techmap of $_DFF_P_ and, where the library has them, the asynchronous-reset flip-flops
/// $_DFF_P{N,P}{0,1}_, each with the cell of smallest area.
struct FlipFlopTechmap {
  std::string verilog;
  std::vector<std::string> types;  ///< such as "$_DFF_P_"
};
FlipFlopTechmap flip_flop_techmap(const Library& library);

}  // namespace tram
