#include "train/structure/soft_tree.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace tram::train {
namespace {

constexpr int lanes = 16;  // values of x side by side

using Lanes = std::array<float, lanes>;

}  // namespace

/// The nets of 16 pairs (w, x), x = first_x .. first_x + 15, and the derivatives by them.
class SoftTree::Block {
 public:
  Block(const SoftTree& tree, std::span<const float> gates)
      : tree_(tree), gates_(gates), values_(tree.partial_products() + 2 * tree.adders()), adjoints_(values_.size()),
        open_(2 * tree.adders()), gradients_(tree.gates()) {}

  void forward(uint32_t w, uint32_t first_x) {
    set_bits(first_x);
    for (int i = 0, dot = 0; i < tree_.bits_; ++i)
      for (int j = 0; j < tree_.bits_; ++j, ++dot) {
        const float gate = (w >> i & 1) != 0 ? gates_[dot] : 0;
        for (int l = 0; l < lanes; ++l) values_[dot][l] = gate * x_bits_[j][l];
      }
    for (size_t k = 0; k < tree_.adders(); ++k) add(static_cast<int>(k));
  }

  void products(float* to) const {
    Lanes sum{};
    for (size_t bit = 0; bit < tree_.tree_.product.size(); ++bit) {
      const int signal = tree_.tree_.product[bit];
      if (signal < 0) continue;
      const float value = std::ldexp(1.0F, static_cast<int>(bit));
      for (int l = 0; l < lanes; ++l) sum[l] += value * values_[signal][l];
    }
    std::copy(sum.begin(), sum.end(), to);
  }

  /// Adds the derivatives by the gates to gradients(), after forward(w, first_x).
  void backward(uint32_t w, const float* products_gradient) {
    std::ranges::fill(adjoints_, Lanes{});
    for (size_t bit = 0; bit < tree_.tree_.product.size(); ++bit) {
      const int signal = tree_.tree_.product[bit];
      if (signal < 0) continue;
      const float value = std::ldexp(1.0F, static_cast<int>(bit));
      for (int l = 0; l < lanes; ++l) adjoints_[signal][l] += value * products_gradient[l];
    }
    for (int k = static_cast<int>(tree_.adders()) - 1; k >= 0; --k) add_back(k);
    for (int i = 0, dot = 0; i < tree_.bits_; ++i)
      for (int j = 0; j < tree_.bits_; ++j, ++dot) {
        if ((w >> i & 1) == 0) continue;
        for (int l = 0; l < lanes; ++l) gradients_[dot][l] += adjoints_[dot][l] * x_bits_[j][l];
      }
  }

  const std::vector<Lanes>& gradients() const { return gradients_; }
  void clear_gradients() { std::ranges::fill(gradients_, Lanes{}); }

 private:
  void set_bits(uint32_t first_x) {
    for (int j = 0; j < tree_.bits_; ++j)
      for (int l = 0; l < lanes; ++l) x_bits_[j][l] = static_cast<float>((first_x + l) >> j & 1);
  }

  /// The third input of a half adder is 0.
  const Lanes& third(const TreeAdder& adder) const { return adder.inputs[2] < 0 ? zeros_ : values_[adder.inputs[2]]; }

  void add(int k) {
    const TreeAdder& adder = tree_.tree_.adders[k];
    const Lanes &a = values_[adder.inputs[0]], &b = values_[adder.inputs[1]], &c = third(adder);
    const size_t sum_gate = tree_.partial_products() + 2 * k;
    const float sum = gates_[sum_gate], carry = gates_[sum_gate + 1];
    Lanes &open_sum = open_[2 * k], &open_carry = open_[2 * k + 1];
    Lanes &s = values_[tree_.tree_.sum(k)], &t = values_[tree_.tree_.carry(k)];
    for (int l = 0; l < lanes; ++l) {
      const float ab = a[l] * b[l], pairs = ab + c[l] * (a[l] + b[l]), all = ab * c[l];
      open_carry[l] = pairs - 2 * all;
      open_sum[l] = a[l] + b[l] + c[l] - 2 * open_carry[l];
      s[l] = sum * open_sum[l];
      t[l] = carry * open_carry[l];
    }
  }

  void add_back(int k) {
    const TreeAdder& adder = tree_.tree_.adders[k];
    const Lanes &a = values_[adder.inputs[0]], &b = values_[adder.inputs[1]], &c = third(adder);
    const size_t sum_gate = tree_.partial_products() + 2 * k;
    const float sum = gates_[sum_gate], carry = gates_[sum_gate + 1];
    const Lanes &by_sum = adjoints_[tree_.tree_.sum(k)], &by_carry = adjoints_[tree_.tree_.carry(k)];
    const Lanes &open_sum = open_[2 * k], &open_carry = open_[2 * k + 1];
    Lanes &of_sum = gradients_[sum_gate], &of_carry = gradients_[sum_gate + 1];
    Lanes &by_a = adjoints_[adder.inputs[0]], &by_b = adjoints_[adder.inputs[1]];
    Lanes& by_c = adder.inputs[2] < 0 ? unused_ : adjoints_[adder.inputs[2]];
    for (int l = 0; l < lanes; ++l) {
      of_sum[l] += by_sum[l] * open_sum[l];
      of_carry[l] += by_carry[l] * open_carry[l];
      const float through_sum = sum * by_sum[l], through_carry = carry * by_carry[l] - 2 * through_sum;
      const float bc = b[l] * c[l], ac = a[l] * c[l], ab = a[l] * b[l];
      by_a[l] += through_sum + through_carry * (b[l] + c[l] - 2 * bc);
      by_b[l] += through_sum + through_carry * (a[l] + c[l] - 2 * ac);
      by_c[l] += through_sum + through_carry * (a[l] + b[l] - 2 * ab);
    }
  }

  const SoftTree& tree_;
  std::span<const float> gates_;
  std::vector<Lanes> values_, adjoints_;  ///< by signal
  std::vector<Lanes> open_;               ///< sums and carries before their gates
  std::vector<Lanes> gradients_;          ///< by gate
  std::array<Lanes, 8> x_bits_{};
  Lanes zeros_{}, unused_{};
};

SoftTree::SoftTree(int bits, Accumulation accumulation)
    : bits_(bits), accumulation_(accumulation),
      tree_(reduction_tree(exact_structure(bits, bits, false, accumulation, TreeForm::full))) {}

void SoftTree::forward(std::span<const float> gates, std::span<float> products) const {
  Block block(*this, gates);
  const uint32_t codes = 1u << bits_;
  for (uint32_t w = 0; w < codes; ++w)
    for (uint32_t x = 0; x < codes; x += lanes) {
      block.forward(w, x);
      block.products(products.data() + size_t{w} * codes + x);
    }
}

void SoftTree::backward(std::span<const float> gates, std::span<const float> products_gradient,
                        std::span<float> gradient) const {
  Block block(*this, gates);
  const uint32_t codes = 1u << bits_;
  std::vector<double> sums(this->gates(), 0.0);
  for (uint32_t w = 0; w < codes; ++w) {
    block.clear_gradients();
    for (uint32_t x = 0; x < codes; x += lanes) {
      block.forward(w, x);
      block.backward(w, products_gradient.data() + size_t{w} * codes + x);
    }
    for (size_t gate = 0; gate < sums.size(); ++gate)
      for (const float value : block.gradients()[gate]) sums[gate] += value;
  }
  for (size_t gate = 0; gate < sums.size(); ++gate) gradient[gate] += static_cast<float>(sums[gate]);
}

}  // namespace tram::train
