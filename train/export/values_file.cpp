#include "train/export/values_file.hpp"

#include <algorithm>

#include "models/network/safetensors.hpp"
#include "models/support/error.hpp"

namespace tram::train {

void write_values(const std::filesystem::path& path, const std::vector<NamedValues>& parts,
                  const std::map<std::string, std::string>& metadata) {
  NamedTensors tensors;
  for (const NamedValues& part : parts)
    for (const Parameter& p : part.list.entries()) {
      const auto values = part.values.subspan(static_cast<size_t>(p.offset), static_cast<size_t>(p.size));
      tensors.emplace_back(p.name, Tensor{p.shape, {values.begin(), values.end()}});
    }
  write_safetensors(path, tensors, metadata);
}

void read_values(const std::filesystem::path& path, const ParameterList& list, std::span<float> values) {
  const SafeTensors file(path);
  const std::vector<std::string> names = file.names();
  bool found = false;
  for (const Parameter& p : list.entries()) {
    if (std::find(names.begin(), names.end(), p.name) == names.end()) continue;
    found = true;
    const Tensor tensor = file.read(p.name);
    if (static_cast<int64_t>(tensor.data.size()) != p.size)
      throw InputError(file.path(),
                       fmt::format("'{}' of {} values; {} are expected", p.name, tensor.data.size(), p.size));
    std::ranges::copy(tensor.data, values.begin() + p.offset);
  }
  if (!found) throw InputError(file.path(), "no array of this network; a file that this program wrote is expected");
}

}  // namespace tram::train
