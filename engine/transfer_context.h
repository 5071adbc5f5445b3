// What the pieces of one running transfer share.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/progress.h"
#include "engine/runtime.h"
#include "io/file_digests.h"

namespace sluice::engine {

/// Counted by every worker; read when the transfer has ended.
class Tally {
 public:
  void reply(const Reply& reply) {
    requests += static_cast<std::uint64_t>(reply.attempts);
    retries += static_cast<std::uint64_t>(reply.attempts - 1);
  }
  /// What another has counted, whose transfer has ended; its notes are told elsewhere.
  void add(const Tally& other) {
    requests += other.requests;
    retries += other.retries;
    parts += other.parts;
    parts_resumed += other.parts_resumed;
    bytes_resumed += other.bytes_resumed;
  }
  void note(std::string text) {
    if (text.empty()) return;
    std::lock_guard lock(mutex_);
    notes_.push_back(std::move(text));
  }
  std::vector<std::string> notes() const {
    std::lock_guard lock(mutex_);
    return notes_;
  }

  std::atomic<std::uint64_t> requests{0}, retries{0}, parts{0}, parts_resumed{0}, bytes_resumed{0};

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> notes_;
};

struct TransferContext {
  Runtime* runtime = nullptr;
  std::stop_source stop;
  ProgressMeter* meter = nullptr;  ///< of the transfer, or of the tree it belongs to
  bool owns_total = true;          ///< sets the meter's total (false: the tree has counted it)
  bool in_slot = false;            ///< runs in a worker's slot: its parts must not wait for another
  TransferOptions options;
  std::shared_ptr<Tally> tally = std::make_shared<Tally>();
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  void set_total(std::uint64_t bytes, std::uint64_t parts) const {
    if (owns_total) meter->set_total(bytes, parts);
  }
  std::stop_token token() const { return stop.get_token(); }
  Call call(scheduler::Worker& worker) const { return call_on(worker, stop.get_token()); }
};

/// The checksums worth taking of bytes that go to this store.
io::DigestFlags digests_for(const Dialect&);

/// Tells an object from another one of the same name: what saved records belong to.
std::string fingerprint_of(const ObjectInfo&);

/// The checksums worth taking of bytes of which the store has told these: CRC64 always, which records
/// and reports have, and one of the others.
io::DigestFlags digests_told(const PutReply&);

/// What the store has said of an object, as it would say it to whoever had put it.
PutReply published(const ObjectInfo&);

/// Has the form of an MD5, as the ETags of single PUTs and of parts do, and nothing speaks against it.
bool etag_is_md5(const PutReply&);

/// Compares what was sent with what the store says it has. Answers how ("crc64", "crc32c", "crc64nvme",
/// "md5") or "size" where they share nothing; a difference is an Error of kind integrity.
Result<std::string> verify(const io::DigestValues& sent, const PutReply& stored, const std::string& what);

/// A report with everything the context knows.
TransferReport report_of(const TransferContext&, std::uint64_t bytes, const scheduler::Job* job);

/// The content type a key's extension stands for; "application/octet-stream" when none does.
std::string content_type_of(std::string_view key);

PutOptions put_options(const TransferOptions&, const std::string& key);

/// Refuses, before any request, what the store cannot keep with an object. Pure.
Result<void> check_properties(const Dialect&, const TransferOptions&);

/// What a fingerprint in a saved record ends in where properties were asked for: an upload keeps those that
/// it was created with. "" where none were.
std::string properties_mark(const TransferOptions&);
std::string_view without_mark(std::string_view fingerprint);

}  // namespace sluice::engine
