#pragma once

namespace tram {

/// SystemC without its banner, and with its warnings as exceptions like its errors. Call it before anything else of
/// SystemC; more than once does no harm.
void prepare_systemc();

}  // namespace tram
