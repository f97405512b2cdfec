#include "models/network/onnx/constant_folding.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "models/support/error.hpp"

namespace tram {
namespace {

OnnxTensor whole(Shape shape, std::vector<int64_t> values) { return {std::move(shape), std::move(values)}; }
OnnxTensor real(Shape shape, std::vector<float> values) { return {std::move(shape), std::move(values)}; }

/// The folded node; attributes and inputs as given.
OnnxTensor folded(const std::string& type, const std::vector<OnnxTensor>& inputs,
                  std::map<std::string, OnnxAttribute> attributes = {}) {
  OnnxNode node{"node", type, {}, {"out"}, std::move(attributes)};
  std::vector<const OnnxTensor*> pointers;
  for (const OnnxTensor& input : inputs) pointers.push_back(&input);
  return fold_constants("here", node, pointers).value();
}

void expect_whole(const OnnxTensor& tensor, const Shape& shape, const std::vector<int64_t>& values) {
  EXPECT_EQ(tensor.shape, shape);
  EXPECT_EQ(tensor.integers(), values);
}

void expect_real(const OnnxTensor& tensor, const Shape& shape, const std::vector<float>& values) {
  EXPECT_EQ(tensor.shape, shape);
  EXPECT_EQ(tensor.floats(), values);
}

std::string error_of(const std::string& type, const std::vector<OnnxTensor>& inputs,
                     std::map<std::string, OnnxAttribute> attributes = {}) {
  try {
    folded(type, inputs, std::move(attributes));
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

using Integers = std::vector<int64_t>;

TEST(ConstantFolding, Layout) {
  const OnnxTensor matrix = real({2, 3}, {1, 2, 3, 4, 5, 6});
  expect_real(folded("Transpose", {matrix}), {3, 2}, {1, 4, 2, 5, 3, 6});
  const OnnxTensor cube = whole({2, 1, 3}, {1, 2, 3, 4, 5, 6});
  expect_whole(folded("Transpose", {cube}, {{"perm", Integers{2, 0, 1}}}), {3, 2, 1}, {1, 4, 2, 5, 3, 6});
  expect_real(folded("Reshape", {matrix, whole({2}, {-1, 2})}), {3, 2}, matrix.floats());
  expect_real(folded("Reshape", {matrix, whole({3}, {0, 1, -1})}), {2, 1, 3}, matrix.floats());
  expect_real(folded("Flatten", {real({2, 1, 2}, {1, 2, 3, 4})}, {{"axis", int64_t{2}}}), {2, 2}, {1, 2, 3, 4});
  expect_real(folded("Unsqueeze", {matrix, whole({2}, {0, -1})}), {1, 2, 3, 1}, matrix.floats());
  expect_real(folded("Unsqueeze", {matrix}, {{"axes", Integers{1}}}), {2, 1, 3}, matrix.floats());
  expect_whole(folded("Squeeze", {cube}), {2, 3}, cube.integers());
  expect_whole(folded("Shape", {cube}), {3}, {2, 1, 3});
}

TEST(ConstantFolding, Parts) {
  const OnnxTensor numbers = whole({5}, {10, 11, 12, 13, 14});
  constexpr int64_t far = std::numeric_limits<int64_t>::max();
  const auto slice = [&](int64_t start, int64_t end, int64_t step) {
    return folded("Slice", {numbers, whole({1}, {start}), whole({1}, {end}), whole({1}, {0}), whole({1}, {step})})
        .integers();
  };
  EXPECT_EQ(slice(1, far, 2), (Integers{11, 13}));
  EXPECT_EQ(slice(-2, far, 1), (Integers{13, 14}));
  EXPECT_EQ(slice(-1, -far, -1), (Integers{14, 13, 12, 11, 10}));
  EXPECT_EQ(slice(3, 0, -2), (Integers{13, 11}));
  EXPECT_EQ(slice(4, 2, 1), Integers{});
  const OnnxTensor matrix = real({2, 3}, {1, 2, 3, 4, 5, 6});
  expect_real(folded("Slice", {matrix, whole({1}, {1}), whole({1}, {3}), whole({1}, {1})}), {2, 2}, {2, 3, 5, 6});
  expect_real(folded("Gather", {matrix, whole({}, {-1})}, {{"axis", int64_t{1}}}), {2}, {3, 6});
  expect_real(folded("Gather", {matrix, whole({2}, {1, 0})}), {2, 3}, {4, 5, 6, 1, 2, 3});
  expect_whole(folded("Concat", {numbers, whole({1}, {7})}, {{"axis", int64_t{0}}}), {6}, {10, 11, 12, 13, 14, 7});
  expect_real(folded("Expand", {real({2, 1}, {1, 2}), whole({3}, {2, 1, 3})}), {2, 2, 3},
              {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2});
  expect_whole(folded("ConstantOfShape", {whole({2}, {2, 2})}, {{"value", whole({1}, {5})}}), {2, 2}, {5, 5, 5, 5});
  expect_real(folded("ConstantOfShape", {whole({1}, {2})}), {2}, {0, 0});
}

TEST(ConstantFolding, Arithmetic) {
  const OnnxTensor a = whole({2, 1}, {7, -7}), b = whole({2}, {2, 3});
  expect_whole(folded("Add", {a, b}), {2, 2}, {9, 10, -5, -4});
  expect_whole(folded("Sub", {a, b}), {2, 2}, {5, 4, -9, -10});
  expect_whole(folded("Mul", {a, b}), {2, 2}, {14, 21, -14, -21});
  expect_whole(folded("Div", {a, b}), {2, 2}, {3, 2, -3, -2});  // towards zero
  expect_real(folded("Div", {real({}, {1}), real({1}, {8})}), {1}, {0.125F});
  expect_real(folded("Sqrt", {real({2}, {4, 9})}), {2}, {2, 3});
  expect_whole(folded("Neg", {b}), {2}, {-2, -3});
  const OnnxTensor equal = folded("Equal", {b, whole({}, {3})});
  expect_whole(equal, {2}, {0, 1});
  expect_whole(folded("Where", {equal, whole({}, {9}), b}), {2}, {2, 9});
  expect_whole(folded("Cast", {real({2}, {2.75F, -2.75F})}, {{"to", int64_t{7}}}), {2}, {2, -2});
  expect_real(folded("Cast", {b}, {{"to", int64_t{1}}}), {2}, {2, 3});
}

TEST(ConstantFolding, OverflowWrapsAsTwosComplement) {
  constexpr int64_t low = std::numeric_limits<int64_t>::min(), high = std::numeric_limits<int64_t>::max();
  expect_whole(folded("Add", {whole({}, {high}), whole({}, {1})}), {}, {low});
  expect_whole(folded("Div", {whole({}, {low}), whole({}, {-1})}), {}, {low});
}

TEST(ConstantFolding, OtherOperatorsAreLeft) {
  const OnnxNode node{"node", "Conv", {}, {"out"}, {}};
  EXPECT_FALSE(fold_constants("here", node, {}).has_value());
}

TEST(ConstantFolding, ErrorsSayWhatIsExpected) {
  const OnnxTensor three = whole({3}, {1, 2, 3}), two = whole({2}, {1, 2});
  EXPECT_EQ(error_of("Add", {three}), "here: no input 1; one is expected");
  EXPECT_EQ(error_of("Add", {three, two}), "here: tensors of shapes [3] and [2]; ones that broadcast are expected");
  EXPECT_EQ(error_of("Add", {three, real({}, {1})}),
            "here: mixes integers and floating-point numbers; one type is expected");
  EXPECT_EQ(error_of("Div", {three, whole({}, {0})}), "here: divides by 0; another number is expected");
  EXPECT_EQ(error_of("Reshape", {three, whole({2}, {2, 2})}),
            "here: reshapes [3] to [2, 2]; as many elements are expected");
  EXPECT_EQ(error_of("Reshape", {three, whole({2}, {-1, -1})}),
            "here: reshapes [3] to [-1, -1]; as many elements are expected");
  EXPECT_EQ(error_of("Transpose", {three}, {{"perm", Integers{0, 1}}}),
            "here: axis 1 of a tensor of 1 dimensions; -1 .. 0 is expected");
  EXPECT_EQ(error_of("Gather", {three, whole({}, {3})}),
            "here: axis 3 of a tensor of 3 dimensions; -3 .. 2 is expected");
  EXPECT_EQ(error_of("Squeeze", {three, whole({1}, {0})}), "here: squeezes axis 0 of [3]; an extent of 1 is expected");
  EXPECT_EQ(error_of("Slice", {three, two, two, two, whole({1}, {1})}),
            "here: starts, ends, axes and steps of different lengths; equal ones are expected");
  EXPECT_EQ(error_of("ConstantOfShape", {whole({3}, {1 << 20, 1 << 20, 1 << 20})}),
            "here: shape [1048576, 1048576, 1048576]; at most 2^25 elements are expected");
  EXPECT_EQ(error_of("Cast", {real({1}, {1e30F})}, {{"to", int64_t{7}}}),
            "here: casts 1e+30 to an integer; one in range is expected");
}

}  // namespace
}  // namespace tram
