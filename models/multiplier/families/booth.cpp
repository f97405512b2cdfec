// Exact multiplier with radix-4 (modified) Booth recoding of operand b: digits d in {-2, -1, 0, 1, 2} of b, a row d a
// each. A negative row is its bits inverted plus one; sign bits are inverted and their weight subtracted as a constant,
// so that no row is sign-extended. Rows are added in a Dadda tree.
// A. D. Booth, "A signed binary multiplication technique", 1951; O. L. MacSorley, "High-speed arithmetic in binary
// computers", Proc. IRE 1961.
#include "models/multiplier/families/building_blocks.hpp"
#include "models/multiplier/families/families.hpp"
#include "models/multiplier/structure/reduction_tree.hpp"

namespace tram {
namespace {

class BoothMultiplier {
 public:
  BoothMultiplier(const std::string& name, int a_bits, int b_bits, bool is_signed)
      : builder_(name, a_bits, b_bits, is_signed), a_bits_(a_bits), b_bits_(b_bits), is_signed_(is_signed),
        columns_(a_bits + b_bits) {}

  Netlist build() {
    const int digits = is_signed_ ? (b_bits_ + 1) / 2 : b_bits_ / 2 + 1;
    for (int digit = 0; digit < digits; ++digit) add_row(2 * digit);
    for (size_t c = 0; c < columns_.size(); ++c)
      if (constant_ >> c & 1) put(static_cast<int>(c), net_one);
    return builder_.finish(sum_columns(builder_, columns_));
  }

 private:
  /// The row of the digit -2 b[k + 1] + b[k] + b[k - 1], which has the weight 2^k.
  void add_row(int k) {
    const Net high = b(k + 1), middle = b(k), low = b(k - 1);
    const Net one = builder_.xor_(middle, low);
    const Net two = builder_.or_(builder_.and_(high, builder_.nor_(middle, low)),
                                 builder_.and_(builder_.not_(high), builder_.and_(middle, low)));
    const Net negative = builder_.and_(high, builder_.nand_(middle, low));
    const int sign = is_signed_ ? a_bits_ : a_bits_ + 1;  // place of the row's sign bit
    for (int i = 0; i <= a_bits_; ++i) {
      const Net magnitude = builder_.or_(builder_.and_(one, a(i)), builder_.and_(two, a(i - 1)));
      const Net bit = builder_.xor_(magnitude, negative);
      put(k + i, i == sign ? builder_.not_(bit) : bit);
    }
    if (!is_signed_) put(k + sign, builder_.not_(negative));
    constant_ -= int64_t{1} << (k + sign);
    put(k, negative);
  }

  void put(int column, Net net) {
    if (column < static_cast<int>(columns_.size())) columns_[column].push_back(net);
  }

  /// Bits of a and b, extended by zeros or the sign.
  Net a(int i) const {
    return i < 0 ? net_zero : i < a_bits_ ? builder_.a(i) : is_signed_ ? builder_.a(a_bits_ - 1) : net_zero;
  }
  Net b(int j) const {
    return j < 0 ? net_zero : j < b_bits_ ? builder_.b(j) : is_signed_ ? builder_.b(b_bits_ - 1) : net_zero;
  }

  NetlistBuilder builder_;
  int a_bits_, b_bits_;
  bool is_signed_;
  std::vector<Nets> columns_;
  int64_t constant_ = 0;
};

FamilyMember member(const std::string& name, bool is_signed) {
  return {name, [=](int a_bits, int b_bits) { return BoothMultiplier(name, a_bits, b_bits, is_signed).build(); }};
}

}  // namespace

MultiplierFamily booth_family() {
  return {"exact_booth, exact_signed_booth",
          "exact, radix-4 Booth recoding of b, Dadda tree, unsigned and two's complement",
          "Booth 1951; MacSorley 1961",
          {member("exact_booth", false), member("exact_signed_booth", true)}};
}

}  // namespace tram
