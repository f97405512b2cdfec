#include "models/multiplier/catalogue.hpp"

#include <map>

#include "models/multiplier/families/families.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"

namespace tram {
namespace {

const std::vector<MultiplierFamily>& families() {
  static const std::vector<MultiplierFamily> all = {
      exact_unsigned_family(),    exact_signed_family(), booth_family(),       truncation_family(),
      signed_truncation_family(), broken_array_family(), perforation_family(), or_column_family(),
      or_pair_family(),           drum_family(),         mitchell_family(),    momeni_family(),
      kulkarni_family()};
  return all;
}

const FamilyMember* find_member(const std::string& name) {
  static const auto by_name = [] {
    std::map<std::string, const FamilyMember*> members;
    for (const MultiplierFamily& family : families())
      for (const FamilyMember& member : family.members) members.emplace(member.name, &member);
    return members;
  }();
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

struct SizedName {
  std::string name;
  int a_bits = 8, b_bits = 8;
};

/// Takes the suffix _<a>x<b> off a name.
SizedName sized_name(const std::string& name) {
  const auto is_width = [](char c) { return c >= '2' && c <= '8'; };
  const size_t at = name.size() < 4 ? 0 : name.size() - 4;
  if (at == 0 || name[at] != '_' || !is_width(name[at + 1]) || name[at + 2] != 'x' || !is_width(name[at + 3]))
    return {name};
  return {name.substr(0, at), name[at + 1] - '0', name[at + 3] - '0'};
}

[[noreturn]] void refuse(const std::string& name_or_file) {
  throw InputError(
      "multiplier",
      fmt::format("unknown '{}'; a built-in name (tram_axm list has them) or a .axm.json, .blif, .v or .sv file "
                  "is expected{}",
                  name_or_file, did_you_mean(sized_name(name_or_file).name, multiplier_names())));
}

}  // namespace

const std::vector<MultiplierInfo>& multiplier_catalogue() {
  static const auto catalogue = [] {
    std::vector<MultiplierInfo> infos;
    for (const MultiplierFamily& family : families()) {
      infos.push_back({family.pattern, family.summary, family.source, {}});
      for (const FamilyMember& member : family.members) infos.back().members.push_back(member.name);
    }
    return infos;
  }();
  return catalogue;
}

const std::vector<std::string>& multiplier_names() {
  static const auto names = [] {
    std::vector<std::string> all;
    for (const MultiplierFamily& family : families())
      for (const FamilyMember& member : family.members) all.push_back(member.name);
    return all;
  }();
  return names;
}

bool is_multiplier_name(const std::string& name) { return find_member(sized_name(name).name) != nullptr; }

std::string name_at_widths(const std::string& name, int a_bits, int b_bits) {
  if ((a_bits == 8 && b_bits == 8) || find_member(name) == nullptr) return name;
  return fmt::format("{}_{}x{}", name, a_bits, b_bits);
}

bool is_multiplier_file(const std::filesystem::path& path) { return is_structure_file(path) || is_netlist_file(path); }

Netlist find_multiplier(const std::string& name_or_file) {
  std::vector<std::string> notes;
  return find_multiplier(name_or_file, {}, notes);
}

Netlist find_multiplier(const std::string& name_or_file, const MultiplierFileOptions& options,
                        std::vector<std::string>& notes) {
  const SizedName sized = sized_name(name_or_file);
  if (const FamilyMember* member = find_member(sized.name)) {
    Netlist netlist = member->build(sized.a_bits, sized.b_bits);
    netlist.name = name_or_file;
    return netlist;
  }
  if (is_structure_file(name_or_file)) return build_multiplier(read_structure(name_or_file));
  if (is_netlist_file(name_or_file)) {
    MultiplierFile file = read_multiplier_file(name_or_file, options);
    notes.insert(notes.end(), file.notes.begin(), file.notes.end());
    return std::move(file.netlist);
  }
  refuse(name_or_file);
}

std::optional<MultiplierStructure> find_structure(const std::string& name_or_file) {
  const SizedName sized = sized_name(name_or_file);
  if (const FamilyMember* member = find_member(sized.name)) {
    if (!member->structure) return std::nullopt;
    MultiplierStructure structure = member->structure(sized.a_bits, sized.b_bits);
    structure.name = name_or_file;
    return structure;
  }
  if (is_structure_file(name_or_file)) return read_structure(name_or_file);
  if (is_netlist_file(name_or_file)) return std::nullopt;
  refuse(name_or_file);
}

}  // namespace tram
