#include "rtl/pe_source.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/printable.hpp"
#include "models/support/text.hpp"
#include "rtl_sources.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }

/// SystemVerilog with a blank in place of each comment.
std::string without_comments(const std::string& text) {
  std::string code;
  for (size_t i = 0; i < text.size();) {
    const bool is_line = text.compare(i, 2, "//") == 0, is_block = text.compare(i, 2, "/*") == 0;
    if (!is_line && !is_block) {
      code += text[i++];
      continue;
    }
    const size_t end = text.find(is_line ? "\n" : "*/", i + 2);
    if (end == std::string::npos) break;
    i = is_line ? end : end + 2;
    code += ' ';
  }
  return code;
}

/// Position of a word from `from` on, npos where there is none.
size_t find_word(const std::string& code, const std::string& word, size_t from = 0) {
  for (size_t at = code.find(word, from); at != std::string::npos; at = code.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_word(code[at - 1])) && (end == code.size() || !is_word(code[end]))) return at;
  }
  return std::string::npos;
}

/// The first position from `from` on that is no white space.
size_t skip_blanks(const std::string& code, size_t from) {
  const size_t at = code.find_first_not_of(" \t\r\n", from);
  return at == std::string::npos ? code.size() : at;
}

/// Modules of a text, each from its name to its endmodule.
std::map<std::string, std::string> modules_of(const std::string& text) {
  std::map<std::string, std::string> modules;
  const std::string code = without_comments(text);
  for (size_t at = find_word(code, "module"); at != std::string::npos; at = find_word(code, "module", at + 1)) {
    const size_t name = skip_blanks(code, at + 6), end = std::min(find_word(code, "endmodule", at), code.size());
    const size_t after = static_cast<size_t>(
        std::find_if_not(code.begin() + static_cast<ptrdiff_t>(name), code.end(), is_word) - code.begin());
    modules.emplace(code.substr(name, after - name), code.substr(after, end - std::min(end, after)));
  }
  return modules;
}

/// Whether a port has an attribute `tram`.
bool has_roles(const std::string& module) {
  for (size_t at = module.find("(*"); at != std::string::npos; at = module.find("(*", at + 1)) {
    const size_t name = skip_blanks(module, at + 2);
    if (find_word(module, "tram", name) == name && module[skip_blanks(module, name + 4)] == '=') return true;
  }
  return false;
}

std::map<std::string, std::string> modules_of(const std::vector<SourceText>& files) {
  std::map<std::string, std::string> modules;
  for (const SourceText& file : files) modules.merge(modules_of(file.text));
  return modules;
}

std::vector<SourceText> read_sources(const fs::path& folder) {
  std::set<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (const fs::path suffix = entry.path().extension(); suffix == ".sv" || suffix == ".v") paths.insert(entry.path());
  if (paths.empty())
    throw InputError(folder.string(), "holds no .sv or .v file; the SystemVerilog of a processing element is expected");
  std::vector<SourceText> files;
  for (const fs::path& path : paths) files.push_back({path.filename().string(), read_file(path)});
  return files;
}

/// Lines "name: words".
std::map<std::string, std::string> read_contract(const fs::path& path) {
  std::map<std::string, std::string> entries;
  std::istringstream lines(read_file(path));
  std::string line;
  for (long number = 1; std::getline(lines, line); ++number) {
    constexpr std::string_view blanks = " \t\r";
    const std::string_view content = trimmed(std::string_view(line).substr(0, line.find('#')), blanks);
    if (content.empty()) continue;
    const size_t colon = content.find(':');
    const std::string name(trimmed(content.substr(0, colon), blanks));
    const std::string_view role = colon == std::string_view::npos ? "" : trimmed(content.substr(colon + 1), blanks);
    if (role.empty() || !std::ranges::all_of(name, is_word))
      throw InputError(path.string(), number,
                       fmt::format("'{}'; 'top: MODULE' or 'PORT: ROLE', as 'weight_i: weight held south', is expected",
                                   printable(line)));
    if (!entries.emplace(name, role).second)
      throw InputError(path.string(), number, fmt::format("'{}' comes twice; once is expected", name));
  }
  return entries;
}

/// The one module whose ports have attributes.
std::string top_of(const fs::path& folder, const std::vector<SourceText>& files) {
  std::vector<std::string> found;
  for (const auto& [name, text] : modules_of(files))
    if (has_roles(text)) found.push_back(name);
  if (found.size() == 1) return found[0];
  if (found.empty())
    throw InputError(folder.string(),
                     "no module has ports with attributes (* tram = \"...\" *), and there is no contract.yaml; one of "
                     "them is expected");
  throw InputError(folder.string(),
                   fmt::format("modules '{}' and '{}' both have ports with attributes (* tram = \"...\" *); one, or a "
                               "contract.yaml with 'top: MODULE', is expected",
                               found[0], found[1]));
}

}  // namespace

bool PeSource::has_parameter(const std::string& name) const {
  const auto modules = modules_of(files);
  const auto found = modules.find(top);
  if (found == modules.end()) return false;
  const std::string& code = found->second;
  for (size_t at = find_word(code, name); at != std::string::npos; at = find_word(code, name, at + 1)) {
    const size_t begin = code.find_last_of(";,()", at);
    const bool is_local =
        find_word(code.substr(0, at), "localparam", begin == std::string::npos ? 0 : begin) != std::string::npos;
    if (const size_t next = skip_blanks(code, at + name.size()); !is_local && next < code.size() && code[next] == '=')
      return true;
  }
  return false;
}

PeSource built_in_pe(PeKind kind) {
  switch (kind) {
    case PeKind::plain: return {"tram_pe", {{"tram_pe.sv", embedded::tram_pe_sv}}};
    case PeKind::gated: return {"tram_gated_pe", {{"tram_gated_pe.sv", embedded::tram_gated_pe_sv}}};
    case PeKind::hidden: break;
  }
  return {"tram_hidden_pe", {{"tram_hidden_pe.sv", embedded::tram_hidden_pe_sv}}};
}

PeSource read_pe(const fs::path& folder) {
  PeSource source{{}, read_sources(folder)};
  const fs::path contract = folder / "contract.yaml";
  if (!fs::exists(contract)) {
    source.top = top_of(folder, source.files);
    return source;
  }
  source.roles = read_contract(contract);
  const auto top = source.roles.find("top");
  source.top = top != source.roles.end() ? top->second : top_of(folder, source.files);
  if (top != source.roles.end()) source.roles.erase(top);
  if (!modules_of(source.files).contains(source.top))
    throw InputError(contract.string(),
                     fmt::format("top '{}' is in no .sv or .v file of the folder; a module of them is "
                                 "expected",
                                 source.top));
  return source;
}

}  // namespace tram
