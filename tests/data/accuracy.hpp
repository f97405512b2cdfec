#pragma once
#include <cstddef>
#include <span>

namespace tram {

/// Number of classes before `label` when sorted by falling logit; of equal logits the lower index comes first. 0: the
/// label is the first choice.
template <class Logit>
int class_rank(std::span<const Logit> logits, int label) {
  const Logit own = logits[static_cast<size_t>(label)];
  int before = 0;
  for (size_t c = 0; c < logits.size(); ++c)
    before += logits[c] > own || (logits[c] == own && c < static_cast<size_t>(label));
  return before;
}

/// Counts over images; top-k accuracy is topk / images.
struct Accuracy {
  int images = 0, top1 = 0, top5 = 0;

  void add(int rank) {
    ++images;
    top1 += rank < 1;
    top5 += rank < 5;
  }
  bool operator==(const Accuracy&) const = default;
};

}  // namespace tram
