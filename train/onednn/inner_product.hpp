#pragma once
#include <memory>

namespace tram::train::onednn {

/// y = x w^T + b on rows. Activations plain [batch][features], weights plain [out][in].
class InnerProduct {
 public:
  InnerProduct(int batch, int in_features, int out_features);
  ~InnerProduct();
  InnerProduct(InnerProduct&&) noexcept;

  /// x [N][I], w [O][I], b [O] -> y [N][O]
  void forward(const float* x, const float* w, const float* b, float* y);
  /// dy [N][O], w [O][I] -> dx [N][I]
  void backward_data(const float* dy, const float* w, float* dx);
  /// x [N][I], dy [N][O] -> dw [O][I], db [O]
  void backward_weights(const float* x, const float* dy, float* dw, float* db);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
