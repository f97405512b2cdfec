#include "rtl/axm/structures.hpp"

#include "models/support/error.hpp"

namespace tram::axm {

MultiplierStructure find_structure(const std::string& name_or_file) {
  if (is_structure_file(name_or_file)) return read_structure(name_or_file);
  throw InputError("multiplier", fmt::format("'{}' has no structure; a .axm.json file is expected", name_or_file));
}

}  // namespace tram::axm
