// Faults: what the store does wrong on purpose, by rules from a file (--faults).
//
//   {"seed": 7, "rules": [
//     {"dialect": "s3", "operation": "put_part", "bucket": "b", "key_prefix": "logs/", "part": 3,
//      "skip": 2, "count": 1, "probability": 0.5, "action": "reset", "of": "request", "bytes": 65536}]}
//
// The first rule that fits a request and fires decides. dialect, operation (the counters' names),
// bucket, key_prefix and part narrow it; `skip` lets the first fitting requests pass, `count` ends the
// rule after that many faults, `probability` (of the rest) is decided by the seed, the rule's place and
// the number of the fitting request: the same file gives the same decisions in the same order.
//
// Actions:
//   delay         ms                      wait before the request is looked at
//   throttle      rate (a second)         the vendor's "slow down" (503) above the rate; none: always
//   error         status, code            that answer instead of doing it; none: the vendor's 500
//   error_in_200                          nothing is done; status 200 with the vendor's error body
//   reset         of, bytes               RST after that many bytes of the request's or answer's body
//   truncate      bytes                   the answer's body ends there, and the connection
//   stall         of, bytes, ms           silence there for so long (default an hour), then on
//   corrupt       bytes                   the answer's byte at that offset has its bits turned
//   drop_answer                           it is done, then the connection closes without an answer
//   slow          bytes                   both bodies move at that many bytes a second
//
// Any thread; one lock a rule's decision.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "emulator/call.h"
#include "sluice/result.h"

namespace sluice::emulator {

enum class FaultAction {
  none,
  delay,
  throttle,
  error,
  error_in_200,
  reset,
  truncate,
  stall,
  corrupt,
  drop_answer,
  slow
};

struct Fault {
  FaultAction action = FaultAction::none;
  bool of_request = false;  ///< reset, stall: of the request's body instead of the answer's
  std::uint64_t bytes = 0;
  std::uint64_t ms = 0;
  int status = 0;
  std::string code;
};

class Faults {
 public:
  Faults();  ///< none
  static Result<Faults> load(const std::string& path);
  Faults(Faults&&) noexcept;
  Faults& operator=(Faults&&) noexcept;
  ~Faults();

  Fault pick(const Call& call);

 private:
  struct Rules;
  std::unique_ptr<Rules> rules_;
};

}  // namespace sluice::emulator
