#include "models/multiplier/array_multiplier.hpp"

#include "models/support/error.hpp"

namespace tram {

Netlist array_multiplier(int bits, int truncated) {
  if (bits < 2 || bits > 8) throw InputError("multiplier", fmt::format("width {} bits; 2 to 8 are expected", bits));
  if (truncated < 0 || truncated >= 2 * bits)
    throw InputError("multiplier", fmt::format("{} truncated columns; 0 to {} are expected", truncated, 2 * bits - 1));
  NetlistBuilder builder(truncated ? fmt::format("trunc{}", truncated) : "exact", bits, bits, false);
  const auto partial_product = [&](int i, int j) {
    return i + j < truncated ? net_zero : builder.and_(builder.a(i), builder.b(j));
  };

  // sums[i] and carries[i] have the weight of column j + i and j + i + 1 after row j.
  std::vector<Net> product, sums, carries(bits, net_zero);
  for (int i = 0; i < bits; ++i) sums.push_back(partial_product(i, 0));
  for (int j = 1; j < bits; ++j) {
    product.push_back(sums[0]);
    std::vector<Net> next_sums(bits), next_carries(bits, net_zero);
    for (int i = 0; i + 1 < bits; ++i) {
      const auto [sum, carry] = builder.full_adder(partial_product(i, j), sums[i + 1], carries[i]);
      next_sums[i] = sum;
      next_carries[i] = carry;
    }
    next_sums[bits - 1] = partial_product(bits - 1, j);
    sums = std::move(next_sums);
    carries = std::move(next_carries);
  }
  product.push_back(sums[0]);

  Net ripple = net_zero;  // the last row adds the remaining sums and carries
  for (int i = 0; i + 1 < bits; ++i) {
    const auto [sum, carry] = builder.full_adder(sums[i + 1], carries[i], ripple);
    product.push_back(sum);
    ripple = carry;
  }
  product.push_back(ripple);
  return builder.finish(std::move(product));
}

}  // namespace tram
