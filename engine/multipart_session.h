// MultipartSession: one multipart upload at the target, from its saved state to Complete.
//
// It answers "what is missing?" and forgets nothing that the store has acknowledged: resume asks the
// store (ListParts) before it trusts a record, and counts parts that the store has and the record has
// not. The upload id is committed before the first part is sent. Uploads and copies share it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/plan.h"
#include "engine/recorder.h"
#include "engine/transfer_context.h"

namespace sluice::engine {

struct SessionSpec {
  std::shared_ptr<Store> store;
  Ref to;
  io::TransferKey key;
  std::string source_fingerprint;
  Plan plan;
  PutOptions put;
  /// Checksums of a part that the store has and no record describes; blocks (pool). Empty: unknown.
  std::function<Result<io::DigestValues>(PartRange)> redigest;
};

class MultipartSession {
 public:
  MultipartSession(TransferContext* context, SessionSpec spec);
  ~MultipartSession();

  /// Takes the lock, resumes or creates the upload.
  scheduler::Task<Result<void>> open(scheduler::Worker* worker);
  /// An earlier run had completed it and was killed before it could say so.
  const std::optional<PutReply>& completed_before() const { return completed_before_; }
  std::vector<std::uint64_t> missing() const;
  const std::string& upload_id() const { return record_.upload_id; }
  std::uint32_t number_of(std::uint64_t index) const;

  /// On the worker that carried it.
  void part_done(scheduler::Worker& worker, std::uint64_t index, const io::DigestValues& sent,
                 const PutReply& stored);

  /// Completes, compares the whole, and leaves no state behind.
  scheduler::Task<Result<PutReply>> complete(scheduler::Worker* worker);
  /// Saves what is done and gives up the lock; the upload stays for a later resume.
  scheduler::Task<Result<void>> close(scheduler::Worker* worker);

  /// Checksums of the whole object from its parts; those that some part lacks are empty.
  io::DigestValues whole() const;
  const std::string& checked() const { return checked_; }

 private:
  scheduler::Task<Result<void>> resume(scheduler::Worker* worker, io::SavedTransfer saved);
  scheduler::Task<Result<bool>> adopt(scheduler::Worker* worker, const io::SavedTransfer* saved,
                                      std::vector<PartInfo> listed);
  scheduler::Task<Result<bool>> was_completed(scheduler::Worker* worker, const io::SavedTransfer* saved);
  /// The object that the parts make, when it stands under its name already.
  scheduler::Task<Result<std::optional<PutReply>>> joined_by_earlier_run(scheduler::Worker* worker);
  scheduler::Task<Result<void>> create(scheduler::Worker* worker);
  scheduler::Task<void> abort_quietly(scheduler::Worker* worker, std::string upload_id);
  std::string why_stale(const io::TransferRecord& saved) const;

  TransferContext* const context_;
  const SessionSpec spec_;
  io::TransferRecord record_;
  std::unique_ptr<io::StateStore> state_;  // until the recorder has it
  std::shared_ptr<Recorder> recorder_;
  mutable std::mutex mutex_;
  std::vector<std::optional<io::PartRecord>> done_;
  bool resumed_ = false;  // an earlier run's upload: it may have sent Complete as well
  std::optional<PutReply> completed_before_;
  std::string checked_ = "size";
};

/// A kill between CreateMultipartUpload's answer and our record of it leaves an upload of this key, begun
/// after we noted the intent, without parts. Answers its id, or "".
scheduler::Task<Result<std::string>> find_orphan(Call call, std::shared_ptr<Store> store,
                                                 io::TransferRecord intent);

}  // namespace sluice::engine
