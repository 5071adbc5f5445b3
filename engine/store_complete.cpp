// Complete, the one request that must not be repeated blindly and must not be given up lightly.
//
// Its answer may be lost after the parts were joined; asked again, the store then knows no such
// upload. So a failure that leaves this open is followed by a HEAD: if the object there is what the
// parts come to, the upload is complete. What the object is held against, best first: the whole's
// CRC, the ETag that S3 makes of the parts' ETags, and - only when this very call may have joined
// them - size, number of parts and an age not above the call's.
#include "engine/codec_decode.h"
#include "engine/store_http.h"
#include "io/checksum.h"
#include "signers/digest.h"

namespace sluice::engine {
namespace {

enum class Match { yes, no, unknown };

std::optional<std::uint64_t> combined_crc64(const std::vector<PartInfo>& parts) {
  std::uint64_t crc = 0;
  for (const auto& p : parts) {
    if (!p.crc64) return {};
    crc = io::crc64_ecma_combine(crc, *p.crc64, p.size);
  }
  return crc;
}

/// md5(md5 of part 1, md5 of part 2, ...)-N, which S3 and its likes answer.
std::optional<std::string> etag_of_parts(const std::vector<PartInfo>& parts) {
  std::string digests;
  for (const auto& p : parts) {
    const auto raw = signers::hex_decode(p.etag);
    if (!raw || raw->size() != 16) return {};
    digests += *raw;
  }
  return signers::hex(signers::md5(digests)) + "-" + std::to_string(parts.size());
}

/// A checksum or a digest of the whole settles it either way.
Match by_content(const Dialect& d, const ObjectInfo& there, const std::vector<PartInfo>& parts,
                 const CompleteOptions& options) {
  const auto verdict = [](bool same) { return same ? Match::yes : Match::no; };
  if (const auto crc = combined_crc64(parts); crc && there.crc64) return verdict(*crc == *there.crc64);
  if (options.crc32c && there.crc32c) return verdict(*options.crc32c == *there.crc32c);
  if (d.integrity == Integrity::md5 && !options.md5_hex.empty())
    return verdict(io::equal_ignoring_case(there.etag, options.md5_hex));
  if (d.has(kEtagIsPartsMd5))
    if (const auto etag = etag_of_parts(parts); etag && io::equal_ignoring_case(*etag, there.etag))
      return Match::yes;
  return Match::unknown;
}

bool by_appearance(const ObjectInfo& there, std::size_t parts, std::chrono::sys_seconds begun) {
  const auto dash = there.etag.rfind('-');
  const bool count_differs =
      dash != std::string::npos && there.etag.substr(dash + 1) != std::to_string(parts);
  return !count_differs && there.modified && *there.modified + std::chrono::seconds(1) >= begun;
}

/// Ceph says NoSuchKey of an upload that it does not know.
bool upload_unknown(const Error& e) {
  return is_missing_upload(e) || (e.service && e.service->status == 404 && e.service->code == "NoSuchKey");
}

/// What must not be overwritten was made by the attempt before, or by somebody else.
bool perhaps_ours(const Error& e) {
  return e.attempts > 1 && is_already_exists(e);
}

/// Whether the store may have joined the parts although we saw a failure.
bool leaves_open(const Error& e) {
  return e.kind == ErrorKind::decode || upload_unknown(e) || is_retryable(e) || perhaps_ours(e);
}

}  // namespace

Answer<PutReply> HttpStore::joined_already(Call call, Ref ref, std::vector<PartInfo> parts,
                                           CompleteOptions options, std::chrono::sys_seconds begun,
                                           bool certain_only) {
  const auto differs = [] { return fail(ErrorKind::integrity, "another object stands there"); };
  auto there = co_await head(std::move(call), std::move(ref));
  if (!there) co_return unexpected(std::move(there).error());
  std::uint64_t size = 0;
  for (const auto& p : parts) size += p.size;
  if (there->size != size) co_return differs();
  const auto match = by_content(dialect(), *there, parts, options);
  if (match == Match::no) co_return differs();
  if (match == Match::unknown && (certain_only || !by_appearance(*there, parts.size(), begun)))
    co_return differs();
  PutReply reply;
  reply.etag = there->etag;
  reply.opaque_etag = there->opaque_etag;
  reply.crc64 = there->crc64;
  reply.crc32c = there->crc32c;
  reply.reply = std::move(there->reply);
  co_return reply;
}

Answer<Sent> HttpStore::send_complete(Call call, Ref ref, std::string upload_id, std::vector<PartInfo> parts,
                                      CompleteOptions options) {
  bool with_checksum = checksums_wanted() && options.crc32c.has_value();
  int attempts = 0;
  while (true) {
    Job job{.draft = request::complete_upload(dialect(), ref, upload_id, parts, options, with_checksum)};
    job.hides_errors = dialect().has(kErrorInside200);
    job.attempts = attempts;
    const auto unknown_form = [](const ServiceError& e) {
      return e.status == 501 ||
             (e.status == 400 && (e.code == "InvalidRequest" || e.code == "InvalidArgument"));
    };
    if (with_checksum) job.hand_back = unknown_form;
    auto sent = co_await send(call, std::move(job));
    const bool other_form =
        !sent && with_checksum && sent.error().service && unknown_form(*sent.error().service);
    if (!other_form) co_return sent;
    attempts = sent.error().attempts;
    with_checksum = false;
  }
}

Answer<PutReply> HttpStore::complete_upload(Call call, Ref given, std::string upload_id,
                                            std::vector<PartInfo> parts, CompleteOptions options) {
  auto ref = resolve(given);
  if (!ref) co_return failed(std::move(ref).error(), "complete upload", given);
  if (parts.empty())
    co_return failed(make_error(ErrorKind::argument, "an upload without parts cannot be completed"),
                     "complete upload", *ref);
  if (options.forbid_overwrite && dialect().forbid == ForbidOverwrite::head_first) {
    auto free = co_await refuse_existing(call, "complete upload", *ref, false);
    if (!free) co_return unexpected(std::move(free).error());
  }
  const auto begun = now();
  auto sent = co_await send_complete(call, *ref, std::move(upload_id), parts, options);
  Error error;
  if (sent) {
    auto outcome = decode::outcome(dialect(), sent->response.body);
    if (outcome) {
      PutReply reply = put_reply_of(dialect(), *sent);
      if (!outcome->etag.empty()) reply.etag = outcome->etag;
      if (outcome->crc64) reply.crc64 = outcome->crc64;
      if (outcome->crc32c) reply.crc32c = outcome->crc32c;
      co_return reply;
    }
    error = failed(std::move(outcome).error(), "complete upload", *ref, sent->attempts).error;
  } else {
    error = std::move(sent).error();
  }
  if (!leaves_open(error)) co_return unexpected(std::move(error));
  const bool first_answer = error.attempts <= 1 && upload_unknown(error);
  auto there = co_await joined_already(call, *ref, std::move(parts), std::move(options), begun,
                                       first_answer || perhaps_ours(error));
  if (!there) co_return unexpected(std::move(error));
  there->reply.attempts += error.attempts;
  co_return there;
}

}  // namespace sluice::engine
