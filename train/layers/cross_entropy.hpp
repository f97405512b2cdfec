#pragma once
#include <span>

#include "train/layers/batch_tensor.hpp"

namespace tram::train {

/// Softmax cross-entropy of rows of logits.
struct CrossEntropyResult {
  double loss = 0;  ///< sum over the rows of -log softmax(logits)[label]
  int correct = 0;  ///< rows whose largest logit (the first of equals) is that of the label
};

/// logits [N][1][1][classes], labels of the first labels.size() rows; further rows are ignored.
CrossEntropyResult cross_entropy_forward(const BatchTensor& logits, std::span<const int> labels);

/// dlogits [N][1][1][classes] := (softmax(logits) - one_hot(label)) * scale. With scale = 1 / batch it is the gradient
/// of the mean loss. Every row needs a label.
void cross_entropy_backward(const BatchTensor& logits, std::span<const int> labels, float scale, BatchTensor& dlogits);

}  // namespace tram::train
