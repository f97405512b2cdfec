#include "models/multiplier/c_model.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "models/multiplier/sign_reading.hpp"
#include "models/multiplier/table_text.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// The one to use among those of a file.
CFunction choose(const std::vector<CFunction>& functions, const fs::path& path, const std::string& asked) {
  const std::string wanted = asked.empty() ? path.stem().string() : asked;
  const auto found = std::ranges::find(functions, wanted, &CFunction::name);
  if (found != functions.end()) return *found;
  if (asked.empty() && functions.size() == 1) return functions[0];
  std::vector<std::string> names;
  for (const CFunction& function : functions) names.push_back(function.name);
  throw InputError(path.string(), functions.empty()
                                      ? "no function of two integers; uint16_t f(uint8_t a, uint8_t b) {...}, for "
                                        "example, is expected"
                                      : fmt::format("the functions {} and none named {}; --function NAME is expected",
                                                    fmt::join(names, ", "), wanted));
}

struct Widths {
  int a = 0, b = 0;
};

/// Operand widths in a name such as mul8u_1JJQ or mul8x7u_0V5; 0 without.
Widths named_widths(const std::string& name) {
  int a = 0, b = 0, end = 0;
  char sign = 0;
  if (std::sscanf(name.c_str(), "mul%2dx%2d%c%n", &a, &b, &sign, &end) == 3 && (sign == 'u' || sign == 's'))
    return {a, b};
  if (std::sscanf(name.c_str(), "mul%2d%c%n", &a, &sign, &end) == 2 && (sign == 'u' || sign == 's')) return {a, a};
  return {};
}

Widths widths_of(const CFunction& function, const fs::path& path, const MultiplierFileOptions& options) {
  const auto typed = [](const CFunction::Type& type) { return type.has_width ? type.bits : 0; };
  const auto fits = [](int bits, const CFunction::Type& type) {
    return bits >= 1 && bits <= std::min(widest_operand, type.bits);
  };
  const Widths named = named_widths(function.name);
  const auto choose_width = [&](int asked, int by_name, const CFunction::Type& type) {
    return asked > 0 ? asked : by_name > 0 ? by_name : typed(type);
  };
  const Widths widths{choose_width(options.a_bits, named.a, function.first),
                      choose_width(options.b_bits, named.b, function.second)};
  if (fits(widths.a, function.first) && fits(widths.b, function.second)) return widths;
  throw InputError(path.string(), fmt::format("{}({}, {}) with operands of {} and {} bits; 1 to {} that its parameters "
                                              "hold are expected: --a-bits, --b-bits",
                                              function.name, function.first.text, function.second.text, widths.a,
                                              widths.b, widest_operand));
}

/// A program that writes the product codes of all pairs, or of those in pairs.bin, to products.bin. Exit code 3: a product
/// out of range, which it prints.
std::string driver(const CFunction& function, const Widths& first_and_second, bool is_sample, bool signed_operands,
                   bool swapped) {
  const int first_bits = first_and_second.a, second_bits = first_and_second.b, bits = first_bits + second_bits;
  const int b_bits = swapped ? first_bits : second_bits;
  const auto operand = [&](const char* code, int width, const std::string& type) {
    return signed_operands
               ? fmt::format("({})(int32_t)(({} ^ {}u) - {}u)", type, code, 1u << (width - 1), 1u << (width - 1))
               : fmt::format("({}){}", type, code);
  };
  return fmt::format(R"(#define main tram_model_main
#include "model.c"
#undef main
#include <stdint.h>
#include <stdio.h>
int main(void) {{
  FILE* pairs = {0} ? fopen("pairs.bin", "rb") : 0;
  FILE* products = fopen("products.bin", "wb");
  if (!products || ({0} && !pairs)) return 4;
  for (uint64_t i = 0; {0} || i < 1ull << {1}; ++i) {{
    uint32_t pair = (uint32_t)i;
    if ({0} && fread(&pair, 4, 1, pairs) != 1) break;
    const uint32_t a = pair >> {2}, b = pair & ((1u << {2}) - 1u);
    const int64_t product = (int64_t){3}({4}, {5});
    const uint32_t code = (uint32_t)((uint64_t)product & (~0ull >> (64 - {1})));
    if (product < {6} || product >= 1ll << {1}) {{
      printf("the product %lld of a = %u, b = %u", (long long)product, a, b);
      return 3;
    }}
    if (fwrite(&code, 4, 1, products) != 1) return 4;
  }}
  return fclose(products) ? 4 : 0;
}}
)",
                     is_sample ? 1 : 0, bits, b_bits, function.name,
                     operand(swapped ? "b" : "a", first_bits, function.first.text),
                     operand(swapped ? "a" : "b", second_bits, function.second.text),
                     function.result.is_signed ? fmt::format("-(1ll << {})", bits - 1) : "0");
}

