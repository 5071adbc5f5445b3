// Bodies: as they are everywhere but on S3, where checksums travel as trailers and some endpoints
// want the payload signed. What an endpoint takes is tried once and remembered:
//
//   checksum trailer, unsigned payload  ->  plain, unsigned payload  ->  plain, signed payload
//
// With sign_payload, checksums are headers, computed in the pass that hashes the body.
#include "engine/codec_checksum.h"
#include "engine/request_trailer.h"
#include "engine/store_http.h"
#include "scheduler/sleep.h"

namespace sluice::engine {
namespace {

/// Refusals that mean "I do not know this form", not "your data or your rights are wrong".
bool refuses_checksums(const ServiceError& e, bool known_to_take_them) {
  if (e.status == 501 || e.code == "NotImplemented") return true;
  // A server that takes them refuses one when the upload was begun without.
  if (known_to_take_them) return e.code == "InvalidRequest";
  if (e.code == "SignatureDoesNotMatch" || e.code == "XAmzContentSHA256Mismatch") return true;
  if (e.status == 411) return true;
  return e.status == 400 &&
         (e.code == "InvalidRequest" || e.code == "InvalidArgument" || e.code == "BadRequest" ||
          e.code == "InvalidDigest" || e.code == "MalformedTrailerError" ||
          e.code == "InvalidChunkSizeError" || e.code == "InvalidEncoding");
}

bool refuses_unsigned(const ServiceError& e) {
  if (e.code == "XAmzContentSHA256Mismatch" || e.status == 501) return true;
  return e.status == 400 && (e.message.find("UNSIGNED-PAYLOAD") != std::string::npos ||
                             e.message.find("content-sha256") != std::string::npos);
}

struct BodyHash {
  std::string sha256;  ///< hex
  std::uint32_t crc32c = 0;
};

/// Reads the source once from beginning to end and leaves it at its beginning.
scheduler::Task<Result<BodyHash>> hash_body(Call call, io::BodySource* source) {
  using namespace std::chrono_literals;
  constexpr std::size_t kBlock = 256u << 10;
  constexpr std::uint64_t kTurn = 8u << 20;  // other requests of this worker get a turn in between
  signers::Hash sha(signers::Hash::Kind::sha256);
  BodyHash out;
  std::string block(kBlock, '\0');
  std::uint64_t done = 0, turn = 0;
  while (done < source->size()) {
    auto got = source->read({block.data(), block.size()});
    if (!got) co_return unexpected(std::move(got).error());
    const bool paused = *got == io::kPaused;
    if (!paused) {
      if (*got == 0) co_return fail(ErrorKind::integrity, "the source ended before the length it had told");
      const io::Bytes bytes(block.data(), *got);
      sha.update(bytes);
      out.crc32c = io::crc32c(out.crc32c, bytes);
      done += *got;
      turn += *got;
    }
    if (!paused && turn < kTurn) continue;
    turn = 0;
    if (!co_await scheduler::sleep_for(*call.loop, paused ? 1ms : 0ms, call.stop))
      co_return fail(ErrorKind::cancelled, "cancelled");
  }
  out.sha256 = signers::hex(sha.finish());
  if (!source->rewind())
    co_return fail(ErrorKind::argument, "the payload cannot be signed: the data can be read only once",
                   "use parts that fit into memory");
  co_return out;
}

}  // namespace

bool HttpStore::checksums_wanted() const {
  return dialect().integrity == Integrity::crc32c && learned_.checksums() != Learned::Taken::no;
}

Answer<Sent> HttpStore::send_body(Call call, Job job) {
  if (dialect().integrity == Integrity::crc32c) return send_s3_body(std::move(call), std::move(job));
  return send(std::move(call), std::move(job));
}

Answer<Sent> HttpStore::send_form(Call call, Job job, bool with_checksum, bool signed_payload) {
  const auto& d = dialect();
  const auto checksum_header = header_name(d, "checksum-crc32c");
  if (signed_payload) {
    auto hash = co_await hash_body(call, job.source);
    if (!hash) co_return failed(std::move(hash).error(), job.draft.operation, job.draft.ref);
    job.payload_hash = hash->sha256;
    if (with_checksum) job.draft.headers.set(checksum_header, encode_checksum(hash->crc32c));
    co_return co_await send(std::move(call), std::move(job));
  }
  if (!with_checksum) {
    job.payload_hash = signers::payload::kUnsigned;
    co_return co_await send(std::move(call), std::move(job));
  }
  TrailerSource framed(job.source);
  job.source = &framed;
  job.payload_hash = signers::payload::kUnsignedTrailer;
  auto& headers = job.draft.headers;
  const auto coding = headers.get("Content-Encoding");
  headers.set("Content-Encoding", coding.empty() ? "aws-chunked" : "aws-chunked," + coding);
  headers.set(header_name(d, "decoded-content-length"), std::to_string(framed.plain_size()));
  headers.set(header_name(d, "trailer"), checksum_header);
  co_return co_await send(std::move(call), std::move(job));
}

bool HttpStore::may_read_twice() const {
  if (dialect().integrity != Integrity::crc32c) return false;
  return config_.sign_payload || learned_.wants_signed_payload() ||
         learned_.checksums() == Learned::Taken::unknown;
}

/// An object that may hold its framing as data is never left behind an error.
Answer<Sent> HttpStore::send_s3_body(Call call, Job job) {
  bool framing_stored = false;
  const bool object = job.draft.query.empty();  // a part is sent again under its number, or never joined
  const Ref ref = job.draft.ref;
  auto sent = co_await send_s3_forms(call, std::move(job), &framing_stored);
  if (sent || !framing_stored || !object) co_return sent;
  call.stop = std::stop_token();
  (void)co_await simple(std::move(call), request::remove(dialect(), ref));
  co_return sent;
}

Answer<Sent> HttpStore::send_s3_forms(Call call, Job job, bool* framing_stored) {
  const auto checksum_header = header_name(dialect(), "checksum-crc32c");
  bool with_checksum = checksums_wanted();
  bool sign = config_.sign_payload || learned_.wants_signed_payload();
  bool checksum_refused = false;
  while (true) {
    const bool known = learned_.checksums() == Learned::Taken::yes;
    Job one = job;
    if (with_checksum)
      one.hand_back = [known](const ServiceError& e) { return refuses_checksums(e, known); };
    else if (!sign)
      one.hand_back = refuses_unsigned;
    auto sent = co_await send_form(call, std::move(one), with_checksum, sign);

    if (sent) {
      const bool echoed = sent->response.headers.has(checksum_header);
      if (with_checksum && echoed) learned_.set_checksums(Learned::Taken::yes);
      if (checksum_refused && !known) learned_.set_checksums(Learned::Taken::no);
      if (sign && !config_.sign_payload) learned_.set_wants_signed_payload();
      if (!with_checksum || echoed || known) co_return sent;
      // Taken without a word about the checksum: this server may have stored the framing as data.
      learned_.set_checksums(Learned::Taken::no);
      with_checksum = false;
      job.attempts = sent->attempts;
      if (sign) co_return sent;  // a header does no such harm
      *framing_stored = true;
    } else {
      const auto& error = sent.error();
      job.attempts = error.attempts;
      if (!error.service) co_return sent;
      if (with_checksum && refuses_checksums(*error.service, known)) {
        with_checksum = false;
        checksum_refused = true;
      } else if (!sign && !with_checksum && refuses_unsigned(*error.service)) {
        sign = true;
      } else {
        co_return sent;
      }
    }
    if (!job.source->rewind()) {
      Error why =
          sent ? make_error(ErrorKind::integrity, "the endpoint ignores checksum trailers") : sent.error();
      if (why.hint.empty()) why.hint = "the data cannot be sent a second time";
      if (sign) learned_.set_wants_signed_payload();
      co_return failed(std::move(why), job.draft.operation, job.draft.ref, job.attempts);
    }
    // What stands there now is our own, and would forbid its own repair.
    if (*framing_stored && job.draft.headers.has("If-None-Match"))
      (void)co_await simple(call, request::remove(dialect(), job.draft.ref));
  }
}

}  // namespace sluice::engine
