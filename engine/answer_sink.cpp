#include "engine/answer_sink.h"

#include "engine/store_http.h"
#include "engine/transfer_context.h"

namespace sluice::engine {
namespace {

PutReply told_by(const Dialect& dialect, const ObjectInfo& known, const io::Response& head) {
  PutReply told = published_by(dialect, head.headers);
  if (told.etag.empty()) told.etag = known.etag;
  told.opaque_etag |= known.opaque_etag;
  if (!told.crc64) told.crc64 = known.crc64;
  if (!told.crc32c) told.crc32c = known.crc32c;
  if (!told.crc64nvme) told.crc64nvme = known.crc64nvme;
  return told;
}

io::DigestFlags wanted_by(const Dialect& dialect, const PutReply& told) {
  io::DigestFlags flags = digests_told(told);
  // An MD5 costs more than moving the bytes: only where nothing else can tell.
  const bool silent = !told.crc64 && flags == io::kCrc64 && dialect.integrity != Integrity::crc64_ecma;
  if (silent && etag_is_md5(told)) flags |= io::kMd5;
  return flags;
}

}  // namespace

Result<void> AnswerSink::begin(const io::Response& head) {
  published_ = told_by(dialect_, known_, head);
  digests_ = io::Digests(wanted_by(dialect_, published_));
  return behind_->begin(head);
}

Result<std::size_t> AnswerSink::write(std::string_view data) {
  auto taken = behind_->write(data);
  if (taken && *taken != io::kPaused) digests_.update(data);
  return taken;
}

bool AnswerSink::rewind() {
  digests_.reset();
  return behind_->rewind();
}

}  // namespace sluice::engine
