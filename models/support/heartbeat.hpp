#pragma once
#include <functional>

namespace tram {

/// Says that this process goes on, to whoever watches it: to be called from every loop that may take minutes, by the
/// process's first thread. Cheap; without a listener it does nothing.
void heartbeat();

/// Sets the listener, which is called at most once a second; an empty function: none.
void listen_to_heartbeats(std::function<void()> listener);

}  // namespace tram