/// The compiler's first error, at the line of the model where it names one.
[[noreturn]] void throw_compiler_error(const fs::path& path, const std::string& output) {
  std::istringstream lines(output);
  std::string first;
  for (std::string line; first.empty() && std::getline(lines, line);)
    if (line.find("error") != std::string::npos) first = line.substr(0, 200);
  long line = 0;
  const std::string where = "model.c:";
  const size_t message = first.find("error: ");
  if (first.starts_with(where) && message != std::string::npos &&
      std::sscanf(first.c_str() + where.size(), "%9ld", &line) == 1)
    throw InputError(path.string(), line,
                     first.substr(message + 7) + "; C that the system's compiler takes is expected");
  throw InputError(path.string(),
                   fmt::format("cc cannot compile it: {}", first.empty() ? output.substr(0, 200) : first));
}

std::vector<uint32_t> numbers_of(const std::string& bytes) {
  std::vector<uint32_t> numbers(bytes.size() / sizeof(uint32_t));
  std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(uint32_t));
  return numbers;
}

/// The compiler or the compiled model; at a limit the model's file is named.
ProcessResult run_for(const fs::path& path, const std::vector<std::string>& command, const fs::path& folder) try {
  return run_tool(command, folder);
} catch (const LimitError&) {
  throw InputError(path.string(),
                   fmt::format("{} came to the limit of $TRAM_TOOL_SECONDS or $TRAM_TOOL_MEMORY; one that "
                               "needs less is expected",
                               command.size() == 1 ? "its function" : "compiling it"));
}

/// Compiles and runs the driver with the model beside it.
std::vector<uint32_t> run_model(const fs::path& path, const std::string& text, const std::string& driver_text,
                                const std::vector<uint32_t>& pairs) {
  if (find_program("cc").empty())
    throw InputError("cc", "not found on PATH; it compiles C models: install one (Debian package gcc)");
  const TemporaryFolder folder;
  write_file(folder.path() / "model.c", text);
  write_file(folder.path() / "driver.c", driver_text);
  write_file(folder.path() / "pairs.bin",
             std::string(reinterpret_cast<const char*>(pairs.data()), pairs.size() * sizeof(uint32_t)));
  const auto tool = [&](const std::vector<std::string>& command) { return run_for(path, command, folder.path()); };
  const ProcessResult compiled = tool({"cc", "-std=gnu11", "-O2", "-w", "-o", "model", "driver.c"});
  if (compiled.exit_code != 0) throw_compiler_error(path, compiled.output);
  const ProcessResult result = tool({(folder.path() / "model").string()});
  if (result.exit_code == 3)
    throw InputError(path.string(), result.output + "; a code of as many bits as both operands is expected");
  if (result.exit_code != 0)
    throw InputError(path.string(),
                     fmt::format("its function ends the program with exit code {}; a product of every pair "
                                 "is expected",
                                 result.exit_code));
  return numbers_of(read_file(folder.path() / "products.bin"));
}

}  // namespace

bool is_c_model_file(const fs::path& path) {
  if (path.extension() != ".c" || !fs::is_regular_file(path)) return false;
  const std::string text = read_file(path);
  const std::vector<CFunction> functions = c_functions(text);
  if (!has_c_array(text)) return !functions.empty();
  return std::ranges::find(functions, path.stem().string(), &CFunction::name) != functions.end();
}

TruthTable CModel::table() const {
  if (std::max(products.a_bits, products.b_bits) > widest_table_operand)
    throw InputError(function.name, fmt::format("operands of {} and {} bits; a table holds up to {} each",
                                                products.a_bits, products.b_bits, widest_table_operand));
  TruthTable table{products.a_bits, products.b_bits, is_signed, {}};
  for (size_t i = 0; i < products.codes.size(); ++i)
    table.values.push_back(static_cast<int32_t>(products.value(i, is_signed)));
  return table;
}

CModel read_c_model(const fs::path& path, const MultiplierFileOptions& options, const PairSample& sample) {
  if (options.offset_codes || options.wrapped_products)
    throw InputError(path.string(), "offset codes or wrapped products given for a C model; they are for tables");
  const std::string text = read_file(path);
  CModel model;
  model.function = choose(c_functions(text), path, options.function);
  const CFunction& function = model.function;
  const auto says_signed = [](const CFunction::Type& type) { return type.has_width && type.is_signed; };
  const std::optional<bool> declared =
      says_signed(function.first) && says_signed(function.second) ? std::optional(true) : std::nullopt;
  const Widths widths = widths_of(function, path, options);
  ProductCodes& products = model.products;
  products = {widths.a, widths.b, widths.a + widths.b, sample, {}, {}};
  if (options.swap_operands) std::swap(products.a_bits, products.b_bits);
  products.pairs = pairs_to_evaluate(products.a_bits, products.b_bits, sample);
  const bool signed_operands = options.is_signed.value_or(declared.value_or(false));
  products.codes =
      run_model(path, text, driver(function, widths, products.is_sample(), signed_operands, options.swap_operands),
                products.pairs);
  const SignReading sign = find_sign(products, options.is_signed, declared);
  model.is_signed = sign.is_signed;
  const std::string file = path.filename().string();
  if (!sign.note.empty()) model.notes.push_back(fmt::format("{} {}", file, sign.note));
  if (!options.swap_operands && suggests_other_order(function.first_name, function.second_name))
    model.notes.push_back(fmt::format("{} {}", file, order_note(function.first_name, function.second_name)));
  return model;
}

}  // namespace tram
