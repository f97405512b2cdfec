#include "models/support/signals.hpp"

namespace tram {

EndingSignals::EndingSignals(void (*handler)(int), Calls calls) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART | (calls == Calls::once ? static_cast<int>(SA_RESETHAND) : 0);
  for (size_t i = 0; i < ending_signals.size(); ++i) {
    sigaction(ending_signals[i], nullptr, &before_[i]);
    const bool is_nohup = ending_signals[i] == SIGHUP && before_[i].sa_handler == SIG_IGN;
    if (!is_nohup) sigaction(ending_signals[i], &action, nullptr);
  }
}

EndingSignals::~EndingSignals() {
  for (size_t i = 0; i < ending_signals.size(); ++i) sigaction(ending_signals[i], &before_[i], nullptr);
}

}  // namespace tram
