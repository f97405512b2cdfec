#pragma once
#include <filesystem>
#include <optional>

#include "models/multiplier/blif_elaboration.hpp"

namespace tram {

/// The gates of a combinational multiplier in Verilog, made by Yosys from a copy of the text in a temporary folder.
/// is_signed: what its operands are; without: as the two ports declare, which must agree. Throws InputError naming
/// the file, and the line where it is known, for what checked_verilog refuses, for what Yosys cannot read, for several
/// top modules, registers, latches, tri-states, black boxes, inout ports, nets with no driver or several, and for a
/// product that is x for some operands.
ElaboratedBlif read_verilog(const std::filesystem::path& path, std::optional<bool> is_signed);

}  // namespace tram
