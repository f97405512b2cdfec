#pragma once
#include <functional>
#include <string>

#include "models/network/graph.hpp"
#include "models/quant/integer_network.hpp"

namespace tram {

/// Codes of one tensor: what they stand for and how they are stored.
struct CodedAs {
  Affine affine;
  CodeFormat format;
};

// The integer layers of the vector unit from real parameters. name is in their error messages; a layer's shape and
// name are set, clamp_low .. clamp_high are all codes of the output.

/// InputError where sums could leave int64 (layer_norm_row).
LayerNormLayer make_layer_norm(const std::string& name, const FeatureShape& shape, const LayerNormOp& op,
                               const CodedAs& in, const CodedAs& out);

/// out.affine.scale >= 2^-14. InputError where a row is too long (softmax_row's shifts).
SoftmaxLayer make_softmax(const std::string& name, const FeatureShape& shape, const CodedAs& in, const CodedAs& out);

/// y = function(x) rounded to the output's codes, for every input code; in.format.bits <= 8.
LookupLayer make_lookup(const std::string& name, const FeatureShape& shape,
                        const std::function<double(double)>& function, const CodedAs& in, const CodedAs& out);

/// y = a + b, clamped from clamp_low on.
AddLayer make_add(const std::string& name, const FeatureShape& shape, const CodedAs& a, const CodedAs& b,
                  const CodedAs& out);

}  // namespace tram
