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

SignalsHeld::SignalsHeld() {
  sigset_t held;
  sigemptyset(&held);
  for (const int number : ending_signals) sigaddset(&held, number);
  pthread_sigmask(SIG_BLOCK, &held, &before_);
}

SignalsHeld::~SignalsHeld() { release(); }

void SignalsHeld::release() const { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace tram
