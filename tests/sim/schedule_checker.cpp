#include "schedule_checker.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/mapping/im2col_addresses.hpp"

namespace tram::test {
namespace {

int space(Memory memory) { return static_cast<int>(memory); }
uint64_t size(int64_t a, int64_t b) { return static_cast<uint64_t>(a * b); }

/// The accesses of each kind of command.
struct Collector {
  const Command& command;
  std::vector<Access> accesses;

  void add(int where, uint64_t first, uint64_t bytes, bool write) {
    accesses.push_back({where, first, first + bytes, write});
  }
  void operator()(const DmaCommand& c) {
    const bool in = command.unit == Unit::dma_in;
    add(kDramSpace, c.dram, uint64_t{c.rows - 1} * c.dram_stride + c.row_bytes, !in);
    add(space(c.memory), c.local, uint64_t{c.rows - 1} * c.local_stride + c.row_bytes, in);
  }
  void add_block(const StationaryBlock& block, int64_t taps, int64_t columns) {
    const auto rows = static_cast<uint64_t>(block.transposed ? columns : taps);
    const auto bytes = static_cast<uint64_t>(block.transposed ? taps : columns);
    add(space(block.memory), block.offset, (rows - 1) * block.pitch + bytes, false);
  }
  void operator()(const FoldCommand& c) {
    add_block(c.weights, c.rows, c.columns);
    add(space(Memory::outputs), c.outputs, size(4 * c.m(), c.columns + 1), true);
    uint64_t first = UINT64_MAX, end = 0;
    for_each_run(c, [&](int32_t, int32_t, uint32_t address, int32_t count) {
      first = std::min<uint64_t>(first, address);
      end = std::max<uint64_t>(end, address + static_cast<uint32_t>(count));
    });
    if (first < end) add(space(Memory::activations), first, end - first, false);
  }
  void operator()(const RequantiseCommand& c) {
    add(space(Memory::weights), c.parameters, size(c.columns, sizeof(ChannelParameters)), false);
    add(space(Memory::outputs), c.outputs, size(4 * c.m, c.columns + 1), true);
    const int64_t row = c.columns * (c.logits ? 4 : c.format.bytes());
    add(space(c.destination.memory), c.destination.offset, uint64_t(c.m - 1) * c.destination.pitch + uint64_t(row),
        true);
  }
  void operator()(const ColumnParametersCommand& c) {
    if (c.taps > 0) add_block(c.weights, c.taps, c.columns);
    add(space(Memory::weights), c.parameters, size(c.columns, sizeof(ChannelParameters)), true);
  }
  void operator()(const VectorCommand& c) {
    const VectorExtent e = extent(c.parameters);
    for (size_t i = 0; i < e.inputs; ++i)
      add(space(Memory::activations), c.inputs[i], size(e.input, CodeFormat(c.formats_in[i]).bytes()), false);
    if (e.constants > 0) add(space(Memory::weights), c.constants, size(4, e.constants), false);
    add(space(c.destination.memory), c.destination.offset, size(e.output, CodeFormat(c.format_out).bytes()), true);
  }
  void operator()(const CopyCommand& c) {
    add(space(Memory::activations), c.from, uint64_t{c.rows - 1} * c.from_stride + c.row_bytes, false);
    add(space(Memory::activations), c.to, uint64_t{c.rows - 1} * c.to_stride + c.row_bytes, true);
  }
};

bool conflict(const std::vector<Access>& a, const std::vector<Access>& b) {
  for (const Access& x : a)
    for (const Access& y : b)
      if (x.space == y.space && (x.write || y.write) && x.first < y.end && y.first < x.end) return true;
  return false;
}

}  // namespace

std::vector<Access> accesses_of(const Command& command) {
  Collector collector{command, {}};
  std::visit(collector, command.body);
  return collector.accesses;
}

std::vector<std::string> check_schedule(const Program& program, const Limits& limits) {
  const uint64_t sizes[] = {static_cast<uint64_t>(limits.weights), static_cast<uint64_t>(limits.activations),
                            static_cast<uint64_t>(limits.outputs), static_cast<uint64_t>(limits.dram)};
  std::vector<std::string> faults;
  std::array<std::vector<Progress>, kUnits> past_of;  // by unit and command: all that is complete before it starts
  std::vector<std::vector<Access>> accesses;
  std::vector<uint32_t> numbers;  // by command: its place in its unit
  Progress issued;
  for (size_t j = 0; j < program.commands.size(); ++j) {
    const Command& command = program.commands[j];
    Progress past = command.wait;
    past[command.unit] = std::max(past[command.unit], issued[command.unit]);
    if (!issued.reached(command.wait)) {
      faults.push_back(fmt::format("command {} waits for a later one", j));
      return faults;
    }
    for (size_t u = 0; u < kUnits; ++u)
      for (uint32_t n = 0; n < past.completed[u]; ++n) past.include(past_of[u][n]);
    accesses.push_back(accesses_of(command));
    for (const Access& access : accesses.back())
      if (access.end > sizes[access.space]) faults.push_back(fmt::format("command {} reaches beyond a memory", j));
    for (size_t i = 0; i < j; ++i)
      if (past[program.commands[i].unit] < numbers[i] && conflict(accesses[i], accesses[j]))
        faults.push_back(fmt::format("command {} of {} and command {} of {} race", i,
                                     kUnitNames[static_cast<size_t>(program.commands[i].unit)], j,
                                     kUnitNames[static_cast<size_t>(command.unit)]));
    past_of[static_cast<size_t>(command.unit)].push_back(past);
    numbers.push_back(++issued[command.unit]);
  }
  if (!(issued == program.complete)) faults.push_back("the end of the program is not its last commands");
  return faults;
}

}  // namespace tram::test
