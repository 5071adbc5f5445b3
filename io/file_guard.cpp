// SIGBUS while copying out of a mapping becomes an answer.
#include "io/file_guard.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <mutex>

namespace sluice::io {
namespace {

struct Window {
  std::uintptr_t begin = 0, end = 0;
  volatile sig_atomic_t faulted = 0;
};

// initial-exec: the handler may not run the allocation that a lazily made thread-local would need.
__attribute__((tls_model("initial-exec"))) thread_local constinit Window guarded;

struct sigaction previous;

void pass_on(int signal_number, siginfo_t* info, void* context) {
  if (previous.sa_flags & SA_SIGINFO) return previous.sa_sigaction(signal_number, info, context);
  if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)
    return previous.sa_handler(signal_number);
  if (previous.sa_handler == SIG_IGN && info->si_code <= 0) return;  // sent by kill(), not by a fault
  // The faulting instruction runs again and dies as it would have without us; a sent signal is resent.
  signal(signal_number, SIG_DFL);
  if (info->si_code <= 0) raise(signal_number);
}

void on_bus_error(int signal_number, siginfo_t* info, void* context) {
  const int kept_errno = errno;
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  if (info->si_code > 0 && address >= guarded.begin && address < guarded.end) {
    // The bare system call: the sanitizers' mmap is not made for signal handlers.
    const long at = syscall(SYS_mmap, guarded.begin, guarded.end - guarded.begin, PROT_READ,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    errno = kept_errno;
    if (at != -1) {
      guarded.faulted = 1;
      return;
    }
  }
  pass_on(signal_number, info, context);
  errno = kept_errno;
}

void install_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, nullptr, &previous);
    sigaction(SIGBUS, &action, nullptr);
  });
}

/// A fault whose signal is blocked kills the process whatever the handler: threads that block all
/// signals are made to take this one.
void unblock_once_per_thread() {
  thread_local bool done = false;
  if (done) return;
  done = true;
  sigset_t bus;
  sigemptyset(&bus);
  sigaddset(&bus, SIGBUS);
  pthread_sigmask(SIG_UNBLOCK, &bus, nullptr);
}

}  // namespace

bool guarded_copy(char* to, const char* window, std::size_t window_bytes, std::size_t offset,
                  std::size_t count) {
  install_once();
  unblock_once_per_thread();
  guarded.faulted = 0;
  guarded.begin = reinterpret_cast<std::uintptr_t>(window);
  guarded.end = guarded.begin + window_bytes;
  asm volatile("" ::: "memory");  // the handler must see the window before the first touch
  std::memcpy(to, window + offset, count);
  asm volatile("" ::: "memory");
  guarded.begin = guarded.end = 0;
  return guarded.faulted == 0;
}

}  // namespace sluice::io
