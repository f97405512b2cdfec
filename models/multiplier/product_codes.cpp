#include "models/multiplier/product_codes.hpp"

#include <algorithm>
#include <random>

#include "models/multiplier/bit_planes.hpp"
#include "models/multiplier/netlist_blocks.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// Bit `bit` of 64 pairs from the first on, pair k in bit k.
uint64_t plane_of(const std::vector<uint32_t>& pairs, int bit, size_t word) {
  uint64_t plane = 0;
  const size_t end = std::min(pairs.size(), 64 * word + 64);
  for (size_t i = 64 * word; i < end; ++i) plane |= uint64_t{pairs[i] >> bit & 1} << (i % 64);
  return plane;
}

void check_widths(const Netlist& netlist) {
  const size_t widest = std::max(netlist.a.size(), netlist.b.size());
  if (widest > widest_operand || netlist.product.size() > 32)
    throw InputError(netlist.name,
                     fmt::format("operands of {} and {} bits, product of {}; up to {} each and 32 are "
                                 "expected",
                                 netlist.a.size(), netlist.b.size(), netlist.product.size(), widest_operand));
}

}  // namespace

std::vector<uint32_t> pairs_to_evaluate(int a_bits, int b_bits, const PairSample& sample) {
  std::vector<uint32_t> pairs;
  if (a_bits + b_bits <= max_exhaustive_bits) return pairs;
  std::mt19937_64 random(sample.seed);
  pairs.reserve(sample.pairs);
  for (size_t i = 0; i < sample.pairs; ++i) pairs.push_back(static_cast<uint32_t>(random() >> (64 - a_bits - b_bits)));
  return pairs;
}

ProductCodes product_codes(const Netlist& netlist, const PairSample& sample) {
  check_widths(netlist);
  ProductCodes products{static_cast<int>(netlist.a.size()),
                        static_cast<int>(netlist.b.size()),
                        static_cast<int>(netlist.product.size()),
                        sample,
                        {},
                        {}};
  products.pairs = pairs_to_evaluate(products.a_bits, products.b_bits, sample);
  const size_t count = products.is_sample() ? products.pairs.size() : size_t{1} << (products.a_bits + products.b_bits);
  const size_t words = (count + 63) / 64;
  products.codes.resize(64 * words);
  const auto take_codes = [&](size_t first, const uint64_t* values) {
    for (size_t w = 0; w < simulated_block && first + w < words; ++w) {
      uint64_t planes[32];
      int32_t lanes[64];
      for (size_t i = 0; i < netlist.product.size(); ++i)
        planes[i] = values[static_cast<size_t>(netlist.product[i]) * simulated_block + w];
      unpack_lanes(planes, products.product_bits, false, lanes);
      std::copy_n(lanes, 64, products.codes.begin() + static_cast<int64_t>(64 * (first + w)));
    }
  };
  if (products.is_sample())
    simulate_blocks(
        netlist, words, [&](int bit, size_t word) { return plane_of(products.pairs, bit, word); }, take_codes);
  else simulate_blocks(netlist, words, index_plane, take_codes);
  products.codes.resize(count);
  return products;
}

std::optional<ProductCodes> product_codes(const TruthTable& table) {
  ProductCodes products{table.a_bits, table.b_bits, table.a_bits + table.b_bits, {}, {}, {}};
  const int64_t modulus = int64_t{1} << products.product_bits;
  for (const int64_t value : table.values) {
    if (value < -modulus / 2 || value >= modulus) return std::nullopt;
    products.codes.push_back(static_cast<uint32_t>(value & (modulus - 1)));
  }
  return products;
}

}  // namespace tram
