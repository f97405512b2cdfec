#include <ctime>

#include "tests/network/onnx_models.hpp"

// Models that would take memory or time out of proportion to their size.

namespace tram {
namespace {

/// Of the processor.
double seconds_of(const auto& action) {
  const std::clock_t start = std::clock();
  action();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// 60,000 nodes of one name in a row. (One set look-up for each earlier node of that name took minutes.)
TEST(OnnxLimits, ManyNodesTakeTimeInProportion) {
  std::vector<OnnxNode> nodes;
  std::string last = "x";
  for (int i = 0; i < 60'000; ++i) {
    nodes.push_back({"n", i % 2 == 0 ? "Relu" : "Sigmoid", {last}, {fmt::format("v{}", i)}, {}});
    last = nodes.back().outputs[0];
  }
  NetworkGraph graph;
  EXPECT_LT(seconds_of([&] { graph = import_onnx(model_of({1, 4, 1, 1}, nodes), "net"); }), 10);
  ASSERT_EQ(graph.nodes.size(), 60'000U);
  EXPECT_EQ(graph.nodes[2].name, "relu_2");
  EXPECT_EQ(graph.nodes.back().name, "sigmoid_30000");
}

/// A chain of `count` nodes type(v, v), the first of the constant given; the last one is read by nothing that matters.
std::string chain_error(const std::string& type, const OnnxTensor& constant, int count, bool twice,
                        std::map<std::string, OnnxAttribute> attributes = {}) {
  std::vector<OnnxNode> nodes;
  std::string last = "c";
  for (int i = 0; i < count; ++i) {
    nodes.push_back({fmt::format("/n{}", i), type, {last}, {fmt::format("v{}", i)}, attributes});
    if (twice) nodes.back().inputs.push_back(last);
    last = nodes.back().outputs[0];
  }
  nodes.push_back({"/last", "Add", {"x", last}, {"y"}, {}});
  return import_error(model_of({1, 4, 1, 1}, nodes, {{"c", constant}}));
}

TEST(OnnxLimits, AConcatThatDoublesItselfIsCutOff) {
  const std::string error = chain_error("Concat", {{1}, Integers{7}}, 33, true, {{"axis", int64_t{0}}});
  EXPECT_NE(error.find("/n25 (Concat): shape [67108864]; at most 2^25 elements are expected"), std::string::npos)
      << error;
}

TEST(OnnxLimits, ConstantsCopiedOverAndOverAreCutOff) {
  const std::string error = chain_error("Identity", {{1 << 20}, std::vector<float>(1 << 20)}, 1000, false);
  EXPECT_NE(error.find("parameters and computed constants have more elements in all than 2^26 and four times the "
                       "file's; fewer are expected"),
            std::string::npos)
      << error;
}

TEST(OnnxLimits, ALargeMapAddedOverAndOverIsCutOff) {
  std::vector<OnnxNode> nodes;
  std::string last = "x";
  for (int i = 0; i < 100; ++i) {
    nodes.push_back({fmt::format("/r{}", i), "Sigmoid", {last}, {fmt::format("r{}", i)}, {}});
    nodes.push_back({fmt::format("/a{}", i), "Add", {nodes.back().outputs[0], "c"}, {fmt::format("a{}", i)}, {}});
    last = nodes.back().outputs[0];
  }
  const OnnxTensor one = {{}, std::vector<float>{1}};
  const std::string error = import_error(model_of({1, 1, 1024, 2048}, nodes, {{"c", one}}));
  EXPECT_NE(error.find("parameters and computed constants have more elements in all"), std::string::npos) << error;
}

TEST(OnnxLimits, TapsOfAllPositionsAreBounded) {
  const OnnxNode conv{"/c", "Conv", {"x", "w"}, {"y"}, {{"pads", Integers{500, 500, 500, 500}}}};
  EXPECT_NE(import_error(model_of({1, 1, 1000, 1000}, {conv}, {{"w", ramp({1, 1, 1000, 1000})}}))
                .find("/c (Conv): 1002001 positions of 1000000 taps; at most 2^30 taps in all are expected"),
            std::string::npos);
}

TEST(OnnxLimits, ExtentsBesideAnExtentOfZero) {
  const OnnxNode slice{"/s", "Slice", {"c", "first", "end"}, {"v"}, {}}, add{"/a", "Add", {"x", "v"}, {"y"}, {}};
  const std::map<std::string, OnnxTensor> constants = {
      {"c", {{0, int64_t{1} << 40}, std::vector<float>{}}}, {"first", {{1}, Integers{0}}}, {"end", {{1}, Integers{1}}}};
  EXPECT_NE(import_error(model_of({1, 4, 1, 1}, {slice, add}, constants)).find("at most 2^25 elements"),
            std::string::npos);
}

}  // namespace
}  // namespace tram
