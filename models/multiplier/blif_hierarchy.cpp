#include <fmt/format.h>

#include <map>
#include <set>
#include <unordered_map>

#include "models/multiplier/blif.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr size_t deepest = 1000;
constexpr size_t max_parts = 1'000'000;  ///< instances with their ports and covers

using Nets = std::unordered_map<std::string, std::string>;  ///< name in a model, name in the whole

/// Copies the covers of a model and of the instances in it into one list. Nets of an instance that are not its ports
/// get names with a blank, which no name of a file has.
class Flattener {
 public:
  Flattener(const std::vector<BlifModel>& models, const std::string& file) : file_(file) {
    for (const BlifModel& model : models) {
      const auto [place, is_new] = models_.emplace(model.name, &model);
      if (!is_new)
        throw InputError(file, model.line,
                         fmt::format("a second model '{}', the first is in line {}; one of a name is "
                                     "expected",
                                     model.name, place->second->line));
    }
    for (const BlifModel& model : models)
      for (const BlifInstance& instance : model.instances) contained_.insert(instance.model);
  }

  BlifModel flatten(const std::vector<BlifModel>& models) {
    const BlifModel& top = find_top(models);
    BlifModel flat = top;
    flat.covers.clear();
    flat.instances.clear();
    add(top, {}, "", flat.covers);
    for (const BlifModel& model : models)
      if (!seen_.contains(&model))
        throw InputError(file_, model.line,
                         fmt::format("model '{}' is no part of '{}'; one circuit is expected", model.name, top.name));
    return flat;
  }

 private:
  const BlifModel& find_top(const std::vector<BlifModel>& models) const {
    const BlifModel* top = nullptr;
    for (const BlifModel& model : models) {
      if (contained_.contains(model.name)) continue;
      if (top != nullptr)
        throw InputError(file_, model.line,
                         fmt::format("models '{}' and '{}', neither in the other; one circuit is "
                                     "expected",
                                     top->name, model.name));
      top = &model;
    }
    if (top == nullptr)
      throw InputError(file_, models[0].line,
                       fmt::format("model '{}' contains itself; a tree of models is expected", models[0].name));
    return *top;
  }

  void add(const BlifModel& model, const Nets& ports, const std::string& prefix, std::vector<BlifCover>& covers) {
    seen_.insert(&model);
    const auto net = [&](const std::string& name) {
      const auto port = ports.find(name);
      return port == ports.end() ? prefix + name : port->second;
    };
    auto instance = model.instances.begin();
    for (size_t i = 0; i <= model.covers.size(); ++i) {
      for (; instance != model.instances.end() && instance->covers_before == i; ++instance) add(*instance, net, covers);
      if (i == model.covers.size()) break;
      covers.push_back(model.covers[i]);
      covers.back().output = net(covers.back().output);
      for (std::string& input : covers.back().inputs) input = net(input);
    }
  }

  template <class Net>
  void add(const BlifInstance& instance, const Net& net, std::vector<BlifCover>& covers) {
    const BlifModel& model = model_of(instance);
    Nets ports;
    const std::set<std::string> inputs(model.inputs.begin(), model.inputs.end()),
        outputs(model.outputs.begin(), model.outputs.end());
    for (const auto& [port, outer] : instance.connections) {
      if (!inputs.contains(port) && !outputs.contains(port))
        throw InputError(file_, instance.line, fmt::format("model '{}' has no port '{}'", model.name, port));
      if (!ports.emplace(port, net(outer)).second)
        throw InputError(file_, instance.line, fmt::format("port '{}' of '{}' is connected twice", port, model.name));
    }
    for (const std::string& input : model.inputs)
      if (!ports.contains(input))
        throw InputError(file_, instance.line, fmt::format("input '{}' of '{}' is not connected", input, model.name));
    if (++depth_ > deepest)
      throw InputError(file_, instance.line,
                       fmt::format("model '{}' nested {} deep, or in itself; a tree of models is "
                                   "expected",
                                   model.name, deepest));
    parts_ += 1 + model.inputs.size() + model.outputs.size() + model.covers.size();
    if (parts_ > max_parts)
      throw InputError(file_, instance.line,
                       fmt::format("more than {} parts of instances; a multiplier is expected", max_parts));
    add(model, ports, fmt::format("{} (instance {}) ", model.name, ++instances_), covers);
    --depth_;
  }

  const BlifModel& model_of(const BlifInstance& instance) const {
    const auto found = models_.find(instance.model);
    if (found == models_.end() || found->second->is_black_box)
      throw InputError(file_, instance.line,
                       fmt::format("'.subckt {0}', but the file does not hold what is in '{0}'; its "
                                   ".model with .names is expected",
                                   instance.model));
    return *found->second;
  }

  const std::string& file_;
  std::map<std::string, const BlifModel*> models_;
  std::set<std::string> contained_;  ///< names of models that another one contains
  std::set<const BlifModel*> seen_;
  size_t depth_ = 1, instances_ = 0, parts_ = 0;
};

}  // namespace

BlifModel parse_blif_model(const std::string& text, const std::string& file) {
  const std::vector<BlifModel> models = parse_blif_models(text, file);
  return Flattener(models, file).flatten(models);
}

}  // namespace tram
