#pragma once

namespace tram::test {

/// Whether the test is built with the address sanitizer. It does not know the stacks of SystemC's threads: an
/// exception thrown on one leaves it with stale marks, and it reports errors that are none
/// (github.com/google/sanitizers/issues/189).
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif
inline constexpr char kThrowsOnAThread[] = "throws on a SystemC thread, whose stack the sanitizer does not know";

}  // namespace tram::test
