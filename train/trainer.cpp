#include "train/trainer.hpp"

#include <algorithm>
#include <cmath>

#include "models/support/error.hpp"
#include "train/layers/batch_norm.hpp"
#include "train/layers/loss.hpp"
#include "train/network/graph_network.hpp"
#include "train/shard_runner.hpp"

namespace tram::train {
namespace {

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

std::vector<std::unique_ptr<Network>> make_networks(const Settings& settings, int count) {
  std::vector<std::unique_ptr<Network>> networks;
  run_shards(1, count, [&](int, int) {
    networks.push_back(std::make_unique<GraphNetwork>(settings.graph(), settings.shard));
  });
  return networks;
}

Schedule make_schedule(const Settings& settings) {
  const int64_t steps = settings.steps_per_epoch();
  return {settings.schedule, settings.learning_rate, static_cast<int64_t>(settings.warmup * static_cast<float>(steps)),
          settings.epochs * steps};
}

/// Where the first value that is not finite appeared: in the first such output of a forward pass, else in the last
/// such gradient in the order of the layers, which is the first of the backward pass.
std::string find_fault(const Network& network, std::span<const float> gradient) {
  std::string output_of, gradient_of;
  network.visit_outputs([&](const std::string& layer, const BatchTensor& output) {
    if (output_of.empty() && !all_finite(output.values())) output_of = layer;
  });
  for (const Parameter& p : network.parameters().trained.entries())
    if (!all_finite(gradient.subspan(static_cast<size_t>(p.offset), static_cast<size_t>(p.size)))) gradient_of = p.name;
  return output_of.empty() ? "the gradient of " + gradient_of : "the output of " + output_of;
}

}  // namespace

Score& Score::operator+=(const Score& other) {
  loss_sum += other.loss_sum;
  correct += other.correct;
  images += other.images;
  return *this;
}

Trainer::Trainer(const Settings& settings, ImageStore images, int threads)
    : settings_(settings), images_(std::move(images)), schedule_(make_schedule(settings)),
      networks_(make_networks(settings, std::clamp(threads, 1, settings.shards()))),
      results_(static_cast<size_t>(settings.shards())),
      optimiser_(make_optimiser(parameters().trained, {.method = settings.optimiser, .momentum = settings.momentum,
                                                       .weight_decay = settings.weight_decay})),
      gradient_(static_cast<size_t>(parameters().trained.size())) {
  for (const auto& network : networks_) {
    inputs_.emplace_back(network->input_shape());
    dlogits_.emplace_back(BatchShape(settings.shard, infer_shapes(settings.graph()).back()));
    labels_.emplace_back(static_cast<size_t>(settings.shard));
  }
  for (ShardResult& result : results_) {
    result.gradient.resize(gradient_.size());
    result.statistics.resize(static_cast<size_t>(parameters().running.size()));
  }
}

TrainState Trainer::initial_state() const {
  TrainState state;
  state.trained = initial_values(parameters().trained, settings_.seed);
  state.running = initial_values(parameters().running, settings_.seed);
  state.slots = optimiser_->initial_slots(parameters().trained);
  if (settings_.average > 0) state.average = state.trained;
  return state;
}

float Trainer::learning_rate(int epoch, int step) const {
  return schedule_.rate(int64_t{epoch} * settings_.steps_per_epoch() + step);
}

Score Trainer::step(TrainState& state) {
  if (order_epoch_ != state.epoch) {
    order_ = epoch_order(images_.count(), settings_.seed, state.epoch);
    order_epoch_ = state.epoch;
  }
  run_shards(static_cast<int>(networks_.size()), settings_.shards(),
             [&](int worker, int shard) { train_shard(state, worker, shard); });
  check_finite(state);
  add_shards();
  optimiser_->step(learning_rate(state.epoch, state.step),
                   int64_t{state.epoch} * settings_.steps_per_epoch() + state.step, gradient_, state.slots,
                   state.trained);
  if (!state.average.empty()) update_average(settings_.average, state.trained, state.average);
  update_running(state.running);
  Score score;
  for (const ShardResult& result : results_) score += result.score;
  state.epoch_score += score;
  ++state.step;
  return score;
}

void Trainer::load_shard(const TrainState& state, int worker, int shard) {
  const auto w = static_cast<size_t>(worker);
  for (int row = 0; row < settings_.shard; ++row) {
    const int place = state.step * settings_.batch + shard * settings_.shard + row;
    const int index = order_[static_cast<size_t>(place)];
    const uint64_t use = static_cast<uint64_t>(state.epoch) * order_.size() + static_cast<uint64_t>(place);
    images_.load(index, {settings_.crop, settings_.flip != 0}, settings_.seed, use, inputs_[w], row);
    labels_[w][static_cast<size_t>(row)] = images_.labels()[static_cast<size_t>(index)];
  }
}

void Trainer::train_shard(const TrainState& state, int worker, int shard) {
  const auto w = static_cast<size_t>(worker);
  ShardResult& result = results_[static_cast<size_t>(shard)];
  Network& network = *networks_[w];
  load_shard(state, worker, shard);
  const BatchTensor& logits = network.forward({state.trained, state.running, result.statistics}, inputs_[w]);
  const Targets targets{labels_[w], settings_.smoothing};
  const LossResult loss = loss_forward(logits, targets);
  result.score = {loss.loss, loss.correct, settings_.shard};
  loss_backward(logits, targets, 1.0F / static_cast<float>(settings_.batch), dlogits_[w]);
  network.backward({state.trained, result.statistics, result.gradient}, dlogits_[w]);
  const bool finite = std::isfinite(loss.loss) && all_finite(result.gradient);
  result.fault = finite ? "" : find_fault(network, result.gradient);
}

void Trainer::check_finite(const TrainState& state) const {
  for (const ShardResult& result : results_)
    if (!result.fault.empty())
      throw RunError(fmt::format("{} is not finite in epoch {}, step {}; a lower --lr or a longer --warmup may help",
                                 result.fault, state.epoch + 1, state.step + 1));
}

void Trainer::add_shards() {
  gradient_ = results_.front().gradient;
  for (auto result = results_.begin() + 1; result != results_.end(); ++result)
    std::transform(gradient_.begin(), gradient_.end(), result->gradient.begin(), gradient_.begin(), std::plus<>());
}

void Trainer::update_running(std::vector<float>& running) const {
  const auto shards = static_cast<float>(results_.size());
  for (size_t i = 0; i < running.size(); ++i) {
    float sum = 0;
    for (const ShardResult& result : results_) sum += result.statistics[i];
    running[i] = (1 - BatchNorm::momentum) * running[i] + BatchNorm::momentum * (sum / shards);
  }
}

Score Trainer::evaluate(const TrainState& state, const ImageStore& images) {
  const int shards = (images.count() + settings_.shard - 1) / settings_.shard;
  std::vector<Score> scores(static_cast<size_t>(shards));
  run_shards(static_cast<int>(networks_.size()), shards, [&](int worker, int shard) {
    const auto w = static_cast<size_t>(worker);
    const int first = shard * settings_.shard, count = std::min(settings_.shard, images.count() - first);
    for (int row = 0; row < count; ++row) images.load(first + row, inputs_[w], row);
    const BatchTensor& logits = networks_[w]->forward({result(state), state.running, {}}, inputs_[w]);
    const auto labels = std::span(images.labels()).subspan(static_cast<size_t>(first), static_cast<size_t>(count));
    const LossResult loss = loss_forward(logits, {labels});
    scores[static_cast<size_t>(shard)] = {loss.loss, loss.correct, count};
  });
  Score total;
  for (const Score& score : scores) total += score;
  return total;
}

}  // namespace tram::train
