// AnswerSink: in front of the sink of one whole GET, takes the checksums that the answer itself names.
//
// A listing says less than the object's own answer: nothing of ciphers, on S3 nothing of checksums. So
// what the bytes are held against is decided when the answer's head is there, and only what will be
// compared is computed. One thread; the sink behind must outlive it.
#pragma once

#include "engine/store.h"
#include "io/body.h"
#include "io/file_digests.h"

namespace sluice::engine {

class AnswerSink final : public io::BodySink {
 public:
  /// `known`: what is told of the object already; the answer's word goes before.
  AnswerSink(io::BodySink* behind, const Dialect& dialect, const ObjectInfo& known)
      : behind_(behind), dialect_(dialect), known_(known) {}

  Result<void> begin(const io::Response& head) override;
  Result<std::size_t> write(std::string_view data) override;
  bool rewind() override;
  void attach(io::Resume* resume) override { behind_->attach(resume); }

  const PutReply& published() const { return published_; }
  io::DigestValues digests() const { return digests_.values(); }

 private:
  io::BodySink* const behind_;
  const Dialect& dialect_;
  const ObjectInfo& known_;
  PutReply published_;
  io::Digests digests_;
};

}  // namespace sluice::engine
