#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tram {

/// A node for which there are figures of SRAM.
struct SramNode {
  std::string name;  ///< "22nm"
  double nm;
  std::string source;  ///< of its figures, in one line
};

/// 180nm to 7nm.
std::vector<std::string> sram_node_names();
/// name: one of sram_node_names().
const SramNode& sram_node(const std::string& name);
/// The one whose ratio to nm > 0 is nearest to 1.
const SramNode& nearest_sram_node(double nm);

struct SramFigures {
  double read_j = 0, write_j = 0;  ///< J, an access of a word
  double leakage_w = 0, area_mm2 = 0;
};

/// Figures of an SRAM of `bytes` > 0 with one port of word_bytes > 0, between the points of the node's source. Words of
/// less than 8 B are accessed as 8 B, and words of more than 64 B lie in several SRAMs side by side.
SramFigures sram_figures(const std::string& node, int64_t bytes, int word_bytes);

}  // namespace tram
