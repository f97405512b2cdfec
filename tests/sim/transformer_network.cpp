#include "transformer_network.hpp"

#include "models/quant/make_vector_layers.hpp"
#include "networks.hpp"

namespace tram::test {
namespace {

int32_t uniform(std::mt19937& random, int32_t low, int32_t high) {
  return std::uniform_int_distribution<int32_t>(low, high)(random);
}

Tensor random_channels(int channels, float low, float high, std::mt19937& random) {
  Tensor tensor{{channels}, {}};
  for (int i = 0; i < channels; ++i) tensor.data.push_back(std::uniform_real_distribution<float>(low, high)(random));
  return tensor;
}

/// Appends layers, each of which reads the tensor of the one before.
class Builder {
 public:
  Builder(const TransformerOptions& options, uint32_t seed) : o_(options), random_(seed) {
    network_.name = "random_transformer";
    network_.signed_codes = o_.signed_codes;
    current_ = add_tensor({2 * o_.grid, 2 * o_.grid, 3}, code_format(8), 0.02F);
  }

  IntegerNetwork build() {
    embed();
    for (int block = 0; block < o_.blocks; ++block) {
      attention("block" + std::to_string(block));
      mlp("block" + std::to_string(block));
    }
    classify();
    return std::move(network_);
  }

 private:
  CodeFormat code_format(int bits) const { return {bits, o_.signed_codes}; }
  const TensorInfo& info(int tensor) const { return network_.tensors[static_cast<size_t>(tensor)]; }
  CodedAs coded(int tensor) const { return {info(tensor).affine, info(tensor).format}; }

  /// Asymmetric: the zero point is off the middle.
  int add_tensor(FeatureShape shape, CodeFormat format, float scale) {
    const int32_t middle = (format.lowest() + format.highest() + 1) / 2;
    const int32_t zero = middle + uniform(random_, -20, 20);
    network_.tensors.push_back({shape, {scale, zero}, format});
    return static_cast<int>(network_.tensors.size()) - 1;
  }

  int add_constant(FeatureShape shape, CodeFormat format, Affine affine) {
    TensorInfo constant{shape, affine, format};
    std::vector<int32_t> values;
    for (int64_t i = 0; i < shape.size(); ++i) values.push_back(uniform(random_, format.lowest(), format.highest()));
    constant.constant.resize(static_cast<size_t>(constant.bytes()));
    store_codes(format, values, constant.constant);
    network_.tensors.push_back(std::move(constant));
    return static_cast<int>(network_.tensors.size()) - 1;
  }

  int append(IntegerLayer layer, std::vector<int> inputs, int output) {
    network_.steps.push_back({std::move(layer), std::move(inputs), output});
    return current_ = output;
  }

  /// Accumulators of K products of codes around their zeros reach about sqrt(K) 2^12.
  Requantiser requantiser(int64_t taps, CodeFormat out) {
    int shift = 31 + 6;
    for (int64_t k = 1; k < taps; k *= 4) ++shift;
    return {uniform(random_, 1 << 30, INT32_MAX), shift - (out.bits - 8)};
  }

  template <typename Layer>
  void set_output(Layer& layer, int tensor) {
    layer.output_zero = info(tensor).affine.zero;
    layer.clamp_low = info(tensor).format.lowest();
    layer.clamp_high = info(tensor).format.highest();
  }

  int gemm(const std::string& name, FeatureShape in, int channels, int kernel, CodeFormat format) {
    GemmLayer layer = random_conv(name, in, channels, kernel, kernel, 0, random_);
    const int output = add_tensor(layer.out, format, 0.05F);
    layer.operands = info(current_).format;
    layer.input_zero = info(current_).affine.zero;
    set_output(layer, output);
    for (Requantiser& r : layer.requantise) r = requantiser(layer.k(), format);
    if (o_.signed_codes) layer.weight_zero.assign(layer.weight_zero.size(), 0);
    for (int32_t& bias : layer.bias) bias /= 8;
    return append(std::move(layer), {current_}, output);
  }

  int add(const std::string& name, int other) {
    const FeatureShape shape = info(current_).shape;
    const int output = add_tensor(shape, code_format(o_.residual_bits), 2 * info(current_).affine.scale);
    const AddParameters sum = make_add(name, shape.size(), coded(current_), coded(other), coded(output));
    return append(VectorLayer{name, sum}, {current_, other}, output);
  }

  int norm(const std::string& name) {
    const FeatureShape shape = info(current_).shape;
    const int output = add_tensor(shape, code_format(8), 0.03F);
    const LayerNormOp op{random_channels(shape.channels, 0.5F, 2, random_),
                         random_channels(shape.channels, -0.5F, 0.5F, random_)};
    return append(make_layer_norm(name, shape, op, coded(current_), coded(output)), {current_}, output);
  }

