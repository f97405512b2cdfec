#include "rtl/row_model.hpp"

#include <dlfcn.h>

#include "models/support/error.hpp"

namespace tram {

RowLibrary::RowLibrary(const std::filesystem::path& object)
    : handle_(dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL), [](void* handle) {
        if (handle) dlclose(handle);
      }) {
  if (!handle_) throw RunError(fmt::format("{}: cannot be loaded: {}", object.string(), dlerror()));
  using Entry = const TramRowApi* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(handle_.get(), "tram_row_api"));
  if (!entry || entry()->version != tram_row_interface_version)
    throw RunError(object.string() + ": is not a compiled row of this version; remove it to have it compiled again");
  api_ = entry();
}

RowGroup::RowGroup(const RowLibrary& library) : api_(library.api_), group_(api_->create(), api_->destroy) {}

}  // namespace tram
