#pragma once
#include <span>

#include "train/layers/batch_tensor.hpp"

namespace tram::train {

/// Targets of the cross-entropy H, row by row: q = (1 - smoothing) one_hot(label) + smoothing / classes (label smoothing:
/// Szegedy et al., CVPR 2016, section 7), mixed with a teacher's answer p at a temperature T (distillation: Hinton et al.,
/// 2015): loss = (1 - weight) H(q, softmax(z)) + weight T^2 H(p_T, softmax(z / T)), p_T = softmax(teacher / T).
struct Targets {
  std::span<const int> labels;  ///< of the first labels.size() rows; further rows are ignored
  float smoothing = 0;
  const BatchTensor* teacher = nullptr;  ///< logits, as the network's; none: labels alone
  float weight = 0;                      ///< of the teacher, 0 .. 1
  float temperature = 1;
};

struct LossResult {
  double loss = 0;  ///< sum over the rows
  int correct = 0;  ///< rows whose largest logit (the first of equals) is that of the label
};

/// logits [N][1][1][classes]
LossResult loss_forward(const BatchTensor& logits, const Targets& targets);

/// dlogits [N][1][1][classes] := scale times the derivative of the summed loss. With scale = 1 / batch it is that of the
/// mean loss. Every row needs a label.
void loss_backward(const BatchTensor& logits, const Targets& targets, float scale, BatchTensor& dlogits);

}  // namespace tram::train
