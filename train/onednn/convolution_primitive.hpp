#pragma once
#include <memory>

namespace tram::train::onednn {

/// Equal stride and zero padding on both axes. Channels are divided into `groups`, each convolved by itself.
struct ConvolutionShape {
  int batch = 1;
  int in_channels = 1, out_channels = 1, groups = 1;
  int in_height = 1, in_width = 1;
  int kernel_height = 1, kernel_width = 1, stride = 1, padding = 0;
  bool bias = false;

  int out_height() const { return (in_height + 2 * padding - kernel_height) / stride + 1; }
  int out_width() const { return (in_width + 2 * padding - kernel_width) / stride + 1; }
};

/// Direct convolution in fp32. Activations are nhwc, weights [out_channels][in_channels / groups][height][width], bias
/// [out_channels]; without a bias its pointers are not read.
class Convolution {
 public:
  explicit Convolution(const ConvolutionShape& shape);
  ~Convolution();
  Convolution(Convolution&&) noexcept;

  /// y[n][o] = sum over i of x[n][i] * w[o][i], plus bias[o]
  void forward(const float* x, const float* w, const float* bias, float* y);
  /// dx[n][i] = sum over o of dy[n][o] * w[o][i], transposed
  void backward_data(const float* dy, const float* w, float* dx);
  /// dw[o][i] = sum over n of x[n][i] * dy[n][o], dbias[o] = sum over n of dy[n][o]
  void backward_weights(const float* x, const float* dy, float* dw, float* dbias);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
