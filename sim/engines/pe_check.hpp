#pragma once
#include "rtl/row_model.hpp"
#include "sim/engines/pe_model.hpp"

namespace tram {

/// Clocks a PE of the user's on its own: one weight, random activations and partial sums. Weight and activation are to
/// leave a clock after they enter, the sum a clock after the partial sum and two after the activation that it adds.
/// Throws InputError at the PE's name with the clocks found, or the first sum that is at none. Single wrong products are
/// left to the run, which compares all of them. PEs with gated clocks are not checked here.
void check_pe(const PeModel& model, const RowLibrary& library);

}  // namespace tram
