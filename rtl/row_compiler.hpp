#pragma once
#include <filesystem>

#include "models/support/content_cache.hpp"
#include "rtl/mapped_row.hpp"

namespace tram {

/// Verilates a row and compiles it with row_harness.cpp to a shared object; compiled once, cached by content of the
/// row, harness, compiler flags and tool versions (content_cache.hpp; an empty folder: default_cache_folder()). Throws
/// InputError when Verilator or a C++ compiler is not found, RunError with the tool's first error when it fails. $CXX
/// names the compiler, default c++.
CachedFile compile_row(const MappedRow& row, const std::filesystem::path& cache_folder);

}  // namespace tram
