// Approximate 4:2 compressors in the reduction tree of an 8 x 8 multiplier. Design 1 (x1..x4, cin): carry = cin, sum =
// NOT cin AND (x1 XNOR x2 OR x3 XNOR x4), cout = (x1 OR x2) AND (x3 OR x4); wrong for 12 of its 32 inputs. Design 2
// has neither cin nor cout: carry = (x1 OR x2) AND (x3 OR x4), sum = x1 XNOR x2 OR x3 XNOR x4; wrong for 4 of 16.
// momeni1, momeni2: the design in all columns; momeni3, momeni4: design 1, 2 in the 7 lowest columns (n - 1), exact
// compressors above ("multipliers 1 to 4" of the paper). Two stages reduce the dots to at most 4, then 2 a column,
// with the units of the published tree: 2 half adders, 2 full adders, 8 compressors, then 1, 1 and 10; cout (and a
// half adder's carry) is the cin of a unit of the next column. Design 2 has no cin, so a carry is a dot there, and its
// groups of three dots go to full adders. A ripple-carry adder ends it. A. Momeni, J. Han, P. Montuschi, F. Lombardi,
// "Design and analysis of approximate compressors for multiplication", IEEE Trans. Computers 2015.
#include <fmt/format.h>

#include "models/multiplier/families/building_blocks.hpp"
#include "models/multiplier/families/families.hpp"
#include "models/multiplier/structure/reduction_tree.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

enum class Compressor { design1, design2, exact };

/// Number of dots that each unit of a column takes, by stage: 2 is a half adder (a full adder with a carry from the
/// column below), 4, or 3 and a 0, a compressor.
using Stage = std::vector<std::vector<int>>;
const std::vector<Stage> stages = {{{}, {}, {}, {}, {2}, {4}, {4, 2}, {4, 4}, {4, 3}, {4, 2}, {4}, {2}, {}, {}, {}, {}},
                                   {{}, {}, {2}, {4}, {4}, {3}, {4}, {3}, {4}, {4}, {4}, {4}, {4}, {2}, {}, {}}};

class MomeniMultiplier {
 public:
  MomeniMultiplier(const std::string& name, Compressor approximate, int approximate_columns)
      : builder_(name, 8, 8, false), approximate_(approximate), approximate_columns_(approximate_columns),
        columns_(16) {}

  Netlist build() {
    for (int j = 0; j < 8; ++j)
      for (int i = 0; i < 8; ++i) columns_[i + j].push_back(builder_.and_(builder_.a(i), builder_.b(j)));
    for (const Stage& stage : stages) reduce(stage);
    return builder_.finish(sum_columns(builder_, columns_));
  }

 private:
  void reduce(const Stage& stage) {
    std::vector<Nets> next(columns_.size() + 1);
    Nets chain;  // carries into the column within the stage
    for (size_t c = 0; c < columns_.size(); ++c) {
      Nets dots = columns_[c], chain_out;
      const Compressor kind = static_cast<int>(c) < approximate_columns_ ? approximate_ : Compressor::exact;
      for (const int count : stage[c]) {
        Nets taken(dots.begin(), dots.begin() + std::min<std::ptrdiff_t>(count, std::ssize(dots)));
        dots.erase(dots.begin(), dots.begin() + std::ssize(taken));
        Net carry_in = net_zero;
        if (!chain.empty() && kind != Compressor::design2) {
          carry_in = chain.front();
          chain.erase(chain.begin());
        }
        unit(kind, taken, carry_in, next[c], next[c + 1], chain_out);
      }
      next[c].insert(next[c].end(), dots.begin(), dots.end());
      next[c].insert(next[c].end(), chain.begin(), chain.end());
      chain = chain_out;
    }
    next.pop_back();
    columns_ = std::move(next);
  }

  /// One adder or compressor over up to four dots.
  void unit(Compressor kind, Nets x, Net carry_in, Nets& sums, Nets& carries, Nets& chain_out) {
    if (x.size() == 2) {
      const auto [sum, carry] = builder_.full_adder(x[0], x[1], carry_in);
      sums.push_back(sum);
      (carry_in == net_zero && kind != Compressor::design2 ? chain_out : carries).push_back(carry);
      return;
    }
    if (x.size() == 3 && kind == Compressor::design2) {
      const auto [sum, carry] = builder_.full_adder(x[0], x[1], x[2]);
      sums.push_back(sum);
      carries.push_back(carry);
      return;
    }
    x.resize(4, net_zero);
    if (kind == Compressor::exact) return exact(x, carry_in, sums, carries, chain_out);
    const Net agree = builder_.or_(builder_.xnor_(x[0], x[1]), builder_.xnor_(x[2], x[3]));
    const Net both = builder_.and_(builder_.or_(x[0], x[1]), builder_.or_(x[2], x[3]));
    sums.push_back(kind == Compressor::design1 ? builder_.and_(builder_.not_(carry_in), agree) : agree);
    carries.push_back(kind == Compressor::design1 ? carry_in : both);
    if (kind == Compressor::design1) chain_out.push_back(both);
  }

  void exact(const Nets& x, Net carry_in, Nets& sums, Nets& carries, Nets& chain_out) {
    const auto first = builder_.full_adder(x[0], x[1], x[2]);
    const auto second = builder_.full_adder(first.sum, x[3], carry_in);
    sums.push_back(second.sum);
    carries.push_back(second.carry);
    chain_out.push_back(first.carry);
  }

  NetlistBuilder builder_;
  Compressor approximate_;
  int approximate_columns_;
  std::vector<Nets> columns_;
};

FamilyMember member(const std::string& name, Compressor approximate, int approximate_columns) {
  return {name, [=](int a_bits, int b_bits) {
            if (a_bits != 8 || b_bits != 8)
              throw InputError(name, fmt::format("operands of {} and {} bits; 8 x 8 is expected", a_bits, b_bits));
            return MomeniMultiplier(name, approximate, approximate_columns).build();
          }};
}

}  // namespace

MultiplierFamily momeni_family() {
  return {"momeni1, momeni2, momeni3, momeni4",
          "approximate 4:2 compressors, design 1 and 2 everywhere, or in the 7 lowest columns, unsigned",
          "Momeni et al., IEEE Trans. Computers 2015",
          {member("momeni1", Compressor::design1, 16), member("momeni2", Compressor::design2, 16),
           member("momeni3", Compressor::design1, 7), member("momeni4", Compressor::design2, 7)}};
}

}  // namespace tram
