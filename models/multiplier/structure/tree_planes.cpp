#include "models/multiplier/structure/tree_planes.hpp"

#include <algorithm>
#include <cstring>

#include "models/multiplier/bit_planes.hpp"

namespace tram {

TreePlanes::TreePlanes(const MultiplierStructure& s)
    : tree_(reduction_tree(s)), states_(s.adders), is_signed_(s.is_signed),
      words_((size_t{1} << (s.a_bits + s.b_bits)) / 64), planes_((tree_.dots.size() + 2 * s.adders.size()) * words_),
      new_sum_(words_), new_carry_(words_), changed_(tree_.dots.size() + 2 * s.adders.size(), false) {
  check_structure(s, s.name);
  for (size_t d = 0; d < tree_.dots.size(); ++d) set_dot(static_cast<int>(d), s);
  for (size_t k = 0; k < states_.size(); ++k) {
    const int adder = static_cast<int>(k);
    evaluate(adder, plane(tree_.sum(adder)), plane(tree_.carry(adder)));
  }
}

void TreePlanes::set_dot(int d, const MultiplierStructure& s) {
  const TreeDot& dot = tree_.dots[d];
  uint64_t* out = plane(d);
  if (dot.state != NetState::keep)
    return std::fill_n(out, words_, dot.state == NetState::one ? ~uint64_t{0} : 0), void();
  for (const int index : dot.partial_products) {
    const int i = index / s.b_bits, j = index % s.b_bits;
    const bool inverted = is_signed_ && (i == s.a_bits - 1) != (j == s.b_bits - 1);
    for (size_t w = 0; w < words_; ++w) {
      const uint64_t both = index_plane(s.b_bits + i, w) & index_plane(j, w);
      out[w] |= inverted ? ~both : both;
    }
  }
}

void TreePlanes::evaluate(int adder, uint64_t* sum, uint64_t* carry) const {
  const std::array<int, 3>& in = tree_.adders[adder].inputs;
  const uint64_t *x = plane(in[0]), *y = plane(in[1]), *z = in[2] < 0 ? nullptr : plane(in[2]);
  for (size_t w = 0; w < words_; ++w) {
    const uint64_t third = z ? z[w] : 0;
    sum[w] = x[w] ^ y[w] ^ third;
    carry[w] = (x[w] & y[w]) | (third & (x[w] | y[w]));
  }
  const auto with_state = [&](NetState state, uint64_t* out) {
    if (state != NetState::keep) std::fill_n(out, words_, state == NetState::one ? ~uint64_t{0} : 0);
  };
  with_state(states_[adder].sum, sum);
  with_state(states_[adder].carry, carry);
}

void TreePlanes::update(int signal, const std::vector<uint64_t>& value) {
  uint64_t* out = plane(signal);
  if (std::memcmp(out, value.data(), words_ * sizeof(uint64_t)) == 0) return;
  saved_.push_back({signal, std::vector<uint64_t>(out, out + words_)});
  std::copy(value.begin(), value.end(), out);
  changed_[signal] = true;
}

void TreePlanes::set(int adder, AdderState state) {
  for (const Saved& saved : saved_) changed_[saved.signal] = false;
  saved_.clear();
  saved_state_ = {adder, states_[adder]};
  states_[adder] = state;
  for (int k = adder; k < static_cast<int>(states_.size()); ++k) {
    const std::array<int, 3>& in = tree_.adders[k].inputs;
    const auto depends = [&](int signal) { return signal >= 0 && changed_[signal]; };
    if (k != adder && std::none_of(in.begin(), in.end(), depends)) continue;
    evaluate(k, new_sum_.data(), new_carry_.data());
    update(tree_.sum(k), new_sum_);
    update(tree_.carry(k), new_carry_);
  }
}

void TreePlanes::revert() {
  states_[saved_state_.first] = saved_state_.second;
  for (const Saved& saved : saved_) {
    std::copy(saved.planes.begin(), saved.planes.end(), plane(saved.signal));
    changed_[saved.signal] = false;
  }
  saved_.clear();
}

std::vector<size_t> TreePlanes::changed_words() const {
  std::vector<bool> changed(words_, false);
  for (const Saved& saved : saved_) {
    if (std::find(tree_.product.begin(), tree_.product.end(), saved.signal) == tree_.product.end()) continue;
    for (size_t w = 0; w < words_; ++w)
      if (saved.planes[w] != plane(saved.signal)[w]) changed[w] = true;
  }
  std::vector<size_t> words;
  for (size_t w = 0; w < words_; ++w)
    if (changed[w]) words.push_back(w);
  return words;
}

void TreePlanes::products(size_t word, int32_t values[64]) const {
  uint64_t bits[16];
  for (size_t i = 0; i < tree_.product.size(); ++i) bits[i] = tree_.product[i] < 0 ? 0 : plane(tree_.product[i])[word];
  unpack_lanes(bits, static_cast<int>(tree_.product.size()), is_signed_, values);
}

MappingError::MappingError(const TreePlanes& planes, std::vector<double> weights, std::vector<double> reference)
    : planes_(planes), weights_(std::move(weights)), reference_(std::move(reference)), by_word_(planes.words()) {
  for (size_t w = 0; w < planes_.words(); ++w) by_word_[w] = of_word(w);
  current_ = total(by_word_);
}

MappingError::Sums MappingError::of_word(size_t word) const {
  int32_t values[64];
  planes_.products(word, values);
  Sums sums;
  for (size_t k = 0; k < 64; ++k) {
    const double error = values[k] - reference_[64 * word + k], weighted = weights_[64 * word + k] * error;
    sums.errors += weighted;
    sums.squares += weighted * error;
  }
  return sums;
}

MappingError::Sums MappingError::total(const std::vector<Sums>& by_word) const {
  Sums sums;
  for (const Sums& word : by_word) {
    sums.squares += word.squares;
    sums.errors += word.errors;
  }
  return sums;
}

MappingError::Sums MappingError::tried() const {
  std::vector<Sums> by_word = by_word_;
  for (const size_t word : planes_.changed_words()) by_word[word] = of_word(word);
  return total(by_word);
}

void MappingError::accept() {
  for (const size_t word : planes_.changed_words()) by_word_[word] = of_word(word);
  current_ = total(by_word_);
}

}  // namespace tram
