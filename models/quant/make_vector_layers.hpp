#pragma once
#include <functional>
#include <string>

#include "models/network/graph.hpp"
#include "models/quant/integer_network.hpp"

namespace tram {

/// Codes of one tensor: their quantiser and how they are stored.
struct CodedAs {
  Affine affine;
  CodeFormat format;
};

// The layers of the vector unit from real parameters, for maps of a shape. name is in their error messages;
// clamp_low .. clamp_high are all codes of the output.

/// InputError where sums could leave int64 (LayerNormParameters).
VectorLayer make_layer_norm(const std::string& name, const FeatureShape& shape, const LayerNormOp& op,
                            const CodedAs& in, const CodedAs& out);

/// out.affine.scale >= 2^-14. InputError where a position has too many channels (SoftmaxParameters' shifts).
VectorLayer make_softmax(const std::string& name, const FeatureShape& shape, const CodedAs& in, const CodedAs& out);

/// y = function(x) rounded to the output's codes, for every input code; in.format.bits <= 8.
VectorLayer make_lookup(const std::string& name, const FeatureShape& shape,
                        const std::function<double(double)>& function, const CodedAs& in, const CodedAs& out);

/// y = a + b of `count` elements.
AddParameters make_add(const std::string& name, int64_t count, const CodedAs& a, const CodedAs& b, const CodedAs& out);

}  // namespace tram
