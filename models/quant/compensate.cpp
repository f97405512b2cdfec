#include "models/quant/compensate.hpp"

#include <cmath>
#include <numeric>

#include "models/quant/golden.hpp"
#include "models/quant/im2col.hpp"
#include "models/quant/quantise.hpp"
#include "models/support/parallel.hpp"

namespace tram {
namespace {

using Histogram = std::vector<int64_t>;  // by code

/// What each step's taps met, by step; empty for steps without a GEMM.
std::vector<Histogram> tap_histograms(const IntegerNetwork& network, const std::vector<uint8_t>& image) {
  const TruthTable exact = exact_table(network.bits, network.bits);
  const GoldenResult golden = GoldenInference(network, exact).run(image);
  std::vector<Histogram> histograms(network.steps.size());
  for (size_t s = 0; s < network.steps.size(); ++s) {
    const auto* layer = std::get_if<GemmLayer>(&network.steps[s].layer);
    if (!layer) continue;
    std::vector<uint8_t> taps(static_cast<size_t>(layer->m() * layer->k()));
    im2col(*layer, golden.tensors[static_cast<size_t>(network.steps[s].inputs[0])], taps);
    histograms[s].assign(256, 0);
    for (const uint8_t code : taps) ++histograms[s][code];
  }
  return histograms;
}

std::vector<Histogram> sum(const std::vector<std::vector<Histogram>>& images) {
  std::vector<Histogram> total = images.at(0);
  for (size_t i = 1; i < images.size(); ++i)
    for (size_t s = 0; s < total.size(); ++s)
      for (size_t code = 0; code < total[s].size(); ++code) total[s][code] += images[i][s][code];
  return total;
}

/// E_x[AxM(w, x) - w x] for each weight code w.
std::vector<double> mean_errors(const TruthTable& table, const Histogram& histogram) {
  const double count = static_cast<double>(std::accumulate(histogram.begin(), histogram.end(), int64_t{0}));
  std::vector<double> means(size_t{1} << table.a_bits, 0);
  for (uint32_t w = 0; w < means.size(); ++w) {
    int64_t error = 0;
    for (uint32_t x = 0; x < uint32_t{1} << table.b_bits; ++x)
      error += histogram[x] * (table.at(w, x) - static_cast<int64_t>(w) * x);
    means[w] = static_cast<double>(error) / count;
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

}  // namespace

IntegerNetwork compensate_mean_error(IntegerNetwork network, const TruthTable& table, const Dataset& training,
                                     const CompensationOptions& options) {
  const int images = std::min(options.images, training.count());
  std::vector<std::vector<Histogram>> met(static_cast<size_t>(images));
  parallel_for(images, options.threads, [&](int64_t i) {
    met[static_cast<size_t>(i)] =
        tap_histograms(network, quantise_image(network, training.image(static_cast<int>(i))));
  });
  const std::vector<Histogram> histograms = sum(met);
  for (size_t s = 0; s < network.steps.size(); ++s)
    if (auto* layer = std::get_if<GemmLayer>(&network.steps[s].layer)) correct(*layer, mean_errors(table, histograms[s]));
  return network;
}

}  // namespace tram
