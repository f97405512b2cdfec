#include "train/network/gradient_buffers.hpp"

#include <map>

namespace tram::train {
namespace {

/// Storage that is free at the moment, by size.
class Pool {
 public:
  BatchTensor take(const BatchShape& shape) {
    const auto found = free_.find(shape.size());
    if (found == free_.end()) return BatchTensor(shape);
    BatchTensor tensor(shape, std::move(found->second));
    free_.erase(found);
    return tensor;
  }
  void give_back(const BatchTensor& tensor) { free_.emplace(tensor.shape().size(), tensor.storage()); }

 private:
  std::multimap<int64_t, BatchTensor::Storage> free_;
};

}  // namespace

GradientBuffers::GradientBuffers(const NetworkGraph& graph, const std::vector<BatchShape>& shapes)
    : gradients_(shapes.size()), targets_(graph.nodes.size()) {
  Pool pool;
  for (size_t node = graph.nodes.size(); node-- > 0;) {
    for (const int value : graph.nodes[node].inputs) {
      BatchTensor& gradient = gradients_[static_cast<size_t>(value)];
      const BatchShape& shape = shapes[static_cast<size_t>(value)];
      Target target{value, {}};
      if (value != 0 && gradient.storage() != nullptr) target.scratch = pool.take(shape);
      if (value != 0 && gradient.storage() == nullptr) gradient = pool.take(shape);
      targets_[node].push_back(std::move(target));
    }
    for (const Target& target : targets_[node])
      if (target.accumulates()) pool.give_back(target.scratch);
    if (node + 1 != graph.nodes.size()) pool.give_back(gradients_[node + 1]);
  }
}

}  // namespace tram::train
