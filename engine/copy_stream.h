// CopyStream: one request's body into another's, retried as a pair when one cannot be repeated alone.
//
// The bytes go through a small ring, unless the target may have to read them twice (signed payloads, an
// endpoint whose forms are not known yet): then the range is held, and the memory budget counts it.
// Everything happens on the worker that run() is given.
#pragma once

#include <functional>

#include "engine/copy.h"
#include "engine/plan.h"
#include "io/pipe.h"

namespace sluice::engine {

class CopyStream {
 public:
  /// Sends the source to the target, as an object or as a part.
  using Put = std::function<Answer<PutReply>(Call, io::BodySource*)>;

  CopyStream(TransferContext* context, const CopySpec& spec, PartRange range, const ObjectInfo& info,
             io::DigestFlags digests)
      : context_(context), spec_(spec), range_(range), info_(info), digests_(digests) {}

  scheduler::Task<Result<PutReply>> run(scheduler::Worker* worker, Put put);

  /// Of what was read in the attempt that ended well.
  const io::DigestValues& digests() const { return values_; }

 private:
  scheduler::Task<Result<PutReply>> once(scheduler::Worker* worker, const Put& put);
  scheduler::Task<Result<PutReply>> held(scheduler::Worker* worker, const Put& put);
  scheduler::Task<Result<PutReply>> piped(scheduler::Worker* worker, const Put& put);
  scheduler::Task<void> fill(scheduler::Worker* worker, io::Pipe* pipe, std::optional<Error>* failed);
  scheduler::Task<Result<void>> get(scheduler::Worker* worker, io::BodySink* sink);
  io::ExpectedRange expected() const;

  TransferContext* const context_;
  const CopySpec& spec_;
  const PartRange range_;
  const ObjectInfo& info_;
  const io::DigestFlags digests_;
  io::DigestValues values_;
};

}  // namespace sluice::engine
