#include "sim/mapping/dataflow.hpp"

#include <stdexcept>

namespace tram {

std::unique_ptr<Dataflow> make_dataflow(DataflowKind kind) {
  switch (kind) {
    case DataflowKind::weight_stationary: return make_weight_stationary();
    case DataflowKind::input_stationary: return make_input_stationary();
  }
  throw std::logic_error("a dataflow without schedule");
}

}  // namespace tram
