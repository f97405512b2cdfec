#include "rtl/row_compiler.hpp"

#include <cstdlib>
#include <sstream>

#include "models/support/atomic_file.hpp"
#include "models/support/content_cache.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "rtl_sources.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

// The keys hold all sources and tools: these versions are for what they do not show.
const CacheKind runtime_kind{"runtime", 2, ".o"}, row_kind{"row", 2, ".so"};

const std::vector<std::string> verilator_flags = {
    "--cc",       "-O3",       "--x-assign",     "fast",         "--x-initial",     "fast",     "--noassert",
    "-Wno-fatal", "-Wno-lint", "-Wno-UNOPTFLAT", "--top-module", "tram_mapped_row", "--prefix", "Vtram_mapped_row"};
// Warnings of generated code are not ours. Vectors of four words: AVX2, the project's baseline.
const std::vector<std::string> compiler_flags = {"-std=c++20", "-O3", "-march=x86-64-v3", "-fPIC", "-w"};

std::string first_error(const std::string& output) {
  std::istringstream lines(output);
  std::string first;
  for (std::string line; std::getline(lines, line);) {
    if (first.empty()) first = line;
    if (line.find("rror") != std::string::npos) return line;
  }
  return first.empty() ? "no message" : first;
}

std::string output_of(const std::vector<std::string>& arguments, const fs::path& folder) {
  const ProcessResult result = run_tool(arguments, folder);
  if (result.exit_code != 0)
    throw RunError(
        fmt::format("{} failed with exit code {}: {}", arguments[0], result.exit_code, first_error(result.output)));
  return result.output;
}

std::string require_tool(const std::string& program, const std::string& package) {
  if (find_program(program).empty() && !fs::exists(program))
    throw InputError(
        program,
        fmt::format("not found on PATH; it compiles the array's RTL: install it (Debian package {})", package));
  return program;
}

struct Tools {
  std::string verilator = require_tool("verilator", "verilator");
  std::string compiler = require_tool(std::getenv("CXX") ? std::getenv("CXX") : "c++", "g++");
  std::string versions = output_of({verilator, "--version"}, ".") + output_of({compiler, "--version"}, ".");
  fs::path include;  ///< Verilator's headers and runtime

  Tools() {
    const std::string root = output_of({verilator, "--getenv", "VERILATOR_ROOT"}, ".");
    include = fs::path(root.substr(0, root.find_last_not_of(" \n") + 1)) / "include";
  }

  std::vector<std::string> compile(const fs::path& folder) const {
    std::vector<std::string> command = {compiler};
    command.insert(command.end(), compiler_flags.begin(), compiler_flags.end());
    for (const fs::path& path : {folder, include, include / "vltstd"}) command.push_back("-I" + path.string());
    return command;
  }
};

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += item + '\n';
  return text;
}

void copy_file(const fs::path& file, std::ostream& out) { out << read_file(file); }

/// Verilator's runtime as one object, the same for every row.
CachedFile compile_runtime(const Tools& tools, const fs::path& cache_folder) {
  const CacheEntry entry(runtime_kind, tools.versions + joined(compiler_flags), cache_folder);
  return entry.find_or_make([&](std::ostream& out) {
    const TemporaryFolder work;
    write_file(work.path() / "runtime.cpp", "#include \"verilated.cpp\"\n#include \"verilated_threads.cpp\"\n");
    std::vector<std::string> command = tools.compile(work.path());
    command.insert(command.end(), {"-O1", "-c", "runtime.cpp", "-o", "runtime.o"});
    output_of(command, work.path());
    copy_file(work.path() / "runtime.o", out);
  });
}

void verilate(const MappedRow& row, const Tools& tools, const fs::path& folder) {
  write_file(folder / "tram_mapped_row.sv", row.systemverilog);
  std::vector<std::string> command = {tools.verilator};
  command.insert(command.end(), verilator_flags.begin(), verilator_flags.end());
  command.insert(command.end(), {"--Mdir", ".", "tram_mapped_row.sv"});
  output_of(command, folder);
}

/// One translation unit, so that the harness and the model are optimised together.
void compile_model(const MappedRow& row, const Tools& tools, const fs::path& folder) {
  std::string unity;
  for (const auto& file : fs::directory_iterator(folder))
    if (file.path().extension() == ".cpp") unity += fmt::format("#include \"{}\"\n", file.path().filename().string());
  unity += "#include \"row_harness.cpp\"\n";
  write_file(folder / "unity.cxx", unity);
  write_file(folder / "row_nets.inc", row.nets_include);
  write_file(folder / "row_interface.hpp", embedded::row_interface_hpp);
  write_file(folder / "verilated_word.hpp", embedded::verilated_word_hpp);
  write_file(folder / "row_harness.cpp", embedded::row_harness_cpp);
  std::vector<std::string> command = tools.compile(folder);
  command.insert(command.end(), {"-include", "verilated_word.hpp", "-x", "c++", "-c", "unity.cxx", "-o", "model.o"});
  output_of(command, folder);
}

}  // namespace

CachedFile compile_row(const MappedRow& row, const fs::path& cache_folder) {
  const Tools tools;
  const CacheEntry entry(row_kind,
                         row.systemverilog + row.nets_include + embedded::row_interface_hpp +
                             embedded::verilated_word_hpp + embedded::row_harness_cpp + tools.versions +
                             joined(verilator_flags) + joined(compiler_flags),
                         cache_folder);
  return entry.find_or_make([&](std::ostream& out) {
    const TemporaryFolder work;
    const CachedFile runtime = compile_runtime(tools, cache_folder);
    verilate(row, tools, work.path());
    compile_model(row, tools, work.path());
    output_of(
        {tools.compiler, "-shared", "-o", "row.so", "model.o", runtime.path.string(), "-Wl,-Bsymbolic", "-lpthread"},
        work.path());
    copy_file(work.path() / "row.so", out);
  });
}

}  // namespace tram
