#include "sim/results/summary.hpp"

#include <cmath>

#include "models/support/error.hpp"
#include "sim/results/figures.hpp"

namespace tram {
namespace {

constexpr double normal_quantile_95 = 1.959963984540054;  // two-sided

/// Sums of whole numbers are exact, so their means are divided, not multiplied by a rounded 1/count.
void divide_layer(LayerResult& layer, double count) {
  for (const LayerFigure& figure : layer_figures())
    if (const auto* member = std::get_if<double LayerResult::*>(&figure.value)) layer.*(*member) /= count;
  layer.energy = layer.energy.scaled(1 / count);
  layer.cycle_parts = layer.cycle_parts.divided(count);
}

std::vector<LayerResult> mean_layers(const std::vector<ImageResult>& images) {
  std::vector<LayerResult> mean = images.front().layers;
  for (size_t i = 1; i < images.size(); ++i) {
    const std::vector<LayerResult>& layers = images[i].layers;
    if (layers.size() != mean.size())
      throw RunError(fmt::format("images {} and {} ran {} and {} layers", images[0].index, images[i].index, mean.size(),
                                 layers.size()));
    for (size_t l = 0; l < mean.size(); ++l) {
      if (layers[l].name != mean[l].name)
        throw RunError(fmt::format("layer {} of image {} is {}, of image {} {}", l, images[0].index, mean[l].name,
                                   images[i].index, layers[l].name));
      add_layer(mean[l], layers[l]);
    }
  }
  for (LayerResult& layer : mean) divide_layer(layer, static_cast<double>(images.size()));
  return mean;
}

/// Images are sampled independently: variances add up.
void add_sampled(const std::vector<ImageResult>& images, MachineSummary& summary) {
  double joule = 0, variance = 0, pes = 0, of = 0;
  for (const ImageResult& image : images) {
    joule += image.sampled_j;
    variance += image.sampled_variance;
    pes += image.sampled_pes;
    of += image.sampled_of;
  }
  summary.sampled_j = joule / static_cast<double>(images.size());
  if (joule > 0) summary.sampled_width = 2 * normal_quantile_95 * std::sqrt(variance) / joule;
  if (of > 0) summary.sampled_share = pes / of;
}

double share_of_peak(double macs, double cycles, const MachineResult& machine) {
  return cycles > 0 ? macs / (cycles * machine.rows * machine.columns) : 0;
}

}  // namespace

void add_layer(LayerResult& sum, const LayerResult& layer) {
  for (const LayerFigure& figure : layer_figures())
    if (const auto* member = std::get_if<double LayerResult::*>(&figure.value)) sum.*(*member) += layer.*(*member);
  sum.energy += layer.energy;
  sum.cycle_parts += layer.cycle_parts;
}

MachineSummary summarise(const MachineResult& machine) {
  MachineSummary summary;
  summary.images = static_cast<int>(machine.images.size());
  if (machine.images.empty()) return summary;
  for (const ImageResult& image : machine.images) {
    summary.correct += image.top1 == image.label;
    summary.golden_correct += image.golden_top1 == image.label;
    summary.logit_mismatches += !image.logits_equal;
    summary.cycles += static_cast<double>(image.cycles);
    summary.checked_folds += image.checked_folds;
  }
  summary.loading_cycles = machine.images.front().loading_cycles;
  summary.loading_j = machine.images.front().loading_j;
  add_sampled(machine.images, summary);
  summary.cycles /= summary.images;
  summary.layers = mean_layers(machine.images);
  for (const LayerResult& layer : summary.layers) {
    summary.macs += layer.macs;
    summary.bank_wait_cycles += layer.bank_wait_cycles;
    summary.energy += layer.energy;
    summary.cycle_parts += layer.cycle_parts;
  }
  summary.latency_s = summary.cycles / machine.clock_hz;
  summary.utilisation = share_of_peak(summary.macs, summary.cycles, machine);
  const double energy = summary.energy.total();
  if (summary.latency_s > 0) summary.power_w = energy / summary.latency_s;
  if (energy > 0) summary.tops_per_watt = 2 * summary.macs / energy / 1e12;
  return summary;
}

double utilisation(const LayerResult& layer, const MachineResult& machine) {
  return share_of_peak(layer.macs, std::max(layer.cycles, layer.fold_cycles), machine);
}

ConfidenceInterval wilson_interval(int successes, int trials) {
  const double z = normal_quantile_95, n = trials, k = successes;
  const double centre = (k + z * z / 2) / (n + z * z);
  const double half = z / (n + z * z) * std::sqrt(k * (n - k) / n + z * z / 4);
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

const MachineResult* exact_machine(const RunResult& run) {
  if (run.has_exact) return &run.exact;
  return run.machine.multiplier == "exact" ? &run.machine : nullptr;
}

std::vector<const MachineResult*> machines(const RunResult& run) {
  std::vector<const MachineResult*> all{&run.machine};
  if (run.has_exact && run.machine.multiplier != "exact") all.push_back(&run.exact);
  return all;
}

}  // namespace tram
