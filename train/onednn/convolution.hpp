#pragma once
#include <memory>

namespace tram::train::onednn {

/// Square kernel, equal stride and zero padding on both axes, no bias.
struct ConvolutionShape {
  int batch = 1;
  int in_channels = 1, out_channels = 1;
  int in_height = 1, in_width = 1;
  int kernel = 1, stride = 1, padding = 0;

  int out_height() const { return (in_height + 2 * padding - kernel) / stride + 1; }
  int out_width() const { return (in_width + 2 * padding - kernel) / stride + 1; }
};

/// Direct convolution in fp32. Activations are nChw8c (plain nchw where the channels are not a multiple of eight),
/// weights and their gradients plain OIHW.
class Convolution {
 public:
  explicit Convolution(const ConvolutionShape& shape);
  ~Convolution();
  Convolution(Convolution&&) noexcept;

  /// y[n][o] = sum over i of x[n][i] * w[o][i]
  void forward(const float* x, const float* w, float* y);
  /// dx[n][i] = sum over o of dy[n][o] * w[o][i], transposed
  void backward_data(const float* dy, const float* w, float* dx);
  /// dw[o][i] = sum over n of x[n][i] * dy[n][o]
  void backward_weights(const float* x, const float* dy, float* dw);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
