#include "train/onednn/single_thread.hpp"

#include <omp.h>

namespace tram::train::onednn {

void use_single_thread() { omp_set_num_threads(1); }

}  // namespace tram::train::onednn
