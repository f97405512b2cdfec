#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "train/config/settings.hpp"
#include "train/data/image_store.hpp"
#include "train/optim/optimiser.hpp"
#include "train/optim/schedule.hpp"
#include "train/parallel/ranks.hpp"
#include "train/quantised/operand_sink.hpp"
#include "train/session/model.hpp"
#include "train/state/train_state.hpp"

namespace tram::train {

/// Trains a network on images in memory. Each batch is divided into shards of a fixed number of images; each shard
/// goes through the network on one thread, with its own batch-norm statistics; gradients and statistics are added in
/// the order of the shards. So the result does not depend on the number of threads.
/// Where the model has a structure, each step has the tables of its parameters, whose gradient is that of the loss by
/// the tables, by the chain rule, and that of lambda times the multipliers' power.
class Trainer {
 public:
  /// ranks: the processes that share the shards of each batch; without, this one has all. InputError when there are
  /// more ranks than shards.
  Trainer(const Settings& settings, Model model, ImageStore images, int threads, Ranks* ranks = nullptr);

  /// The state before the first step.
  TrainState initial_state() const;

  /// One step of optimisation, state.step being below steps_per_epoch. Returns the batch's score.
  /// RunError when a loss or gradient is not finite: it names the layer, and the state is as before.
  Score step(TrainState& state);

  /// Scores images with the running statistics.
  Score evaluate(const TrainState& state, const ImageStore& images);

  /// Sends the operands of the quantised products of the first `shards` shards of an epoch (of all where it has fewer) to
  /// a sink, image after image and layer after layer from the last, without changing anything.
  void visit_operands(const TrainState& state, int shards, OperandSink& sink);

  /// Power of the multipliers by the structure's model, relative to exact ones; 1 without a structure.
  double power(const TrainState& state) const;

  /// Values that are scored and exported: the average, where one is kept.
  static const std::vector<float>& result(const TrainState& state) {
    return state.average.empty() ? state.trained : state.average;
  }

  StateLayout layout() const { return {parameters(), optimiser_->slots(), settings_.average > 0}; }
  const NetworkParameters& parameters() const { return model_.parameters; }
  /// Learning rate of a step of an epoch, both counted from 0.
  float learning_rate(int epoch, int step) const;

 private:
  struct ShardResult {
    Score score;
    std::vector<float> gradient, statistics, table_gradient;
    std::string fault;  ///< where the first value that is not finite appeared; empty: nowhere
  };
  /// A thread's networks and the batch that goes through them.
  struct Worker {
    std::unique_ptr<Network> network, teacher;  ///< teacher: may be null
    BatchTensor input, dlogits;
    std::vector<int> labels;
  };
  Worker make_worker() const;
  std::vector<int> own_shards(int shards) const;
  template <typename Value>
  void sum_over_ranks(std::vector<Value>& values) const;
  Score sum_over_ranks(const Score& own) const;
  void train_shard(const TrainState& state, Worker& worker, int shard, OperandSink* sink);
  void load_shard(const TrainState& state, Worker& worker, int shard);
  void set_order(const TrainState& state);
  void set_tables(std::span<const float> trained);
  void check_finite(const TrainState& state) const;
  void add_shards();
  void add_structure_gradient(const TrainState& state);
  void update_running(std::vector<float>& running) const;

  Settings settings_;
  Ranks* ranks_;  ///< null: one
  Model model_;
  ImageStore images_;
  Schedule schedule_;
  std::vector<Worker> workers_;
  std::vector<ShardResult> results_;  ///< by shard
  std::unique_ptr<Optimiser> optimiser_;
  std::vector<int> own_shards_;  ///< of this rank, rising
  std::vector<float> gradient_, tables_, table_gradient_, statistics_;
  std::vector<int> order_;
  int order_epoch_ = -1;
};

}  // namespace tram::train
