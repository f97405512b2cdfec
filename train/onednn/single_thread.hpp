#pragma once

namespace tram::train::onednn {

/// oneDNN's primitives created and run by the calling thread use this thread alone from now on. The learner divides a
/// batch into shards of fixed size and gives each to one thread, so results do not depend on the thread count.
void use_single_thread();

}  // namespace tram::train::onednn
