// What ranks_test.cpp starts under mpirun: ranks_program CASE. Each case ends with exit code 0 when all is right.
#include <fmt/format.h>

#include <cstring>

#include "models/support/error.hpp"
#include "train/parallel/ranks.hpp"

namespace tram::train {
namespace {

void expect(bool right, const std::string& what) {
  if (!right) throw RunError(what);
}

/// Values whose sums depend on the order in which they are added.
template <typename Value>
std::vector<Value> values_of(int rank, size_t count) {
  std::vector<Value> values(count);
  for (size_t i = 0; i < count; ++i)
    values[i] = static_cast<Value>(1000.0 / static_cast<double>(1 + (i * 7 + static_cast<size_t>(rank) * 13) % 101) *
                                   ((i + static_cast<size_t>(rank)) % 3 == 0 ? -1 : 1));
  return values;
}

template <typename Value>
void check_sum(Ranks& ranks, size_t count) {
  std::vector<Value> expected = values_of<Value>(0, count), values = values_of<Value>(ranks.rank(), count);
  for (int rank = 1; rank < ranks.size(); ++rank) {
    const std::vector<Value> more = values_of<Value>(rank, count);
    for (size_t i = 0; i < count; ++i) expected[i] += more[i];
  }
  ranks.sum(std::span(values));
  expect(values == expected, fmt::format("a sum of {} values of {} bytes is wrong", count, sizeof(Value)));
}

int sums(Ranks& ranks) {
  for (const size_t count : {0UL, 1UL, 2UL, 5UL, 1000UL, 1'000'003UL}) {
    check_sum<float>(ranks, count);
    check_sum<double>(ranks, count);
    check_sum<int64_t>(ranks, count);
  }
  return 0;
}

int broadcasts(Ranks& ranks) {
  std::vector<float> values(1001, static_cast<float>(ranks.rank()));
  ranks.broadcast(std::span(values));
  expect(values == std::vector<float>(1001, 0.0F), "broadcast values are not rank 0's");
  std::vector<char> bytes(ranks.is_first() ? 12'345 : 7, static_cast<char>('a' + ranks.rank()));
  ranks.broadcast(bytes);
  expect(bytes == std::vector<char>(12'345, 'a'), "broadcast bytes are not rank 0's");
  bytes.resize(ranks.is_first() ? 0 : 9);
  ranks.broadcast(bytes);
  expect(bytes.empty(), "an empty broadcast leaves bytes");
  ranks.wait();
  return 0;
}

int answers(Ranks& ranks) {
  const bool last = ranks.rank() == ranks.size() - 1;
  expect(ranks.first_says(ranks.is_first()) && !ranks.first_says(!ranks.is_first()), "not rank 0's answer");
  expect(ranks.any(last) && ranks.any(true) && !ranks.any(false), "any() is wrong");
  return 0;
}

/// Every shard belongs to one rank.
int shards(Ranks& ranks) {
  std::vector<float> taken(10);
  for (int shard = 0; shard < 10; ++shard) taken[static_cast<size_t>(shard)] = ranks.has_shard(shard) ? 1.0F : 0.0F;
  ranks.sum(std::span(taken));
  expect(taken == std::vector<float>(10, 1.0F), "a shard has no rank, or several");
  return 0;
}

int run(Ranks& ranks, const std::string& name) {
  if (name == "sums") return sums(ranks);
  if (name == "broadcasts") return broadcasts(ranks);
  if (name == "answers") return answers(ranks);
  if (name == "shards") return shards(ranks);
  if (name == "size") {
    if (ranks.is_first()) fmt::print("{} ranks\n", ranks.size());
    return 0;
  }
  const bool last = ranks.rank() == ranks.size() - 1;
  if (name == "bad input" && last) throw InputError("--epochs", "0; 1 or more is expected");
  if (name == "fault" && last) throw RunError("loss is not finite");
  if (name == "same fault") throw InputError("--epochs", "0; 1 or more is expected");
  if (name == "killed" && last) std::abort();
  return sums(ranks);  // which never ends without the last rank
}

}  // namespace
}  // namespace tram::train

int main(int argc, char** argv) {
  return tram::train::run_on_ranks(
      "ranks_program", [&](tram::train::Ranks& ranks) { return tram::train::run(ranks, argc == 2 ? argv[1] : ""); });
}
