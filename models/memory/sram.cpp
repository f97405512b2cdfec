#include "models/memory/sram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace tram {
namespace {

/// Of one access of a word, pJ; of the whole, uW and mm^2.
struct Point {
  double read, write, leakage, area;
};
/// [8, 32, 128 and 512 KiB][words of 8 and 64 B]
using CactiTable = std::array<Point, 8>;
constexpr double smallest_bytes = 8192, size_step = 4, smallest_word = 8, largest_word = 64;

// CACTI 7.0.3DD, `ram`, one read-write port, 300 K. 180 nm: itrs-hp cells, 1.5 V, its limit of 90 nm lifted; the
// others: itrs-lstp. Leakage is that of subthreshold and gate together.
// clang-format off
constexpr CactiTable cacti_180{{
    {43.561, 196.61, 65.03, 0.4379}, {216.83, 359.67, 73.98, 0.7741},
    {88.234, 222.66, 243.5, 1.63}, {274.78, 881.15, 269, 1.825},
    {252.05, 349.22, 1095, 6.409}, {502.78, 2963.3, 1046, 6.016},
    {531.34, 553.99, 4169, 25.22}, {1633.7, 3204.3, 3686, 22.87}}};
constexpr CactiTable cacti_90{{
    {15.789, 36.871, 0.7401, 0.09609}, {64.76, 112.12, 1.093, 0.1955},
    {30.91, 73.434, 2.872, 0.4075}, {86.52, 283.53, 3.416, 0.4607},
    {90.263, 118.7, 13.46, 1.603}, {172.83, 968.45, 12.76, 1.519},
    {208.93, 209.19, 50.35, 6.365}, {581.48, 1040, 41.14, 5.717}}};
constexpr CactiTable cacti_65{{
    {7.7531, 35.816, 1.519, 0.05697}, {32.561, 59.493, 2.161, 0.102},
    {15.522, 43.585, 6.078, 0.2507}, {45.981, 157.59, 6.636, 0.2402},
    {50.014, 64.98, 26.28, 0.8504}, {99.373, 549.66, 24.68, 0.7918},
    {116.41, 114.99, 97.85, 3.46}, {337.29, 578.59, 78.5, 2.982}}};
constexpr CactiTable cacti_45{{
    {4.0013, 11.552, 0.2337, 0.02874}, {17.494, 32.07, 0.291, 0.04886},
    {8.5531, 23.742, 0.9099, 0.1201}, {25.507, 85.912, 0.9752, 0.1151},
    {27.462, 34.809, 3.95, 0.4076}, {57.41, 301.14, 3.714, 0.3795},
    {62.04, 60.396, 14.78, 1.658}, {197.93, 316.52, 12.46, 1.429}}};
constexpr CactiTable cacti_32{{
    {2.2414, 6.3819, 0.4029, 0.01454}, {9.7319, 17.73, 0.5241, 0.02471},
    {7.5109, 9.2364, 1.733, 0.05371}, {14.63, 47.754, 1.682, 0.05821},
    {16.326, 19.846, 6.847, 0.2062}, {34.724, 167.38, 6.334, 0.1922},
    {35.096, 30.965, 22.53, 0.8624}, {144.77, 252.81, 22.19, 0.8356}}};
constexpr CactiTable cacti_22{{
    {1.0193, 2.6967, 1.404, 0.006863}, {4.929, 8.1641, 2.014, 0.01165},
    {2.781, 5.3034, 6.476, 0.0246}, {7.5209, 20.94, 5.88, 0.02748},
    {7.4493, 6.1725, 19.45, 0.1169}, {19.329, 39.508, 19.29, 0.09331},
    {15.319, 12.217, 70.56, 0.4422}, {72.418, 78.96, 68.63, 0.4369}}};
// clang-format on

/// Single-port macros of 64-bit words, 256, 512, 1024 and 2048 deep: IHP SG13G2, 130 nm, 1.2 V, typical,
/// RM_IHPSG13_1P_* of IHP-Open-PDK (Apache-2.0): energy of the clock edge, leakage, area.
constexpr std::array<Point, 4> ihp_macros{{{49.634, 63.4365, 0.198, 0.093181},
                                           {68.8967, 80.016, 0.396, 0.150102},
                                           {91.8272, 110.9189, 0.792, 0.263946},
                                           {122.394, 155.3678, 1.584, 0.491634}}};

constexpr std::array<double Point::*, 4> point_fields{&Point::read, &Point::write, &Point::leakage, &Point::area};

/// a x (b / a)^t, each figure.
Point between(const Point& a, const Point& b, double t) {
  Point result{};
  for (double Point::*field : point_fields) result.*field = a.*field * std::pow(b.*field / a.*field, t);
  return result;
}

/// One SRAM of CACTI, log-log between the points; the outer segments go on.
Point cacti(const CactiTable& table, double bytes, double word) {
  const double step = std::log(bytes / smallest_bytes) / std::log(size_step);
  const auto segment = static_cast<size_t>(std::clamp(step, 0.0, 2.0));
  const double at = step - static_cast<double>(segment);
  const double width = std::log(std::max(word, smallest_word) / smallest_word) / std::log(largest_word / smallest_word);
  return between(between(table[2 * segment], table[2 * segment + 2], at),
                 between(table[2 * segment + 1], table[2 * segment + 3], at), width);
}

/// Macros side by side make a word and, where that is not deep enough, one above the other, of which one is accessed.
Point ihp(double bytes, double word) {
  const double wide = std::ceil(word / 8), depth = std::max(bytes / (wide * 8), 1.0);
  const double deep = std::ceil(depth / 2048);
  const double step = std::max(std::log2(depth / deep / 256), 0.0);
  const size_t segment = std::min(static_cast<size_t>(step), size_t{2});
  const Point macro = between(ihp_macros[segment], ihp_macros[segment + 1], step - static_cast<double>(segment));
  return {macro.read * wide, macro.write * wide, macro.leakage * wide * deep, macro.area * wide * deep};
}

/// Energy of a gate relative to that of 180 nm at V volts: Stillmaker and Baas, Integration 58 (2017), low power.
struct Polynomial {
  double b2, b1, b0;
  constexpr double at(double volts) const { return (b2 * volts + b1) * volts + b0; }
};
constexpr double energy_22nm = Polynomial{0.2632, -0.14, 0.06841}.at(0.8);  // of 20 nm, the nearest
constexpr double to_14nm = Polynomial{0.1556, -0.06472, 0.03066}.at(0.8) / energy_22nm;
constexpr double to_10nm = Polynomial{0.1261, -0.0518, 0.02769}.at(0.75) / energy_22nm;
constexpr double to_7nm = Polynomial{0.09365, -0.03409, 0.02043}.at(0.7) / energy_22nm;

struct Node {
  SramNode node;
  const CactiTable* table;  ///< nullptr: the macros of IHP
  double energy_factor = 1, area_factor = 1;
};

constexpr const char* of_cacti = "CACTI 7, itrs-lstp";

const std::array<Node, 10>& nodes() {
  const auto scaled = [](const char* name, double nm, double volts, double factor) {
    return Node{
        {name, nm,
         fmt::format("CACTI 7, itrs-lstp, 22 nm: energy x {:.3f} (Stillmaker and Baas 2017, LP, 0.8 V to {} V), "
                     "area x ({:g}/22)^2, leakage as at 22 nm",
                     factor, volts, nm)},
        &cacti_22,
        factor,
        nm * nm / (22 * 22)};
  };
  static const std::array<Node, 10> all{{
      {{"180nm", 180, "CACTI 7, itrs-hp, its limit of 90 nm lifted"}, &cacti_180},
      {{"130nm", 130, "macros of IHP SG13G2"}, nullptr},
      {{"90nm", 90, of_cacti}, &cacti_90},
      {{"65nm", 65, of_cacti}, &cacti_65},
      {{"45nm", 45, of_cacti}, &cacti_45},
      {{"32nm", 32, of_cacti}, &cacti_32},
      {{"22nm", 22, of_cacti}, &cacti_22},
      scaled("14nm", 14, 0.8, to_14nm),
      scaled("10nm", 10, 0.75, to_10nm),
      scaled("7nm", 7, 0.7, to_7nm),
  }};
  return all;
}

const Node& find(const std::string& name) {
  return *std::ranges::find(nodes(), name, [](const Node& each) { return each.node.name; });
}

}  // namespace

std::vector<std::string> sram_node_names() {
  std::vector<std::string> names;
  for (const Node& each : nodes()) names.push_back(each.node.name);
  return names;
}

const SramNode& sram_node(const std::string& name) { return find(name).node; }

const SramNode& nearest_sram_node(double nm) {
  return std::ranges::min_element(nodes(), {}, [&](const Node& each) { return std::abs(std::log(each.node.nm / nm)); })
      ->node;
}

SramFigures sram_figures(const std::string& node, int64_t bytes, int word_bytes) {
  const Node& of = find(node);
  const double count = of.table ? std::ceil(word_bytes / largest_word) : 1;
  const double size = static_cast<double>(bytes) / count, word = word_bytes / count;
  const Point point = of.table ? cacti(*of.table, size, word) : ihp(size, word);
  return {.read_j = point.read * 1e-12 * of.energy_factor * count,
          .write_j = point.write * 1e-12 * of.energy_factor * count,
          .leakage_w = point.leakage * 1e-6 * count,
          .area_mm2 = point.area * of.area_factor * count};
}

}  // namespace tram
