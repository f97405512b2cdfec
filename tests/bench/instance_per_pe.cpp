#include "tests/bench/instance_per_pe.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <regex>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "rtl/mapped_row.hpp"
#include "rtl/pe_design.hpp"

namespace tram {
namespace {

/// Clocks `pes` instances of the one-lane row and counts the changes of its nets.
constexpr char harness[] = R"(
#include "Vtram_mapped_row.h"
#include "Vtram_mapped_row___024root.h"
#include <cstdint>
#include <memory>
#include <vector>
using Root = Vtram_mapped_row___024root;
#include "row_nets.inc"
constexpr size_t nets = sizeof(net_offsets) / sizeof(net_offsets[0]);
struct Pe {
  VerilatedContext context;
  Vtram_mapped_row model{&context};
  uint8_t previous[nets] = {};
};
static std::vector<std::unique_ptr<Pe>> array;
static uint64_t toggles[nets], state = 88172645463325252u;
static uint64_t random_word() { state ^= state << 13; state ^= state >> 7; return state ^= state << 17; }
static uint8_t& at(Pe& pe, size_t offset) { return *(reinterpret_cast<uint8_t*>(pe.model.rootp) + offset); }
extern "C" uint64_t run(int clocks) {
  if (array.empty()) for (int i = 0; i < pes; ++i) array.push_back(std::make_unique<Pe>());
  for (int t = 0; t < clocks; ++t)
    for (auto& pe : array) {
      uint64_t bits = random_word();
      for (size_t offset : activation_inputs) { at(*pe, offset) = bits & 1; bits >>= 1; }
      for (size_t offset : psum_inputs) { at(*pe, offset) = bits & 1; bits >>= 1; }
      for (size_t offset : weight_inputs) { at(*pe, offset) = bits & 1; bits >>= 1; }
      at(*pe, load_input) = t == 0;
      pe->model.rootp->clk_i = 0;
      pe->model.eval();
      for (size_t n = 0; n < nets; ++n) {
        const uint8_t now = at(*pe, net_offsets[n]);
        toggles[n] += now ^ pe->previous[n];
        pe->previous[n] = now;
      }
      pe->model.rootp->clk_i = 1;
      pe->model.eval();
    }
  uint64_t total = 0;
  for (uint64_t count : toggles) total += count;
  return total;
}
)";

void run_or_throw(const std::vector<std::string>& command, const std::filesystem::path& folder) {
  const ProcessResult result = run_process(command, folder);
  if (result.exit_code != 0) throw RunError(command[0] + " failed: " + result.output);
}

}  // namespace

InstancePerPe::InstancePerPe(const Netlist& multiplier, std::shared_ptr<const Library> library, int pes) {
  const PeDesign design = map_pe(multiplier, 64, std::move(library));
  const MappedRow row = mapped_row(design.netlist, design.contract);
  std::string text = std::regex_replace(row.systemverilog, std::regex(R"(\[63:0\])"), "      ");
  text = std::regex_replace(text, std::regex(R"(\(n(\d+) << 1\) \| )"), "");  // one PE: no neighbour to the left
  write_file(folder_.path() / "tram_mapped_row.sv", text);
  write_file(folder_.path() / "row_nets.inc", row.nets_include);
  write_file(folder_.path() / "harness.cpp", fmt::format("constexpr int pes = {};\n{}", pes, harness));
  run_or_throw(
      {"verilator", "--cc", "-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert", "-Wno-fatal", "-Wno-lint",
       "--top-module", "tram_mapped_row", "--prefix", "Vtram_mapped_row", "--Mdir", ".", "tram_mapped_row.sv"},
      folder_.path());
  const std::string root = run_process({"verilator", "--getenv", "VERILATOR_ROOT"}).output;
  const std::string include = root.substr(0, root.find_last_not_of(" \n") + 1) + "/include";
  std::vector<std::string> compile = {
      "c++", "-std=c++20", "-O3",           "-march=x86-64-v3", "-fPIC",
      "-w",  "-shared",    "-I.",           "-I" + include,     "-I" + include + "/vltstd",
      "-o",  "pe.so",      "-Wl,-Bsymbolic"};
  for (const auto& file : std::filesystem::directory_iterator(folder_.path()))
    if (file.path().extension() == ".cpp") compile.push_back(file.path().filename().string());
  compile.insert(compile.end(), {include + "/verilated.cpp", include + "/verilated_threads.cpp", "-lpthread"});
  run_or_throw(compile, folder_.path());
  handle_ = {dlopen((folder_.path() / "pe.so").c_str(), RTLD_NOW | RTLD_LOCAL), [](void* h) {
               if (h) dlclose(h);
             }};
  if (!handle_) throw RunError(dlerror());
  run_ = reinterpret_cast<uint64_t (*)(int)>(dlsym(handle_.get(), "run"));
  run_(1);  // makes the instances
}

}  // namespace tram
