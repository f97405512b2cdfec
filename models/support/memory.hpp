#pragma once
#include <new>
#include <string>

#include "models/support/error.hpp"

namespace tram {

/// body(). Where memory runs out, RunError "out of memory while WHAT; ADVICE": what was under way, and how much it
/// needs or what to change.
template <class Body>
decltype(auto) within_memory(const std::string& what, const std::string& advice, const Body& body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    throw RunError(fmt::format("out of memory while {}; {}", what, advice));
  }
}

}  // namespace tram
