// Counters: what the store did, by its own account. Tests prove by them what a client sent.
//
// Any thread; one lock. to_json() is the answer of the admin port's /counters:
//
//   {"connections": 3, "requests": 12,
//    "dialects": {"s3": {"put_part": {"requests": 4, "failed": 1, "bytes_in": 20971520,
//                                     "bytes_out": 0, "statuses": {"200": 3, "503": 1}}, ...}, ...},
//    "parts": [{"dialect": "s3", "bucket": "b", "key": "k", "upload_id": "...", "part": 1,
//               "received": 2, "acknowledged": 1, "after_acknowledged": 0}, ...]}
//
// bytes_in and bytes_out are body bytes on the wire (framing of chunks included, heads not), counted
// when the request ends, also badly. `received` counts requests that carried the part's body to its
// end, `acknowledged` those whose 2xx answer was handed whole to the socket of a client that had not
// left, and `after_acknowledged` requests for the part that began after that.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "emulator/call.h"
#include "emulator/dialect.h"

namespace sluice::emulator {

/// One request as the connection saw it end.
struct Finished {
  int status = 0;  ///< 0: none was sent
  std::uint64_t bytes_in = 0, bytes_out = 0;
  bool body_complete = false;  ///< the request's body arrived to its end
  bool answered = false;       ///< the whole answer was handed to the socket of a client that was there
};

class Counters {
 public:
  void connected();
  void begun(const Call& call);
  void ended(const Call& call, const Finished& finished);
  std::string to_json() const;
  void reset();

 private:
  struct Tally {
    std::uint64_t requests = 0, failed = 0, bytes_in = 0, bytes_out = 0;
    std::map<int, std::uint64_t> statuses;
  };
  struct PartTally {
    std::uint64_t received = 0, acknowledged = 0, after_acknowledged = 0;
  };
  /// dialect, bucket, key, upload id, part number
  using PartName = std::tuple<std::string, std::string, std::string, std::string, std::string>;

  mutable std::mutex mutex_;
  std::uint64_t connections_ = 0, requests_ = 0;
  std::map<std::string, std::map<std::string, Tally>> dialects_;
  std::map<PartName, PartTally> parts_;
};

}  // namespace sluice::emulator
