#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "models/multiplier/file_options.hpp"
#include "models/multiplier/truth_table.hpp"

namespace tram {

/// Whether the name ends as a table file does: .i16, .u16, .i32, .u32, .bin, .npy, .h, .c, .txt, .csv, .tsv.
bool is_table_file(const std::filesystem::path& path);

/// Reads the products of a multiplier, LUT[a * 2^b_bits + b] by raw codes (two's complement when signed), from
/// - raw little-endian numbers: .i16, .u16, .i32, .u32 by name (such as .lut.i32); .bin of 16 bits (signed where the
///   options say so) or of 32 bits, by its length (tables of tf-approximate are 256 x 256 of 16 bits);
/// - .npy: integers (or whole floats), [2^a_bits][2^b_bits], or one dimension of 2^(2 bits);
/// - .h, .c: the first array initialiser of C text, such as `const int16_t lut[256][256] = {...};`; signed where the
///   text holds the `..._IS_SIGNED 1` that to_c_header writes;
/// - .txt, .csv, .tsv: numbers apart by spaces, commas, semicolons or line breaks, # begins a comment; or rows
///   a,b,product for all pairs below a header line of exactly these words or the heading line of TRAM's published tables
///   (table_text.hpp); signed where an operand is negative.
/// Operands have 1 to 8 bits. Throws InputError with the file, and the line in texts, for other lengths, numbers
/// that are not whole or not within int32_t, pairs that are missing or double.
TruthTable read_table(const std::filesystem::path& path, const MultiplierFileOptions& options = {});

/// Table where the sign, unless options or file give it, is that of the clearly nearer reading (sign_reading.hpp);
/// products that are codes of a signed multiplier become values then. Adds sentences that say so.
TruthTable read_table(const std::filesystem::path& path, const MultiplierFileOptions& options,
                      std::vector<std::string>& notes);

/// The table from the content of a file whose name tells the format; unsigned unless options or content say signed.
TruthTable parse_table(const std::string& content, const std::string& file, const MultiplierFileOptions& options = {});

}  // namespace tram
