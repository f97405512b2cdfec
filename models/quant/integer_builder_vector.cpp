#include <algorithm>
#include <cmath>

#include "models/quant/affine.hpp"
#include "models/quant/integer_builder.hpp"
#include "models/support/error.hpp"

// The layers of IntegerBuilder that run on the vector unit.

namespace tram {

void IntegerBuilder::append_unary(const std::function<double(double)>& function) {
  if (input(0).coded.format.bits > 8)
    fail(fmt::format("reads {}-bit codes; at most 8 bits are expected", input(0).coded.format.bits));
  const CodedAs& out = calibrated(value_);
  append(make_lookup(node_->name, shape(value_), function, input(0).coded, out), {input(0).tensor}, out, value_);
}

void IntegerBuilder::emit_add(const CodedAs& b, int tensor_b) {
  const int result = result_value();
  const CodedAs out = calibrated(result);
  AddParameters add = make_add(node_->name, shape(value_).size(), input(0).coded, b, out);
  limit(add.clamp_low, add.clamp_high, out);
  append(VectorLayer{node_->name, add}, {input(0).tensor, tensor_b}, out, result);
}

void IntegerBuilder::emit(const AddOp&) { emit_add(input(1).coded, input(1).tensor); }

/// The value below which a constant need not lie: with it every sum saturates to the lowest code of the result, with
/// room for rounding. So a mask of -1e9 or -infinity takes no codes from the rest.
float IntegerBuilder::min_addend() const {
  const auto end_of = [](const CodedAs& coded, int32_t code) { return real_value(code, coded.affine); };
  const CodedAs &x = input(0).coded, &out = calibrated(result_value());
  const double low = end_of(out, out.format.lowest()) - end_of(x, x.format.highest());
  const double room = (end_of(x, x.format.highest()) - end_of(x, x.format.lowest()) +
                       end_of(out, out.format.highest()) - end_of(out, out.format.lowest())) /
                      64;
  return static_cast<float>(low - room);
}

void IntegerBuilder::emit(const AddConstantOp& op) {
  Tensor value = op.value;
  const float least = min_addend();
  for (float& element : value.data) element = std::max(element, least);
  const auto [low, high] = std::minmax_element(value.data.begin(), value.data.end());
  const CodeFormat format = calibrated(value_).format;
  const CodedAs coded{affine_of_range(*low, *high, format), format};
  emit_add(coded, add_constant(shape(value_), coded, value));
}

void IntegerBuilder::emit(const GlobalAveragePoolOp&) {
  const FeatureShape in = input_shape(0);
  const CodedAs& out = calibrated(value_);
  const Affine& affine = input(0).coded.affine;
  const double factor = double{affine.scale} / (double{out.affine.scale} * in.height * in.width);
  const AveragePoolParameters pool{in,
                                   affine.zero,
                                   out.affine.zero,
                                   make_requantiser(node_->name, factor),
                                   out.format.lowest(),
                                   out.format.highest()};
  append(VectorLayer{node_->name, pool}, {input(0).tensor}, out, value_);
}

void IntegerBuilder::emit(const MaxPoolOp& op) {
  const MaxPoolParameters pool{input_shape(0), shape(value_).height, shape(value_).width, op.kernel, op.stride,
                               op.padding};
  append(VectorLayer{node_->name, pool}, {input(0).tensor}, CodedAs(input(0).coded), value_);
}

void IntegerBuilder::emit(const SubsampleOp& op) {
  const FeatureShape in = input_shape(0);
  const SubsampleParameters subsample{in, shape(value_), op.stride, (op.out_channels - in.channels) / 2,
                                      input(0).coded.affine.zero};
  append(VectorLayer{node_->name, subsample}, {input(0).tensor}, CodedAs(input(0).coded), value_);
}

void IntegerBuilder::emit(const LayerNormOp& op) {
  const CodedAs& out = calibrated(value_);
  append(make_layer_norm(node_->name, shape(value_), op, input(0).coded, out), {input(0).tensor}, out, value_);
}

void IntegerBuilder::emit(const SoftmaxOp&) {
  CodedAs out = calibrated(value_);
  out.affine.scale = std::max(out.affine.scale, 0x1p-14F);
  append(make_softmax(node_->name, shape(value_), input(0).coded, out), {input(0).tensor}, out, value_);
}

void IntegerBuilder::emit(const SliceChannelsOp& op) {
  const Place source = input(0);
  const TensorInfo& tensor = network_.tensors[static_cast<size_t>(source.tensor)];
  if (only_attention_reads(value_)) {
    CodedAs coded = source.coded;
    if (!tensor.channel_scales.empty()) coded.affine.scale = tensor.channel_scales[static_cast<size_t>(op.first)];
    places_[static_cast<size_t>(value_)] = {source.tensor, source.first + op.first, coded};
    return;
  }
  append(SliceLayer{node_->name, input_shape(0), shape(value_), op.first}, {source.tensor}, source.coded, value_);
}

void IntegerBuilder::emit(const PrependTokenOp& op) {
  const CodedAs coded = input(0).coded;
  const int token = add_constant({1, 1, shape(value_).channels}, coded, op.token);
  append(PrependLayer{node_->name, input_shape(0), shape(value_)}, {token, input(0).tensor}, coded, value_);
}

void IntegerBuilder::emit(const SelectTokenOp& op) {
  append(SelectLayer{node_->name, input_shape(0), shape(value_), op.index}, {input(0).tensor}, CodedAs(input(0).coded),
         value_);
}

/// Reshape: the same bytes.
void IntegerBuilder::emit(const FlattenPositionsOp&) { places_[static_cast<size_t>(value_)] = input(0); }

}  // namespace tram
