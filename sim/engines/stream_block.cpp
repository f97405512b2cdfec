#include "sim/engines/stream_block.hpp"

#include <algorithm>
#include <cstring>

#include "sim/engines/lane_planes.hpp"
#include "sim/engines/transition_sums.hpp"

namespace tram {
namespace {

constexpr size_t pipeline = 3;  // lanes beyond the stream: code 0 before it and two clocks after it

LaneSelection activation_selection(const PeContract& contract, const PeNets& nets) {
  LaneSelection selection;
  selection.targets = nets.activation;
  selection.given = contract[Operand::activation].input.bits;
  return selection;
}

/// Fills block.held from its streams, each of which begins after code 0.
void skip_zeros_of(StreamBlock& block) {
  block.held = block.streams;
  for (size_t r = 0; r < static_cast<size_t>(block.rows); ++r) {
    uint8_t last = 0;
    for (uint8_t& code :
         std::span(block.held).subspan(r * static_cast<size_t>(block.m), static_cast<size_t>(block.m))) {
      block.skipped += code == 0;
      last = code = code == 0 ? last : code;
    }
  }
}

void transpose(std::span<const uint8_t> from, size_t rows, size_t columns, uint8_t* to) {
  constexpr size_t block = 16;
  for (size_t r0 = 0; r0 < rows; r0 += block)
    for (size_t c0 = 0; c0 < columns; c0 += block)
      for (size_t c = c0; c < std::min(c0 + block, columns); ++c)
        for (size_t r = r0; r < std::min(r0 + block, rows); ++r) to[c * rows + r] = from[r * columns + c];
}

size_t bytes_of(const StreamBlock& block) {
  size_t bytes = 2 * block.activations.size() + block.held.size() + sizeof(int32_t) * block.sums.size();
  for (const auto& sums : block.energy) bytes += sizeof(uint64_t) * sums.size();
  return bytes;
}

}  // namespace

uint64_t hash_bytes(std::span<const uint8_t> bytes) {
  uint64_t hash = 0x9e3779b97f4a7c15 ^ bytes.size();
  for (size_t i = 0; i < bytes.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, std::min<size_t>(8, bytes.size() - i));
    hash = (hash ^ word) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  }
  return hash;
}

StreamBlocks::StreamBlocks(const PeDesign& design, const PeNets& nets, const PeEnergies& energies,
                           std::vector<const TransitionEnergy*> tables, bool skip_zeros)
    : tables_(std::move(tables)), skip_zeros_(skip_zeros),
      activation_bits_(size_t(design.contract[Operand::activation].bits())),
      activation_simulation_(design.netlist, activation_selection(design.contract, nets)) {
  for (const NetId net : nets.activation) {
    joule_.push_back(energies.registers[net]);
    const bool enters = std::ranges::find(nets.entering_activation, net) != nets.entering_activation.end();
    entering_.push_back(enters ? energies.registers[net] : 0);
  }
  for (const NetId net : nets.entering_flag) entering_flag_ += energies.registers[net];
  for (const NetId net : nets.entering_swap) entering_swap_ += energies.registers[net];
}

const StreamBlock& StreamBlocks::get(std::span<const uint8_t> activations, int rows, int m) {
  const uint64_t hash = hash_bytes(activations);
  const auto found = std::ranges::find_if(kept_, [&](const auto& block) {
    return block->hash == hash && block->rows == rows && block->m == m &&
           std::ranges::equal(block->activations, activations);
  });
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
    return *kept_.front();
  }
  kept_.push_front(make(activations, rows, m, hash));
  size_t bytes = 0;
  for (auto block = kept_.begin(); block != kept_.end();) {
    bytes += bytes_of(**block);
    block = bytes > kept_bytes && block != kept_.begin() ? kept_.erase(block) : std::next(block);
  }
  return *kept_.front();
}

std::unique_ptr<StreamBlock> StreamBlocks::make(std::span<const uint8_t> activations, int rows, int m, uint64_t hash) {
  auto block = std::make_unique<StreamBlock>();
  block->rows = rows;
  block->m = m;
  block->hash = hash;
  block->activations.assign(activations.begin(), activations.end());
  const auto height = static_cast<size_t>(rows), length = static_cast<size_t>(m);
  block->streams.resize(activations.size());
  transpose(activations, length, height, block->streams.data());
  block->sums.assign(length, 0);
  for (size_t r = 0; r < height; ++r)
    for (size_t t = 0; t < length; ++t) block->sums[t] += block->streams[r * length + t];
  if (skip_zeros_) skip_zeros_of(*block);
  for (const TransitionEnergy* table : tables_) {
    const size_t codes = size_t{1} << table->a_bits();
    std::vector<uint64_t> sums(height * codes);
    for (size_t r = 0; r < height; ++r)
      transition_sums(*table, std::span(block->registered()).subspan(r * length, length),
                      std::span(sums).subspan(r * codes, codes));
    block->energy.push_back(std::move(sums));
  }
  add_registers(*block);
  block->entering += entering_flags(*block);
  return block;
}

/// Each row's lanes: code 0, the stream, code 0 twice.
void StreamBlocks::add_registers(StreamBlock& block) {
  const auto length = static_cast<size_t>(block.m);
  const size_t words = (length + pipeline + 63) / 64, height = static_cast<size_t>(block.rows);
  activation_simulation_.resize(words * height);
  first_.assign(activation_simulation_.words(), 0);
  mask_.assign(activation_simulation_.words(), 0);
  std::vector<uint32_t> lanes(length + pipeline, 0);
  std::vector<uint64_t*> planes(activation_bits_);
  for (size_t r = 0; r < height; ++r) {
    std::copy_n(block.registered().begin() + static_cast<ptrdiff_t>(r * length), length, lanes.begin() + 1);
    for (size_t bit = 0; bit < planes.size(); ++bit) planes[bit] = activation_simulation_.given(bit).data() + r * words;
    to_bit_planes(lanes, planes.size(), planes.data());
    first_[r * words] = 1;
    for (size_t t = 0; t + 1 < lanes.size(); ++t) mask_[r * words + t / 64] |= uint64_t{1} << t % 64;
  }
  activation_simulation_.run(first_);
  for (size_t i = 0; i < joule_.size(); ++i) {
    const auto toggles = static_cast<double>(count_toggles(activation_simulation_.target(i), mask_));
    block.registers += joule_[i] * toggles;
    block.entering += entering_[i] * toggles;
  }
}

/// Flags rise and fall with the activations that count and the last code 0, swap once.
double StreamBlocks::entering_flags(const StreamBlock& block) const {
  int64_t toggles = 0;
  const auto length = static_cast<size_t>(block.m);
  for (size_t r = 0; entering_flag_ > 0 && r < static_cast<size_t>(block.rows); ++r) {
    bool last = false;
    for (const uint8_t code : std::span(block.streams).subspan(r * length, length)) {
      const bool flag = code != 0 || !skip_zeros_;
      toggles += flag != last;
      last = flag;
    }
    toggles += !last + 1;
  }
  return static_cast<double>(toggles) * entering_flag_ + 2.0 * block.rows * entering_swap_;
}

}  // namespace tram
