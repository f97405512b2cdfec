#pragma once
#include <cstdint>
#include <memory>

namespace tram::train::onednn {

/// y = x w^T + b on rows. Activations [rows][features], weights [out][in]; without a bias its pointers are not read.
class InnerProduct {
 public:
  InnerProduct(int64_t rows, int in_features, int out_features, bool bias);
  ~InnerProduct();
  InnerProduct(InnerProduct&&) noexcept;

  /// x [R][I], w [O][I], b [O] -> y [R][O]
  void forward(const float* x, const float* w, const float* b, float* y);
  /// dy [R][O], w [O][I] -> dx [R][I]
  void backward_data(const float* dy, const float* w, float* dx);
  /// x [R][I], dy [R][O] -> dw [O][I], db [O]
  void backward_weights(const float* x, const float* dy, float* dw, float* db);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
