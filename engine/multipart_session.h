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
  /// Tells this content from any other; empty when nothing can (memory, streams): never resumed then.
  std::string source_fingerprint;
  Plan plan;  ///< of a fresh start
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
  /// Valid from open() on: an upload that is resumed keeps the parts it began with.
  const Plan& plan() const { return plan_; }
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
  /// Saves what is done and gives up the lock; the upload stays for a later resume, unless nothing can
  /// resume it.
  scheduler::Task<Result<void>> close(scheduler::Worker* worker);
  /// Removes the upload and its state, also when the transfer was cancelled: what is there is no use.
  scheduler::Task<void> discard(scheduler::Worker* worker);

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
  /// False: it may still be there.
  scheduler::Task<bool> abort_quietly(scheduler::Worker* worker, std::string upload_id);
  std::string why_stale(const io::TransferRecord& saved) const;
  /// The parts that an earlier run began with, where no others were ordered and the store takes them still.
  std::optional<Plan> plan_of(const io::TransferRecord& saved) const;
  void go_by(const Plan& plan);

  TransferContext* const context_;
  const SessionSpec spec_;
  Plan plan_;
  io::TransferRecord record_;
  std::unique_ptr<io::StateStore> state_;  // until the recorder has it
  std::shared_ptr<Recorder> recorder_;
  mutable std::mutex mutex_;
  std::vector<std::optional<io::PartRecord>> done_;
  bool resumed_ = false;  // an earlier run's upload: it may have sent Complete as well
  bool settled_ = false;  // joined or removed: nothing is left to remove
  std::optional<PutReply> completed_before_;
  std::string checked_ = "size";
};

/// A refusal that leaves no doubt: CreateMultipartUpload made nothing. After any other error it may have.
bool surely_not_created(const Error&);

/// A kill or a lost answer between CreateMultipartUpload and our record of its id leaves uploads of this
/// key without parts, begun within a minute of our intent. Their ids, oldest first.
scheduler::Task<Result<std::vector<std::string>>> find_orphans(Call call, std::shared_ptr<Store> store,
                                                               io::TransferRecord intent);

}  // namespace sluice::engine
