// What may be turned at start and while it runs: delays, speed, faults. Read by every loop at any time.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace sink {

struct Knobs {
  std::atomic<double> latency{0};                    ///< ms before each answer, after the request's body
  std::atomic<double> continue_{0};                  ///< ms before "100 Continue"; blocks its loop
  std::atomic<double> cap{0};                        ///< bytes/s of each connection, each way
  std::atomic<double> total{0};                      ///< bytes/s of all connections together, each way
  std::atomic<double> rate{0};                       ///< requests/s; those above are answered 503 SlowDown
  std::atomic<double> p503{0}, p500{0};              ///< probability that a request is answered so
  std::atomic<double> reset{0}, trunc{0}, stall{0};  ///< ... that an object's body ends so, either way
  std::atomic<double> stall_conns{0};  ///< one connection in so many stops once, amid an object's body
  std::atomic<double> stall_ms{1000};  ///< for so long
  std::atomic<std::uint64_t> seed{1};
  std::atomic<std::uint64_t> seeded{1};       ///< grows when the seed is set, even to what it was
  std::atomic<std::uint64_t> connections{0};  ///< accepted since then

  /// False: there is no such knob.
  bool set(std::string_view name, const std::string& value);
};

/// Admits requests up to a rate, and 50 ms of it at once. Shared by all loops.
class RateLimit {
 public:
  bool admits(double per_second, std::uint64_t now_ns);

 private:
  std::atomic<std::uint64_t> next_{0};  ///< when the next request would come if they came evenly
};

/// Hands a bandwidth out to connections in the order they ask. What was not used lapses after 50 ms.
class Bandwidth {
 public:
  /// When `bytes` may pass, which are taken with that.
  std::uint64_t reserve(double per_second, std::uint64_t bytes, std::uint64_t now_ns);

 private:
  std::atomic<std::uint64_t> next_{0};  ///< when all that was handed out will have passed
};

}  // namespace sink
