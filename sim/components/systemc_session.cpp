#include "sim/components/systemc_session.hpp"

#include <cstdlib>
#include <systemc>

/// SystemC's library has a main() that calls it; our programs have their own main() instead.
extern "C" int sc_main(int, char**) { return 0; }

namespace tram {

void prepare_systemc() {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  for (const sc_core::sc_severity severity : {sc_core::SC_WARNING, sc_core::SC_ERROR})
    sc_core::sc_report_handler::set_actions(severity, sc_core::SC_THROW);
}

}  // namespace tram
