#include "models/quant/golden.hpp"

#include <algorithm>

#include "models/quant/im2col.hpp"
#include "models/quant/quantise.hpp"
#include "models/quant/vector_ops.hpp"
#include "models/support/error.hpp"
#include "models/support/parallel.hpp"

namespace tram {
namespace {

using Codes = std::vector<uint8_t>;

constexpr int batch_images = 16;  // enough rows to amortise the building of table rows

/// Executes one layer on a batch: inputs and output hold `count` maps one after another.
struct Execute {
  const std::vector<const Codes*>& inputs;
  int64_t count;
  const TableGemm* gemm;
  const std::vector<int32_t>& constants;
  std::vector<int32_t>& accumulators;  ///< of the last layer

  std::span<const uint8_t> map(const FeatureShape& shape, int64_t image) const {
    return std::span(*inputs[0]).subspan(static_cast<size_t>(image * shape.size()), static_cast<size_t>(shape.size()));
  }

  Codes operator()(const GemmLayer& layer) const {
    const int64_t rows = count * layer.m(), taps = layer.k(), channels = layer.n();
    Codes matrix(static_cast<size_t>(rows * taps));
    for (int64_t image = 0; image < count; ++image)
      im2col(layer, map(layer.in, image), std::span(matrix).subspan(static_cast<size_t>(image * layer.m() * taps)));
    std::vector<int32_t> sums(static_cast<size_t>(rows * channels));
    gemm->run({rows, channels, taps}, layer.weights, matrix, sums);
    for (int64_t m = 0; m < rows; ++m) {
      int32_t sum_x = 0;
      for (int64_t k = 0; k < taps; ++k) sum_x += matrix[static_cast<size_t>(m * taps + k)];
      for (int64_t n = 0; n < channels; ++n) {
        int32_t& sum = sums[static_cast<size_t>(m * channels + n)];
        sum = accumulator(sum, sum_x, layer.weight_zero[static_cast<size_t>(n)], constants[static_cast<size_t>(n)]);
      }
    }
    if (!layer.requantise.empty()) return codes_of(layer, sums);
    accumulators = std::move(sums);
    return {};
  }

  static Codes codes_of(const GemmLayer& layer, const std::vector<int32_t>& sums) {
    Codes codes(sums.size());
    const int64_t channels = layer.n();
    for (size_t i = 0; i < sums.size(); i += static_cast<size_t>(channels))
      for (int64_t n = 0; n < channels; ++n)
        codes[i + static_cast<size_t>(n)] = gemm_code(layer, n, sums[i + static_cast<size_t>(n)]);
    return codes;
  }

  Codes operator()(const AddLayer& layer) const {
    Codes codes(inputs[0]->size());
    for (size_t i = 0; i < codes.size(); ++i) codes[i] = add_code(layer, (*inputs[0])[i], (*inputs[1])[i]);
    return codes;
  }

  Codes operator()(const AveragePoolLayer& layer) const {
    Codes codes;
    for (int64_t image = 0; image < count; ++image) {
      std::vector<int32_t> sums(static_cast<size_t>(layer.in.channels));
      const std::span<const uint8_t> input = map(layer.in, image);
      for (size_t i = 0; i < input.size(); ++i) sums[i % sums.size()] += input[i];
      for (const int32_t sum : sums) codes.push_back(average_code(layer, sum));
    }
    return codes;
  }

