#include "models/network/onnx/axis_view.hpp"

#include <array>

namespace tram {
namespace {

void append(AxisFactors& factors, const AxisFactor& factor) {
  if (factor.size == 1) return;
  if (!factors.empty() && factors.back().axis == factor.axis && factors.back().stride == factor.stride * factor.size) {
    factors.back() = {factor.axis, factor.stride, factors.back().size * factor.size};
    return;
  }
  factors.push_back(factor);
}

}  // namespace

AxisFactors whole_axis(int axis, int64_t extent) {
  return extent == 1 ? AxisFactors{} : AxisFactors{{axis, 1, extent}};
}

AxisView nchw_view(const FeatureShape& shape) {
  return {{{}, whole_axis(2, shape.channels), whole_axis(0, shape.height), whole_axis(1, shape.width)}};
}

Shape shape_of(const AxisView& view) {
  Shape shape;
  for (const AxisFactors& factors : view.dims) {
    shape.push_back(1);
    for (const AxisFactor& factor : factors) shape.back() *= factor.size;
  }
  return shape;
}

AxisFactors joined(const AxisView& view, size_t first, size_t end) {
  AxisFactors factors;
  for (size_t i = first; i < end; ++i)
    for (const AxisFactor& factor : view.dims[i]) append(factors, factor);
  return factors;
}

std::optional<AxisView> reshaped(const AxisView& view, const Shape& shape) {
  AxisFactors rest = joined(view, 0, view.dims.size());
  size_t next = 0;
  AxisView result;
  for (const int64_t extent : shape) {
    AxisFactors& dim = result.dims.emplace_back();
    for (int64_t missing = extent; missing > 1;) {
      if (next == rest.size()) return {};
      AxisFactor& factor = rest[next];
      if (missing % factor.size == 0) {
        append(dim, factor);
        missing /= factor.size;
        ++next;
      } else if (factor.size % missing == 0) {
        const int64_t inner = factor.size / missing;
        append(dim, {factor.axis, factor.stride * inner, missing});
        factor.size = inner;
        missing = 1;
      } else {
        return {};
      }
    }
  }
  if (next != rest.size()) return {};
  return result;
}

AxisView transposed(const AxisView& view, const std::vector<size_t>& order) {
  AxisView result;
  for (const size_t dim : order) result.dims.push_back(view.dims[dim]);
  return result;
}

std::vector<int64_t> data_offsets(const AxisView& view, const FeatureShape& shape) {
  const std::array<int64_t, 3> step = {int64_t{shape.width} * shape.channels, shape.channels, 1};
  std::vector<int64_t> offsets = {0};
  for (const AxisFactor& factor : joined(view, 0, view.dims.size())) {
    std::vector<int64_t> finer;
    finer.reserve(offsets.size() * static_cast<size_t>(factor.size));
    for (const int64_t offset : offsets)
      for (int64_t i = 0; i < factor.size; ++i)
        finer.push_back(offset + i * factor.stride * step[static_cast<size_t>(factor.axis)]);
    offsets = std::move(finer);
  }
  return offsets;
}

}  // namespace tram
