#pragma once
#include <span>
#include <vector>

#include "models/multiplier/structure/reduction_tree.hpp"

namespace tram::train {

/// The exact tree of an unsigned bits x bits multiplier over all partial products (TreeForm::full), with a gate g in
/// [0, 1] at each partial product and at each sum and carry of an adder. Values of nets are real numbers, the
/// multilinear extension of the Boolean functions:
///   partial product = g w[i] x[j]
///   sum   = g (a + b + c - 2 (a b + a c + b c) + 4 a b c)
///   carry = g (a b + a c + b c - 2 a b c)
/// so that gates of 0 and 1 give the multiplier with these nets kept or constant 0, and as sum + 2 carry = a + b + c
/// when both are kept, the product is linear in the gates of the partial products while those of the adders are 1.
class SoftTree {
 public:
  /// bits: 4 .. 8.
  explicit SoftTree(int bits, Accumulation accumulation = Accumulation::dadda);

  int bits() const { return bits_; }
  size_t partial_products() const { return static_cast<size_t>(bits_) * bits_; }
  size_t adders() const { return tree_.adders.size(); }
  bool is_half_adder(size_t adder) const { return tree_.adders[adder].inputs[2] < 0; }
  /// Gates: partial products by index i * bits + j, then sum and carry of each adder in turn.
  size_t gates() const { return partial_products() + 2 * adders(); }

  /// products[(w << bits) | x].
  void forward(std::span<const float> gates, std::span<float> products) const;
  /// gradient[gate] += sum over pairs of products_gradient x d product / d gate.
  void backward(std::span<const float> gates, std::span<const float> products_gradient,
                std::span<float> gradient) const;

 private:
  class Block;

  int bits_;
  Accumulation accumulation_;
  ReductionTree tree_;
};

}  // namespace tram::train
