#include "train/session/trainer.hpp"

#include <algorithm>
#include <cmath>

#include "models/support/error.hpp"
#include "train/layers/batch_norm.hpp"
#include "train/layers/loss.hpp"
#include "train/network/graph_network.hpp"
#include "train/session/shard_runner.hpp"

namespace tram::train {
namespace {

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

Schedule make_schedule(const Settings& settings) {
  const int64_t steps = settings.steps_per_epoch();
  return {settings.schedule, settings.learning_rate, static_cast<int64_t>(settings.warmup * static_cast<float>(steps)),
          settings.epochs * steps};
}

/// Place of the first value that is not finite: the first such output of a forward pass, else in the last such gradient
/// in the order of the layers, which is the first of the backward pass.
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

Trainer::Trainer(const Settings& settings, Model model, ImageStore images, int threads, Ranks* ranks)
    : settings_(settings), ranks_(ranks), model_(std::move(model)), images_(std::move(images)),
      schedule_(make_schedule(settings)), results_(static_cast<size_t>(settings.shards())),
      optimiser_(make_optimiser(parameters().trained, {.method = settings.optimiser,
                                                       .momentum = settings.momentum,
                                                       .weight_decay = settings.weight_decay,
                                                       .structure_rate = settings.structure_rate})),
      own_shards_(own_shards(settings.shards())), gradient_(static_cast<size_t>(parameters().trained.size())),
      tables_(static_cast<size_t>(parameters().tables.size())),
      table_gradient_(model_.structure != nullptr ? tables_.size() : 0) {
  if (own_shards_.empty())
    throw InputError("mpirun", fmt::format("{} ranks; at most {} are expected, one a shard (--batch / --shard)",
                                           ranks_->size(), settings.shards()));
  run_shards(1, std::clamp(threads, 1, static_cast<int>(own_shards_.size())),
             [&](int, int) { workers_.push_back(make_worker()); });
  for (ShardResult& result : results_) {
    result.gradient.resize(gradient_.size());
    result.statistics.resize(static_cast<size_t>(parameters().running.size()));
    result.table_gradient.resize(table_gradient_.size());
  }
}

Trainer::Worker Trainer::make_worker() const {
  Worker worker;
  worker.network = model_.make_network();
  if (model_.teacher != nullptr) worker.teacher = model_.teacher->make_network();
  worker.input = BatchTensor(worker.network->input_shape());
  worker.dlogits = BatchTensor(worker.network->output_shape());
  worker.labels.resize(static_cast<size_t>(settings_.shard));
  return worker;
}

std::vector<int> Trainer::own_shards(int shards) const {
  std::vector<int> own;
  for (int shard = 0; shard < shards; ++shard)
    if (ranks_ == nullptr || ranks_->has_shard(shard)) own.push_back(shard);
  return own;
}

template <typename Value>
void Trainer::sum_over_ranks(std::vector<Value>& values) const {
  if (ranks_ != nullptr) ranks_->sum(std::span(values));
}

Score Trainer::sum_over_ranks(const Score& own) const {
  std::vector<double> loss = {own.loss_sum};
  std::vector<int64_t> counts = {own.correct, own.images};
  sum_over_ranks(loss);
  sum_over_ranks(counts);
  return {loss[0], counts[0], counts[1]};
}

TrainState Trainer::initial_state() const {
  TrainState state;
  state.trained = model_.trained;
  state.running = model_.running;
  state.slots = optimiser_->initial_slots(parameters().trained);
  if (settings_.average > 0) state.average = state.trained;
  return state;
}

float Trainer::learning_rate(int epoch, int step) const {
  return schedule_.rate(int64_t{epoch} * settings_.steps_per_epoch() + step);
}

double Trainer::power(const TrainState& state) const {
  return model_.structure != nullptr ? model_.structure->power(state.trained) : 1;
}

void Trainer::set_order(const TrainState& state) {
  if (order_epoch_ == state.epoch) return;
  order_ = epoch_order(images_.count(), settings_.seed, state.epoch);
  order_epoch_ = state.epoch;
}

void Trainer::set_tables(std::span<const float> trained) {
  if (model_.structure != nullptr) model_.structure->tables(trained, tables_);
}

Score Trainer::step(TrainState& state) {
  set_order(state);
  set_tables(state.trained);
  run_shards(static_cast<int>(workers_.size()), static_cast<int>(own_shards_.size()), [&](int worker, int i) {
    train_shard(state, workers_[static_cast<size_t>(worker)], own_shards_[static_cast<size_t>(i)], nullptr);
  });
  check_finite(state);
  add_shards();
  add_structure_gradient(state);
  optimiser_->step(learning_rate(state.epoch, state.step),
                   int64_t{state.epoch} * settings_.steps_per_epoch() + state.step, gradient_, state.slots,
                   state.trained);
  if (model_.structure != nullptr) model_.structure->project(state.trained);
  if (!state.average.empty()) update_average(settings_.average, state.trained, state.average);
  update_running(state.running);
  Score own;
  for (const int shard : own_shards_) own += results_[static_cast<size_t>(shard)].score;
  const Score score = sum_over_ranks(own);
  state.epoch_score += score;
  ++state.step;
  return score;
}

void Trainer::load_shard(const TrainState& state, Worker& worker, int shard) {
  for (int row = 0; row < settings_.shard; ++row) {
    const auto place = static_cast<size_t>(state.step * settings_.batch + shard * settings_.shard + row);
    const int image = order_[place];
    const uint64_t use = static_cast<uint64_t>(state.epoch) * order_.size() + place;
    images_.load(image, {settings_.crop, settings_.flip}, settings_.seed, use, worker.input, row);
    worker.labels[static_cast<size_t>(row)] = images_.labels()[static_cast<size_t>(image)];
  }
}

void Trainer::train_shard(const TrainState& state, Worker& worker, int shard, OperandSink* sink) {
  ShardResult& result = results_[static_cast<size_t>(shard)];
  Network& network = *worker.network;
  load_shard(state, worker, shard);
  const BatchTensor& logits = network.forward({state.trained, state.running, result.statistics, tables_}, worker.input);
  Targets targets{worker.labels, settings_.smoothing};
  if (worker.teacher != nullptr) {
    targets.teacher = &worker.teacher->forward({model_.teacher->trained, model_.teacher->running, {}}, worker.input);
    targets.weight = settings_.teacher;
    targets.temperature = settings_.temperature;
  }
  const LossResult loss = loss_forward(logits, targets);
  result.score = {loss.loss, loss.correct, settings_.shard};
  loss_backward(logits, targets, 1.0F / static_cast<float>(settings_.batch), worker.dlogits);
  std::ranges::fill(result.table_gradient, 0.0F);
  network.backward({state.trained, result.statistics, result.gradient, result.table_gradient, sink}, worker.dlogits);
  const bool finite = std::isfinite(loss.loss) && all_finite(result.gradient);
  result.fault = finite ? "" : find_fault(network, result.gradient);
}

void Trainer::visit_operands(const TrainState& state, int shards, OperandSink& sink) {
  set_tables(state.trained);
  TrainState at = state;
  const int all = settings_.steps_per_epoch() * settings_.shards();
  for (int shard = 0; shard < std::min(shards, all); ++shard) {
    at.step = shard / settings_.shards();
    set_order(at);
    run_shards(1, 1, [&](int, int) { train_shard(at, workers_[0], shard % settings_.shards(), &sink); });
    check_finite(at);
  }
}

void Trainer::check_finite(const TrainState& state) const {
  for (const ShardResult& result : results_)
    if (!result.fault.empty())
      throw RunError(fmt::format("{} is not finite in epoch {}, step {}; a lower --lr or a longer --warmup may help",
                                 result.fault, state.epoch + 1, state.step + 1));
}

void Trainer::add_shards() {
  const auto add = [](const std::vector<float>& part, std::vector<float>& sum) {
    std::transform(sum.begin(), sum.end(), part.begin(), sum.begin(), std::plus<>());
  };
  const ShardResult& first = results_[static_cast<size_t>(own_shards_.front())];
  gradient_ = first.gradient;
  table_gradient_ = first.table_gradient;
  statistics_ = first.statistics;
  for (const int shard : std::span(own_shards_).subspan(1)) {
    const ShardResult& result = results_[static_cast<size_t>(shard)];
    add(result.gradient, gradient_);
    add(result.table_gradient, table_gradient_);
    add(result.statistics, statistics_);
  }
  for (std::vector<float>* sum : {&gradient_, &table_gradient_, &statistics_}) sum_over_ranks(*sum);
}

void Trainer::add_structure_gradient(const TrainState& state) {
  if (model_.structure != nullptr) {
    model_.structure->add_gradient(state.trained, table_gradient_, gradient_);
    model_.structure->add_power_gradient(state.trained, settings_.lambda, gradient_);
  }
  if (settings_.learn_ranges) return;
  for (const Parameter& p : parameters().trained.entries())
    if (p.kind == Parameter::Kind::range) std::fill_n(gradient_.begin() + p.offset, p.size, 0.0F);
}

void Trainer::update_running(std::vector<float>& running) const {
  const auto shards = static_cast<float>(results_.size());
  for (size_t i = 0; i < running.size(); ++i)
    running[i] = (1 - BatchNorm::momentum) * running[i] + BatchNorm::momentum * (statistics_[i] / shards);
}

Score Trainer::evaluate(const TrainState& state, const ImageStore& images) {
  set_tables(result(state));
  const int shards = (images.count() + settings_.shard - 1) / settings_.shard;
  const std::vector<int> own = own_shards(shards);
  std::vector<Score> scores(own.size());
  run_shards(static_cast<int>(workers_.size()), static_cast<int>(own.size()), [&](int index, int i) {
    const int shard = own[static_cast<size_t>(i)];
    Worker& worker = workers_[static_cast<size_t>(index)];
    const int first = shard * settings_.shard, count = std::min(settings_.shard, images.count() - first);
    for (int row = 0; row < count; ++row) images.load(first + row, worker.input, row);
    const BatchTensor& logits = worker.network->forward({result(state), state.running, {}, tables_}, worker.input);
    const auto labels = std::span(images.labels()).subspan(static_cast<size_t>(first), static_cast<size_t>(count));
    const LossResult loss = loss_forward(logits, {labels});
    scores[static_cast<size_t>(i)] = {loss.loss, loss.correct, count};
  });
  Score total;
  for (const Score& score : scores) total += score;
  return sum_over_ranks(total);
}

}  // namespace tram::train
