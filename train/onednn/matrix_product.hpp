#pragma once
#include <array>
#include <cstdint>
#include <memory>

namespace tram::train::onednn {

/// A batch of matrices within a larger array: element (i, j, r, c), of outer index i and inner index j, lies at
/// i strides[0] + j strides[1] + r strides[2] + c strides[3] (in floats); strides[2] or strides[3] is 1.
struct MatrixView {
  std::array<int64_t, 4> strides;
};

/// c[i][j] = alpha a[i][j] b[i][j], with a [m][k], b [k][n], c [m][n] for outer i and inner j.
struct MatrixProductShape {
  int64_t outer = 1, inner = 1, m = 1, n = 1, k = 1;
  MatrixView a, b, c;
  float alpha = 1;
};

class MatrixProduct {
 public:
  explicit MatrixProduct(const MatrixProductShape& shape);
  ~MatrixProduct();
  MatrixProduct(MatrixProduct&&) noexcept;

  void run(const float* a, const float* b, float* c);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
