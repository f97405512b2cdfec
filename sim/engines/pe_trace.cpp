#include "sim/engines/pe_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace tram {

PeTrace::PeTrace(VcdRecorder& recorder, const PeContract& contract, const std::vector<NetId>& nets, int rows,
                 int columns)
    : recorder_(recorder), rows_(rows), columns_(columns) {
  for (const OperandPorts& operand : contract.operands) {
    Port port{operand.motion == Motion::held, {}, {}};
    for (const NetId net : operand.output.bits) {
      const auto found = std::find(nets.begin(), nets.end(), net);
      if (found == nets.end()) {
        port.bits.push_back(net == constant_one ? -2 : -1);
      } else {
        port.bits.push_back(static_cast<int>(watched_.size()));
        watched_.push_back(static_cast<uint32_t>(found - nets.begin()));
      }
    }
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c)
        port.variables.push_back(recorder.declare(fmt::format("machine.array.row{}.pe{}", r, c), operand.output.name,
                                                  static_cast<int>(port.bits.size())));
    ports_.push_back(std::move(port));
  }
}

void PeTrace::record(const Place& place, int first_row, int first_column, int64_t clocks,
                     const std::vector<uint64_t>& words) {
  const size_t stride = watched_.size() * tram_row_group;
  bool all = true;  // the first clock recorded takes every value, the next ones what changed
  for (int64_t t = 0; t < clocks; ++t) {
    const uint64_t cycle = place.start_cycle + t + 1;  // words of clock t hold during the cycle after its edge
    if (cycle < recorder_.from() || !recorder_.wants(cycle, cycle + 1)) continue;
    for (const Port& port : ports_) {
      const int64_t since = place.owns_all || port.is_held ? std::numeric_limits<int64_t>::max() : t - place.first;
      record_clock(port, cycle, since, first_row, first_column, words.data() + t * stride, all);
    }
    all = false;
  }
}

void PeTrace::record_clock(const Port& port, uint64_t cycle, int64_t since, int first_row, int first_column,
                           const uint64_t* words, bool all) {
  const size_t stride = watched_.size() * tram_row_group;
  for (int r = 0; r < int(tram_row_group) && first_row + r < rows_; ++r) {
    uint64_t changed = all ? ~uint64_t{0} : 0;
    for (const int bit : port.bits)
      if (bit >= 0 && !all) changed |= words[bit * tram_row_group + r] ^ (words - stride)[bit * tram_row_group + r];
    for (int lane = 0; lane < int(tram_row_lanes) && first_column + lane < columns_; ++lane) {
      const int64_t begins = first_row + r + first_column + lane;
      if (since < begins || (since > begins && !(changed >> lane & 1))) continue;
      uint64_t value = 0;
      for (size_t i = 0; i < port.bits.size(); ++i) {
        const int bit = port.bits[i];
        const uint64_t level = bit < 0 ? bit == -2 : words[bit * tram_row_group + r] >> lane & 1;
        value |= level << i;
      }
      recorder_.record(port.variables[size_t(first_row + r) * columns_ + first_column + lane], cycle, value);
    }
  }
}

}  // namespace tram
