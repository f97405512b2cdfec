#include "models/quant/golden.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "models/quant/accumulator.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/error.hpp"
#include "models/support/parallel.hpp"

namespace tram {
namespace {

constexpr int batch_images = 16;  // enough rows to amortise the building of table rows

/// Largest absolute value of a bias; 0 where there is none.
int64_t largest_bias(const IntegerStep& step) {
  int64_t largest = 0;
  if (const auto* layer = std::get_if<GemmLayer>(&step.layer))
    for (const int32_t value : layer->bias) largest = std::max(largest, std::abs(int64_t{value}));
  return largest;
}

int64_t taps(const IntegerStep& step) {
  const auto* layer = std::get_if<GemmLayer>(&step.layer);
  return layer != nullptr ? layer->k() : std::get<MatmulLayer>(step.layer).k();
}

/// Products, both corrections and their constant are within int32.
void check(const IntegerNetwork& network, const IntegerStep& step, const TableGemm& gemm) {
  const std::string where = fmt::format("{}, layer {}", network.name, layer_name(step));
  const char* const own = gemm.is_signed() ? "signed" : "unsigned";
  const char* const expected = network.signed_codes ? "signed" : "unsigned";
  if (gemm.is_signed() != network.signed_codes)
    throw InputError(where, fmt::format("a multiplier of {} operands for {} codes; one for {} codes is expected", own,
                                        expected, expected));
  const int64_t exact = int64_t{1} << (gemm.a_bits() + gemm.b_bits());
  const int64_t bound = taps(step) * (gemm.magnitude() + 3 * exact) + largest_bias(step);
  if (bound > INT32_MAX)
    throw InputError(where, fmt::format("products up to {} on {} taps can reach {}; a sum within int32 is expected",
                                        gemm.magnitude(), taps(step), bound));
}

void check_widths(const IntegerNetwork& network, const IntegerStep& step, const TruthTable& table) {
  const OperandBits bits = operand_bits(step);
  if (table.a_bits >= bits.weights && table.b_bits >= bits.activations) return;
  throw InputError(fmt::format("{}, layer {}", network.name, layer_name(step)),
                   fmt::format("a multiplier of {} x {} bits; at least {} x {} bits are expected", table.a_bits,
                               table.b_bits, bits.weights, bits.activations));
}

}  // namespace

TruthTable restricted(const TruthTable& table, OperandBits bits) {
  const CodeFormat a{table.a_bits, table.is_signed}, b{table.b_bits, table.is_signed};
  const CodeFormat w{bits.weights, table.is_signed}, x{bits.activations, table.is_signed};
  TruthTable part{w.bits, x.bits, table.is_signed, {}};
  for (uint32_t i = 0; i < 1U << w.bits; ++i)
    for (uint32_t j = 0; j < 1U << x.bits; ++j) part.values.push_back(table.at(a.raw(w.value(i)), b.raw(x.value(j))));
  return part;
}

TruthTable exact_table_of(const IntegerNetwork& network) {
  const OperandBits widest = widest_operands(network);
  return exact_table(widest.weights, widest.activations, network.signed_codes);
}

GoldenInference::GoldenInference(const IntegerNetwork& network, const TruthTable& table)
    : GoldenInference(network, assign_everywhere(network, "the multiplier"), std::span(&table, 1)) {}

GoldenInference::GoldenInference(const IntegerNetwork& network, const MultiplierAssignment& assignment,
                                 std::span<const TruthTable> tables)
    : network_(network), steps_(network.steps.size()), last_use_(network.tensors.size(), 0) {
  const size_t multipliers = assignment.multipliers.size(), assigned = assignment.of_step.size();
  if (tables.size() != multipliers || assigned != steps_.size())
    throw InputError(network.name, fmt::format("{} tables for {} steps; {} for {} are expected", tables.size(),
                                               assigned, multipliers, steps_.size()));
  std::map<std::tuple<size_t, int, int>, std::shared_ptr<const TableGemm>> gemms;
  const auto gemm_of = [&](size_t table, const IntegerStep& step) {
    const OperandBits bits = operand_bits(step);
    auto& gemm = gemms[{table, bits.weights, bits.activations}];
    if (!gemm) {
      check_widths(network, step, tables[table]);
      gemm = std::make_shared<const TableGemm>(restricted(tables[table], bits));
    }
    return gemm;
  };
  for (size_t i = 0; i < steps_.size(); ++i) {
    const IntegerStep& step = network.steps[i];
    for (const int tensor : step.inputs) last_use_[static_cast<size_t>(tensor)] = i;
    if (!uses_multiplier(step)) continue;
    steps_[i].gemm = gemm_of(static_cast<size_t>(assignment.of_step[i]), step);
    if (const auto* layer = std::get_if<GemmLayer>(&step.layer)) steps_[i].constants = accumulator_constants(*layer);
    check(network, step, *steps_[i].gemm);
  }
}

std::vector<Codes> GoldenInference::forward(std::span<const uint8_t> images, int64_t count, bool keep,
                                            std::vector<int32_t>& logits) const {
  std::vector<Codes> tensors(network_.tensors.size());
  tensors[0].assign(images.begin(), images.end());
  for (size_t t = 0; t < tensors.size(); ++t)
    for (int64_t image = 0; image < count && !network_.tensors[t].constant.empty(); ++image)
      tensors[t].insert(tensors[t].end(), network_.tensors[t].constant.begin(), network_.tensors[t].constant.end());
  for (size_t i = 0; i < network_.steps.size(); ++i) {
    const IntegerStep& step = network_.steps[i];
    std::vector<const Codes*> inputs;
    for (const int tensor : step.inputs) inputs.push_back(&tensors[static_cast<size_t>(tensor)]);
    tensors[static_cast<size_t>(step.output)] = execute_step(network_, step, steps_[i], inputs, count, logits);
    for (const int tensor : step.inputs)
      if (!keep && last_use_[static_cast<size_t>(tensor)] == i) tensors[static_cast<size_t>(tensor)] = {};
  }
  return tensors;
}

GoldenResult GoldenInference::run(std::span<const uint8_t> image) const {
  GoldenResult result;
  if (check_images(image) != 1) throw InputError(network_.name, "codes of several images; those of one are expected");
  result.tensors = forward(image, 1, true, result.logits);
  return result;
}

std::vector<int32_t> GoldenInference::logits(std::span<const uint8_t> images) const {
  std::vector<int32_t> logits;
  forward(images, check_images(images), false, logits);
  return logits;
}

int64_t GoldenInference::check_images(std::span<const uint8_t> images) const {
  const int64_t size = network_.tensors[0].bytes(), bytes = static_cast<int64_t>(images.size());
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
