// Service: what happens to a request between its head and its answer. No sockets here.
//
// begin() routes, verifies the signature and asks the operation whether it may; take() receives the
// body's plain bytes; finish() checks every digest that came with them, runs the operation and answers.
// An Exchange belongs to one request on one thread at a time; the Service itself to any.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "emulator/accounts.h"
#include "emulator/body_decoder.h"
#include "emulator/counters.h"
#include "emulator/faults.h"
#include "emulator/http_head.h"
#include "emulator/operations.h"
#include "emulator/router.h"

namespace sluice::emulator {

/// One request on its way through the service.
struct Exchange {
  Head head;
  Call call;
  Fault fault;
  std::optional<Reply> refused;  ///< the answer is known before the body
  const Step* step = nullptr;    ///< set unless refused
  BodyFraming framing;
  std::optional<signers::ChunkSigner> chunk_signatures;
  std::string payload_hash;      ///< hex SHA-256 that the client signed, or empty
  std::string trailer_checksum;  ///< name of the checksum header that the trailer must hold, or empty
  Arrived arrived;
  Trouble body_trouble = Trouble::none;
};

class Service {
 public:
  struct Options {
    const Dialect* fallback = &kS3;
    std::map<std::string, std::string, std::less<>> regions;
    std::function<TimePoint()> now;
  };
  Service(Options options, Storage& storage, const Accounts& accounts, Faults faults);

  std::unique_ptr<Exchange> begin(Head head, const Dialect* pinned);
  bool take(Exchange&, std::string_view plain);  ///< false: the body is refused
  /// `trouble`: how the framing of the body ended.
  Reply finish(Exchange&, Trouble trouble, const io::Headers& trailer, std::uint64_t plain_bytes);
  Reply refuse(Exchange&, Failure failure) const;

  Counters& counters() { return counters_; }
  std::string pending_uploads() const;  ///< JSON, for the admin port

 private:
  Outcome<Done> admit(Exchange&);
  Outcome<Done> verify(Exchange&);
  bool anybody_may(const Call&);
  Outcome<Done> frame(Exchange&);
  Outcome<Done> check_body(Exchange&, const io::Headers& trailer, std::uint64_t plain_bytes);
  WriterOptions wanted_sums(const Exchange&);
  void common_headers(const Call&, Reply&) const;

  Options options_;
  Storage& storage_;
  const Accounts& accounts_;
  RecentUploads recent_;
  Faults faults_;
  Counters counters_;
};

}  // namespace sluice::emulator
