#pragma once
#include <array>
#include <csignal>

namespace tram {

/// Signals that ask a program to end: Ctrl-C, kill or a batch system, a terminal that closes.
inline constexpr std::array<int, 3> ending_signals = {SIGINT, SIGTERM, SIGHUP};

/// Handler of these signals: while it lives they call a function instead of ending the program. SIGHUP stays ignored
/// where it is (nohup).
class EndingSignals {
 public:
  enum class Calls { once, always };  ///< once: a second signal of a kind has its default effect

  EndingSignals(void (*handler)(int), Calls calls);
  ~EndingSignals();
  EndingSignals(const EndingSignals&) = delete;
  EndingSignals& operator=(const EndingSignals&) = delete;

 private:
  std::array<struct sigaction, ending_signals.size()> before_;
};

/// Holds the ending signals of this thread back: one that comes meanwhile is delivered at the end of the holding. Around
/// a fork, the child sets up its own handling before it hears the first.
class SignalsHeld {
 public:
  SignalsHeld();
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  void release() const;

 private:
  sigset_t before_;
};

}  // namespace tram