  void embed() {
    const FeatureShape image = info(current_).shape;
    const FeatureShape grid{o_.grid * o_.grid, 1, o_.width}, all{o_.grid * o_.grid + 1, 1, o_.width};
    const int patches = gemm("patch_embed", image, o_.width, 2, code_format(8));
    const int token = add_constant({1, 1, o_.width}, info(patches).format, info(patches).affine);
    network_.tensors.push_back({all, info(patches).affine, info(patches).format});
    append(PrependLayer{"prepend", grid, all}, {token, patches}, static_cast<int>(network_.tensors.size()) - 1);
    const int positions = add_constant(all, code_format(8), {0.05F, 3});
    add("positions", positions);
  }

  MatmulLayer matmul(const std::string& name, MatmulLayer::Kind kind, int rows, int inner, int columns, int a, int b) {
    MatmulLayer layer;
    layer.name = name;
    layer.kind = kind;
    layer.heads = o_.heads;
    layer.rows = rows;
    layer.parameters.inner = inner;
    layer.columns = columns;
    layer.a_width = info(a).shape.width * info(a).shape.channels;
    layer.b_width = info(b).shape.channels;
    layer.parameters.a_zero = info(a).affine.zero;
    layer.parameters.b_zero = info(b).affine.zero;
    layer.operands = info(a).format;
    return layer;
  }

  void attention(const std::string& name) {
    const int residual = current_;
    const int tokens = info(residual).shape.height, head = o_.width / o_.heads;
    norm(name + ".norm1");
    const int qkv = gemm(name + ".qkv", info(current_).shape, 3 * o_.width, 1, code_format(8));

    MatmulLayer scores = matmul(name + ".scores", MatmulLayer::Kind::scores, tokens, head, tokens, qkv, qkv);
    scores.b_first = o_.width;
    const int scored = add_tensor({tokens, o_.heads, tokens}, code_format(o_.score_bits), 1.0F / 64);
    scores.parameters.requantise = requantiser(head, code_format(o_.score_bits));
    set_output(scores, scored);
    append(scores, {qkv, qkv}, scored);

    const int weights = add_tensor(info(scored).shape, code_format(8), 1.0F / 255);
    if (o_.zero_probabilities) network_.tensors.back().affine.zero = 0;
    append(make_softmax(name + ".softmax", info(scored).shape, coded(scored), coded(weights)), {scored}, weights);

    MatmulLayer context = matmul(name + ".context", MatmulLayer::Kind::context, tokens, tokens, head, weights, qkv);
    context.b_first = 2 * o_.width;
    const int mixed = add_tensor({tokens, 1, o_.width}, code_format(8), 0.05F);
    context.parameters.requantise = requantiser(tokens, code_format(8));
    set_output(context, mixed);
    append(context, {weights, qkv}, mixed);

    gemm(name + ".proj", info(current_).shape, o_.width, 1, code_format(o_.residual_bits));
    add(name + ".add1", residual);
  }

  void mlp(const std::string& name) {
    const int residual = current_;
    norm(name + ".norm2");
    gemm(name + ".fc1", info(current_).shape, o_.hidden, 1, code_format(8));
    const int activated = add_tensor(info(current_).shape, code_format(8), 0.05F);
    VectorLayer lookup{name + ".act", LookupParameters{static_cast<int32_t>(info(current_).shape.size()), 256}};
    for (int entry = 0; entry < 256; ++entry)
      lookup.constants.push_back(uniform(random_, code_format(8).lowest(), code_format(8).highest()));
    append(lookup, {current_}, activated);
    gemm(name + ".fc2", info(current_).shape, o_.width, 1, code_format(o_.residual_bits));
    add(name + ".add2", residual);
  }

  void classify() {
    const FeatureShape all = info(current_).shape, one{1, 1, o_.width}, part{1, 1, o_.width / 2};
    const TensorInfo before = info(current_);
    network_.tensors.push_back({one, before.affine, before.format});
    append(SelectLayer{"class_token", all, one, 1}, {current_}, static_cast<int>(network_.tensors.size()) - 1);
    norm("norm");
    const TensorInfo normalised = info(current_);
    network_.tensors.push_back({part, normalised.affine, normalised.format});
    append(SliceLayer{"half", one, part, 3}, {current_}, static_cast<int>(network_.tensors.size()) - 1);
    gemm("head", part, o_.classes, 1, code_format(8));
    auto& head = std::get<GemmLayer>(network_.steps.back().layer);
    head.requantise.clear();
    head.logit_scale.assign(static_cast<size_t>(head.n()), 1.0F);
  }

  TransformerOptions o_;
  std::mt19937 random_;
  IntegerNetwork network_;
  int current_ = 0;
};

}  // namespace

IntegerNetwork random_transformer(const TransformerOptions& options, uint32_t seed) {
  return Builder(options, seed).build();
}

TruthTable random_table_for(const IntegerNetwork& network, uint32_t seed) {
  std::mt19937 random(seed);
  TruthTable table = exact_table(8, 8, network.signed_codes);
  for (int32_t& value : table.values) value += uniform(random, -1000, 1000);
  return table;
}

}  // namespace tram::test
