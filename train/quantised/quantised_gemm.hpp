#pragma once
#include <memory>
#include <string>
#include <vector>

#include "models/gemm/table_gemm.hpp"
#include "models/quant/integer_network.hpp"
#include "train/layers/layer.hpp"
#include "train/onednn/convolution_primitive.hpp"
#include "train/quantised/product_slopes.hpp"
#include "train/quantised/quantiser.hpp"

namespace tram::train {

/// A multiplier of a quantised layer: a circuit's, a table among the network's (NetworkParameters::tables), or exact.
struct MultiplierTable {
  static constexpr int64_t exact = -1;
  int64_t offset = exact;
  int bits = 8;                                           ///< of each operand
  std::shared_ptr<const TableGemm> integers = nullptr;    ///< of a circuit; `offset` is then not read
  std::shared_ptr<const ProductSlopes> slopes = nullptr;  ///< of a circuit; none: straight through
  /// Derivative of a cost of activations, beside the loss of the network, by the code of an input value, [2^bits],
  /// added to the gradient of every one; none: nothing.
  std::shared_ptr<const std::vector<float>> activation_cost_slope = nullptr;

  bool is_exact() const { return integers == nullptr && offset == exact; }
};

/// A convolution, or a linear layer as a 1 x 1 convolution, whose products are those of a multiplier:
///   y[m][n] = scale_x scale_w[n] (sum_k AxM(w[n][k], x[m][k]) - zx sum_k w - zw sum_k x + K zx zw + bias[n] in units
///             of scale_x scale_w[n], rounded)
/// on codes of x and w: what the integer network computes (models/quant/integer_network.hpp), in real units.
/// x must lie on the grid of its quantiser. Parameters NAME.weight, NAME.bias, NAME.weight_range [O][2].
///
/// Backward is straight through: the gradients of x and w are those of the exact product of the values of the
/// codes, clipped weights getting none, and what MultiplierTable::slopes adds to them; the table's own gradient is
/// exact (table_gradient).
class QuantisedGemm : public Layer {
 public:
  QuantisedGemm(NetworkParameters& parameters, const std::string& name, const onednn::ConvolutionShape& shape,
                const RangeParameter& input_range, const MultiplierTable& table);

  BatchShape output_shape() const override;
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  void quantise_weights(std::span<const float> trained);
  void quantise_inputs(const BatchTensor& x);
  /// Images whose taps fit the cache, as one GEMM.
  int chunk_images() const;
  GemmShape chunk_shape(int images) const;
  std::span<const uint8_t> taps(int first_image, int images);
  /// Calls visit(GEMM, its taps, index of its first position) chunk by chunk.
  template <typename Visit>
  void visit_chunks(const Visit& visit);
  void multiply(std::span<const float> tables, const float* bias, BatchTensor& y);
  /// Scales the products to real values, in units of the accumulator and beyond.
  template <typename Product>
  void finish_products(const Product* products, GemmShape gemm, std::span<const uint8_t> codes, float* y) const;
  /// The loss by the products of a chunk, from that by its outputs.
  std::span<const float> product_gradient(const BatchTensor& dy, GemmShape gemm, int64_t position);
  void backward_products(const BackwardPass& pass, const BatchTensor& x, const BatchTensor& dy);
  /// Adds to the gradients of weights and of inputs (null: none wanted) what the slopes have beyond the exact ones.
  void add_slopes(const BatchTensor& dy, BatchTensor* dx);
  void backward_weights(const BackwardPass& pass);
  void add_activation_cost(const BatchTensor& x, std::span<float> gradient);

  onednn::ConvolutionShape shape_;
  GemmLayer gemm_;  ///< as the integer network has it: shapes, codes and zero points; bias 0
  onednn::Convolution primitive_;
  int64_t weight_, bias_;
  RangeParameter input_range_, weight_range_;
  MultiplierTable table_;

  Affine input_;                        ///< of the last forward pass, like all below
  std::vector<Affine> weight_affine_;   ///< [O]
  std::vector<float> weight_values_;    ///< OIHW, the values of the codes
  std::vector<float> weight_gradient_;  ///< OIHW, by weight_values_
  std::vector<uint8_t> input_codes_;    ///< [N][H][W][I]
  std::vector<uint8_t> taps_;           ///< [M][K] of one chunk
  std::vector<float> products_;         ///< [M][O] of one chunk, or their gradient
  std::vector<int32_t> integers_;       ///< [M][O] of one chunk, of a circuit
  std::vector<int32_t> constants_;      ///< [O], of the accumulators
  std::vector<float> bias_units_;       ///< [O], integers in units of the accumulator
};

}  // namespace tram::train
