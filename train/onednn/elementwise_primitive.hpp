#pragma once
#include <cstdint>
#include <memory>

namespace tram::train::onednn {

/// A function of one variable, applied to `size` values.
class Elementwise {
 public:
  enum class Function {
    relu,  ///< max(x, 0)
    gelu,  ///< x Phi(x), Phi the normal distribution function, by erf (Hendrycks, Gimpel, 2016)
  };

  Elementwise(Function function, int64_t size);
  ~Elementwise();
  Elementwise(Elementwise&&) noexcept;

  /// y := f(x); y may be x for relu
  void forward(const float* x, float* y);
  /// dx := dy f'(x); dx may be dy. relu reads y = f(x) only, gelu x only.
  void backward(const float* x, const float* y, const float* dy, float* dx);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
