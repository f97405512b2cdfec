#include "models/quant/compensate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/quant/golden.hpp"
#include "models/quant/im2col.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/parallel.hpp"

namespace tram {
namespace {

using Histogram = std::vector<int64_t>;  // by raw code

/// Operands of a step: x (or a) of the taps, and b of a MatmulLayer.
struct Operands {
  Histogram streamed = Histogram(256, 0), held = Histogram(256, 0);

  void add(const Operands& other) {
    for (size_t code = 0; code < streamed.size(); ++code) {
      streamed[code] += other.streamed[code];
      held[code] += other.held[code];
    }
  }
};

void count(std::span<const uint8_t> codes, Histogram& histogram) {
  for (const uint8_t code : codes) ++histogram[code];
}

Operands operands(const GemmLayer& layer, const Codes& input) {
  Operands met;
  Codes taps(static_cast<size_t>(layer.m() * layer.k()));
  for (int64_t group = 0; group < layer.groups; ++group) {
    im2col(layer, input, taps, group);
    count(taps, met.streamed);
  }
  return met;
}

Operands operands(const MatmulLayer& layer, const Codes& a, const Codes& b) {
  Operands met;
  Codes left(static_cast<size_t>(layer.m() * layer.k())), right(static_cast<size_t>(layer.n() * layer.k()));
  for (int64_t head = 0; head < layer.heads; ++head) {
    matmul_operands(layer, a, b, head, left, right);
    count(left, met.streamed);
    count(right, met.held);
  }
  return met;
}

/// Operands met by each step on one image; of no meaning for steps that multiply nothing.
std::vector<Operands> operands_met(const GoldenInference& exact, const std::vector<uint8_t>& image) {
  const IntegerNetwork& network = exact.network();
  const GoldenResult golden = exact.run(image);
  std::vector<Operands> met(network.steps.size());
  for (size_t s = 0; s < met.size(); ++s) {
    const IntegerStep& step = network.steps[s];
    const Codes& first = golden.tensors[static_cast<size_t>(step.inputs[0])];
    const Codes& last = golden.tensors[static_cast<size_t>(step.inputs.back())];
    if (const auto* gemm = std::get_if<GemmLayer>(&step.layer)) met[s] = operands(*gemm, first);
    if (const auto* matmul = std::get_if<MatmulLayer>(&step.layer)) met[s] = operands(*matmul, first, last);
  }
  return met;
}

/// E_x[AxM(w, x) - w x] for each raw weight code w.
std::vector<double> mean_errors(const TruthTable& table, const Histogram& histogram) {
  const CodeFormat a{table.a_bits, table.is_signed}, b{table.b_bits, table.is_signed};
  const double total = static_cast<double>(std::accumulate(histogram.begin(), histogram.end(), int64_t{0}));
  std::vector<double> means(size_t{1} << table.a_bits, 0);
  for (uint32_t w = 0; w < means.size(); ++w) {
    int64_t error = 0;
    for (uint32_t x = 0; x < uint32_t{1} << table.b_bits; ++x)
      error += histogram[x] * (table.at(w, x) - int64_t{a.value(w)} * b.value(x));
    means[w] = static_cast<double>(error) / total;
  }
  return means;
}

void correct(GemmLayer& layer, const std::vector<double>& means) {
  const auto taps = static_cast<size_t>(layer.k());
  for (size_t n = 0; n < layer.bias.size(); ++n) {
    double error = 0;
    for (size_t k = 0; k < taps; ++k) error += means[layer.weights[n * taps + k]];
    layer.bias[n] -= static_cast<int32_t>(std::lround(error));
  }
}

void correct(MatmulLayer& layer, const std::vector<double>& means, const Histogram& held) {
  double error = 0, total = 0;
  for (size_t b = 0; b < means.size(); ++b) {
    error += static_cast<double>(held[b]) * means[b];
    total += static_cast<double>(held[b]);
  }
  layer.parameters.bias -= static_cast<int32_t>(std::lround(layer.parameters.inner * error / total));
}

std::vector<Operands> operands_met(const IntegerNetwork& network, const Dataset& training,
                                   const CompensationOptions& options) {
  const GoldenInference exact(network, exact_table_of(network));
  const int images = std::min(options.images, training.count());
  std::vector<std::vector<Operands>> met(static_cast<size_t>(images));
  parallel_for(images, options.threads, [&](int64_t i) {
    met[static_cast<size_t>(i)] = operands_met(exact, quantise_image(network, training.image(static_cast<int>(i))));
  });
  for (size_t i = 1; i < met.size(); ++i)
    for (size_t s = 0; s < met[0].size(); ++s) met[0][s].add(met[i][s]);
  return std::move(met.at(0));
}

}  // namespace

IntegerNetwork compensate_mean_error(IntegerNetwork network, const MultiplierAssignment& assignment,
                                     std::span<const TruthTable> tables, const Dataset& training,
                                     const CompensationOptions& options) {
  const std::vector<Operands> met = operands_met(network, training, options);
  for (size_t s = 0; s < network.steps.size(); ++s) {
    IntegerLayer& layer = network.steps[s].layer;
    if (!uses_multiplier(network.steps[s])) continue;
    const std::vector<double> means =
        mean_errors(restricted(tables[static_cast<size_t>(assignment.of_step[s])], operand_bits(network.steps[s])),
                    met[s].streamed);
    if (auto* gemm = std::get_if<GemmLayer>(&layer)) correct(*gemm, means);
    else correct(std::get<MatmulLayer>(layer), means, met[s].held);
  }
  return network;
}

IntegerNetwork compensate_mean_error(IntegerNetwork network, const TruthTable& table, const Dataset& training,
                                     const CompensationOptions& options) {
  const MultiplierAssignment assignment = assign_everywhere(network, "the multiplier");
  return compensate_mean_error(std::move(network), assignment, std::span(&table, 1), training, options);
}

}  // namespace tram
