#include "train/layers/elementwise.hpp"

#include <algorithm>

namespace tram::train {

void Addition::backward(const BackwardPass&, Inputs, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  for (BatchTensor* gradient : dx)
    if (gradient != nullptr) std::copy(dy.values().begin(), dy.values().end(), gradient->data());
}

}  // namespace tram::train
