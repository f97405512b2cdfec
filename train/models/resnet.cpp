#include "train/models/resnet.hpp"

#include "models/support/error.hpp"

namespace tram::train {
namespace {

std::vector<BasicBlock> make_blocks(NetworkParameters& parameters, const ResNetShape& shape, BatchShape in) {
  std::vector<BasicBlock> blocks;
  for (int stage = 0; stage < 3; ++stage)
    for (int block = 0; block < shape.blocks(); ++block) {
      const int stride = stage > 0 && block == 0 ? 2 : 1;
      blocks.emplace_back(parameters, fmt::format("layer{}.{}", stage + 1, block), in, shape.width << stage, stride);
      in = blocks.back().output_shape();
    }
  return blocks;
}

}  // namespace

void ResNetShape::check() const {
  if (depth < 8 || depth > 1202 || (depth - 2) % 6 != 0)
    throw InputError("--depth", fmt::format("{}; 6 n + 2 is expected: 8, 14, 20, 32, 44, 56, 110, ...", depth));
  if (width < 8 || width > 1024 || width % 8 != 0)
    throw InputError("--width", fmt::format("{}; a multiple of 8 between 8 and 1024 is expected", width));
}

BasicBlock::BasicBlock(NetworkParameters& parameters, const std::string& name, const BatchShape& in, int out_channels,
                       int stride)
    : conv1_(parameters, name + ".conv1", in, out_channels, 3, stride, 1),
      bn1_(parameters, name + ".bn1", conv1_.output().shape()), relu1_(conv1_.output().shape()),
      conv2_(parameters, name + ".conv2", conv1_.output().shape(), out_channels, 3, 1, 1),
      bn2_(parameters, name + ".bn2", conv2_.output().shape()), add_(conv2_.output().shape()),
      relu2_(conv2_.output().shape()), add_gradients_(in) {
  if (stride != 1 || in.channels != out_channels) shortcut_.emplace(in, out_channels, stride);
}

BatchTensor& BasicBlock::forward(const ForwardPass& pass, const BatchTensor& x) {
  BatchTensor& middle = relu1_.forward(bn1_.forward(pass, conv1_.forward(pass, x)));
  BatchTensor& path = bn2_.forward(pass, conv2_.forward(pass, middle));
  const BatchTensor& shortcut = shortcut_ ? shortcut_->forward(x) : x;
  return relu2_.forward(add_.forward(path, shortcut));
}

BatchTensor& BasicBlock::backward(const BackwardPass& pass, BatchTensor& dy) {
  relu2_.backward(dy);
  BatchTensor& dmiddle = conv2_.backward(pass, bn2_.backward(pass, dy));
  BatchTensor& dx = conv1_.backward(pass, bn1_.backward(pass, relu1_.backward(dmiddle)));
  return add_gradients_.forward(dx, shortcut_ ? shortcut_->backward(dy) : dy);
}

void BasicBlock::visit_outputs(const Network::Visitor& visit) const {
  visit(conv1_.name(), conv1_.output());
  visit(bn1_.name(), bn1_.output());
  visit(conv2_.name(), conv2_.output());
  visit(bn2_.name(), bn2_.output());
}

ResNet::ResNet(const ResNetShape& shape, int batch)
    : input_shape_{batch, 3, shape.image_height, shape.image_width},
      conv1_(parameters_, "conv1", input_shape_, shape.width, 3, 1, 1),
      bn1_(parameters_, "bn1", conv1_.output().shape()), relu_(conv1_.output().shape()),
      blocks_(make_blocks(parameters_, shape, conv1_.output().shape())), pool_(blocks_.back().output_shape()),
      linear_(parameters_, "linear", batch, 4 * shape.width, shape.classes) {}

const BatchTensor& ResNet::forward(const ForwardPass& pass, const BatchTensor& images) {
  BatchTensor* x = &relu_.forward(bn1_.forward(pass, conv1_.forward(pass, images)));
  for (BasicBlock& block : blocks_) x = &block.forward(pass, *x);
  return linear_.forward(pass, pool_.forward(*x));
}

void ResNet::backward(const BackwardPass& pass, const BatchTensor& dlogits) {
  BatchTensor* dx = &pool_.backward(linear_.backward(pass, dlogits));
  for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) dx = &block->backward(pass, *dx);
  conv1_.backward_weights(pass, bn1_.backward(pass, relu_.backward(*dx)));
}

void ResNet::visit_outputs(const Visitor& visit) const {
  visit(conv1_.name(), conv1_.output());
  visit(bn1_.name(), bn1_.output());
  for (const BasicBlock& block : blocks_) block.visit_outputs(visit);
  visit(linear_.name(), linear_.output());
}

}  // namespace tram::train