  Codes operator()(const SubsampleLayer& layer) const {
    Codes codes;
    codes.reserve(static_cast<size_t>(count * layer.out.size()));
    for (int64_t image = 0; image < count; ++image)
      for (int row = 0; row < layer.out.height; ++row)
        for (int column = 0; column < layer.out.width; ++column)
          for (int channel = 0; channel < layer.out.channels; ++channel)
            codes.push_back(subsample_code(layer, map(layer.in, image), row, column, channel));
    return codes;
  }
};

std::vector<const GemmLayer*> gemm_layers(const IntegerNetwork& network) {
  std::vector<const GemmLayer*> layers;
  for (const IntegerStep& step : network.steps)
    if (const auto* layer = std::get_if<GemmLayer>(&step.layer)) layers.push_back(layer);
  return layers;
}

}  // namespace

GoldenInference::GoldenInference(const IntegerNetwork& network, const TruthTable& table) : network_(network) {
  const auto shared = std::make_shared<const TableGemm>(table);
  for (const IntegerStep& step : network.steps)
    gemms_.push_back(std::holds_alternative<GemmLayer>(step.layer) ? shared : nullptr);
  prepare(table.is_signed);
}

GoldenInference::GoldenInference(const IntegerNetwork& network, std::span<const TruthTable> tables)
    : network_(network) {
  const size_t layers = gemm_layers(network).size();
  if (tables.size() != layers)
    throw InputError(network.name, fmt::format("{} multipliers; {}, one a layer, are expected", tables.size(), layers));
  size_t next = 0;
  for (const IntegerStep& step : network.steps)
    gemms_.push_back(std::holds_alternative<GemmLayer>(step.layer) ? std::make_shared<const TableGemm>(tables[next++])
                                                                   : nullptr);
  prepare(std::any_of(tables.begin(), tables.end(), [](const TruthTable& table) { return table.is_signed; }));
}

void GoldenInference::prepare(bool any_signed) {
  if (any_signed)
    throw InputError(network_.name, "a signed multiplier for unsigned codes; an unsigned one is expected");
  for (size_t i = 0; i < network_.steps.size(); ++i) {
    const auto* layer = std::get_if<GemmLayer>(&network_.steps[i].layer);
    if (layer != nullptr) check(*layer, *gemms_[i]);
    constants_.push_back(layer != nullptr ? accumulator_constants(*layer) : std::vector<int32_t>());
  }
}

void GoldenInference::check(const GemmLayer& layer, const TableGemm& gemm) const {
  const std::string where = fmt::format("{}, layer {}", network_.name, layer.name);
  if (gemm.a_bits() < network_.bits || gemm.b_bits() < network_.bits)
    throw InputError(where, fmt::format("a multiplier of {} x {} bits; at least {} bits are expected", gemm.a_bits(),
                                        gemm.b_bits(), network_.bits));
  int64_t bias = 0;
  for (const int32_t value : layer.bias) bias = std::max(bias, std::abs(int64_t{value}));
  const int64_t exact = int64_t{1} << (2 * network_.bits);
  const int64_t bound = layer.k() * (gemm.magnitude() + 3 * exact) + bias;
  if (bound > INT32_MAX)
    throw InputError(where, fmt::format("products up to {} on {} taps can reach {}; a sum within int32 is expected",
                                        gemm.magnitude(), layer.k(), bound));
}

std::vector<Codes> GoldenInference::forward(std::span<const uint8_t> images, int64_t count,
                                            std::vector<int32_t>& logits) const {
  std::vector<Codes> tensors(network_.tensors.size());
  tensors[0].assign(images.begin(), images.end());
  for (size_t i = 0; i < network_.steps.size(); ++i) {
    const IntegerStep& step = network_.steps[i];
    std::vector<const Codes*> inputs;
    for (const int tensor : step.inputs) inputs.push_back(&tensors[static_cast<size_t>(tensor)]);
    const Execute execute{inputs, count, gemms_[i].get(), constants_[i], logits};
    tensors[static_cast<size_t>(step.output)] = std::visit(execute, step.layer);
  }
  return tensors;
}

GoldenResult GoldenInference::run(std::span<const uint8_t> image) const {
  GoldenResult result;
  if (check_images(image) != 1) throw InputError(network_.name, "codes of several images; those of one are expected");
  result.tensors = forward(image, 1, result.logits);
  return result;
}

std::vector<int32_t> GoldenInference::logits(std::span<const uint8_t> images) const {
  std::vector<int32_t> logits;
  forward(images, check_images(images), logits);
  return logits;
}

int64_t GoldenInference::check_images(std::span<const uint8_t> images) const {
  const int64_t size = network_.tensors[0].shape.size(), bytes = static_cast<int64_t>(images.size());
  if (bytes == 0 || bytes % size != 0)
    throw InputError(network_.name, fmt::format("{} input codes; a multiple of {} is expected", bytes, size));
  return bytes / size;
}

int top1(const IntegerNetwork& network, std::span<const int32_t> logits) {
  const std::vector<float>& scale = network.last().logit_scale;
  size_t best = 0;
  for (size_t n = 1; n < logits.size(); ++n)
    if (double{scale[n]} * logits[n] > double{scale[best]} * logits[best]) best = n;
  return static_cast<int>(best);
}

std::vector<int32_t> golden_logits(const GoldenInference& golden, const Dataset& data, int first, int count,
                                   int threads) {
  if (first < 0 || count < 0 || first > data.count() - count)
    throw InputError(data.name(), fmt::format("images {} .. {}; 0 .. {} is expected", first, int64_t{first} + count - 1,
                                              data.count() - 1));
  const auto classes = golden.network().last().n();
  std::vector<int32_t> logits(static_cast<size_t>(count * classes));
  const int batches = (count + batch_images - 1) / batch_images;
  parallel_for(batches, threads, [&](int64_t batch) {
    const int begin = static_cast<int>(batch) * batch_images, end = std::min(begin + batch_images, count);
    Codes images;
    for (int i = begin; i < end; ++i) {
      const Codes codes = quantise_image(golden.network(), data.image(first + i));
      images.insert(images.end(), codes.begin(), codes.end());
    }
    const std::vector<int32_t> part = golden.logits(images);
    std::copy(part.begin(), part.end(), logits.begin() + begin * classes);
  });
  return logits;
}

int count_correct(const IntegerNetwork& network, const Dataset& data, int first, std::span<const int32_t> logits) {
  const auto classes = static_cast<size_t>(network.last().n());
  int correct = 0;
  for (size_t i = 0; i * classes < logits.size(); ++i)
    if (top1(network, logits.subspan(i * classes, classes)) == data.label(first + static_cast<int>(i))) ++correct;
  return correct;
}

}  // namespace tram
