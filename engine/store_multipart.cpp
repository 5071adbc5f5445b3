// Operations on multipart uploads, but for Complete (store_complete.cpp).
#include "engine/codec_decode.h"
#include "engine/store_http.h"

namespace sluice::engine {

Answer<CreatedUpload> HttpStore::create_upload(Call call, Ref given, PutOptions options) {
  auto ref = resolve(given);
  if (!ref) co_return failed(std::move(ref).error(), "create upload", given);
  const auto& d = dialect();
  // Complete would refuse it as well, after every part.
  if (options.forbid_overwrite) {
    const bool refuses = d.forbid != ForbidOverwrite::head_first;
    auto free = co_await refuse_existing(call, "create upload", *ref, refuses);
    if (!free) co_return unexpected(std::move(free).error());
  }
  bool with_checksum = checksums_wanted();
  int attempts = 0;
  while (true) {
    auto draft = request::create_upload(d, *ref, options, with_checksum);
    if (!draft) co_return failed(std::move(draft).error(), "create upload", *ref);
    Job job{.draft = *std::move(draft)};
    job.attempts = attempts;
    // A bad request that is good without the checksum's headers: this server does not know them.
    if (with_checksum)
      job.hand_back = [](const ServiceError& e) { return e.status == 400 || e.status == 501; };
    auto sent = co_await send(call, std::move(job));
    if (!sent) {
      const auto& service = sent.error().service;
      if (!with_checksum || !service || (service->status != 400 && service->status != 501))
        co_return unexpected(std::move(sent).error());
      attempts = sent.error().attempts;
      with_checksum = false;
      continue;
    }
    auto id = decode::upload_id(d, std::move(sent->response.body));
    if (!id) co_return failed(std::move(id).error(), "create upload", *ref, sent->attempts);
    const bool named = sent->response.headers.has(header_name(d, "checksum-algorithm"));
    if (d.integrity == Integrity::crc32c && !named && learned_.checksums() == Learned::Taken::unknown)
      learned_.set_checksums(Learned::Taken::no);  // spares every part the trial
    CreatedUpload created;
    created.id = *std::move(id);
    created.reply = reply_of(d, *sent);
    co_return created;
  }
}

Answer<PutReply> HttpStore::upload_part(Call call, Ref given, std::string upload_id, std::uint32_t number,
                                        io::BodySource* source) {
  auto ref = resolve(given);
  if (!ref) co_return failed(std::move(ref).error(), "upload part", given);
  Job job{.draft = request::upload_part(dialect(), *ref, upload_id, number)};
  job.source = source;
  auto sent = co_await send_body(std::move(call), std::move(job));
  if (!sent) co_return unexpected(std::move(sent).error());
  co_return put_reply_of(dialect(), *sent);
}

Answer<PutReply> HttpStore::upload_part_copy(Call call, Ref given_from, Ref given_to, std::string upload_id,
                                             std::uint32_t number, io::ByteRange range,
                                             std::string if_match) {
  auto from = resolve(given_from);
  if (!from) co_return failed(std::move(from).error(), "copy part", given_from);
  auto to = resolve(given_to);
  if (!to) co_return failed(std::move(to).error(), "copy part", given_to);
  Job job{.draft = request::upload_part_copy(dialect(), copy_source(*from), *to, upload_id, number, range,
                                             if_match)};
  job.hides_errors = dialect().has(kErrorInside200);
  const std::string operation = job.draft.operation;
  auto sent = co_await send(std::move(call), std::move(job));
  if (!sent) co_return unexpected(std::move(sent).error());
  auto outcome = decode::outcome(dialect(), sent->response.body);
  if (!outcome) co_return failed(std::move(outcome).error(), operation, *to, sent->attempts);
  PutReply reply = put_reply_of(dialect(), *sent);
  if (!outcome->etag.empty()) reply.etag = outcome->etag;
  if (outcome->crc64) reply.crc64 = outcome->crc64;
  if (outcome->crc32c) reply.crc32c = outcome->crc32c;
  co_return reply;
}

Answer<PartList> HttpStore::list_parts(Call call, Ref given, std::string upload_id) {
  auto ref = resolve(given);
  if (!ref) co_return failed(std::move(ref).error(), "list parts", given);
  PartList list;
  auto& all = list.parts;
  std::string marker;
  while (true) {
    Job job{.draft = request::list_parts(dialect(), *ref, upload_id, marker)};
    auto sent = co_await send(call, std::move(job));
    if (!sent) co_return unexpected(std::move(sent).error());
    auto page = decode::parts(dialect(), std::move(sent->response.body));
    if (!page) co_return failed(std::move(page).error(), "list parts", *ref, sent->attempts);
    // Numbers rise from page to page, or the list would never end.
    const bool stuck = page->parts.empty() ? !page->next_marker.empty()
                                           : !all.empty() && page->parts.front().number <= all.back().number;
    if (stuck)
      co_return failed(make_error(ErrorKind::decode, "the store's list of parts does not advance"),
                       "list parts", *ref, sent->attempts);
    if (!page->next_marker.empty() && page->next_marker == marker) page->next_marker.clear();
    for (auto& p : page->parts) all.push_back(std::move(p));
    list.reply = reply_of(dialect(), *sent);
    if (page->next_marker.empty()) co_return list;
    marker = std::move(page->next_marker);
  }
}

Answer<Reply> HttpStore::abort_upload(Call call, Ref given, std::string upload_id) {
  auto ref = resolve(given);
  if (!ref) co_return failed(std::move(ref).error(), "abort upload", given);
  auto reply = co_await simple(std::move(call), request::abort_upload(dialect(), *ref, upload_id));
  if (!reply && is_not_found(reply.error()) && reply.error().attempts > 1) {
    Reply gone;
    gone.status = 204;
    gone.attempts = reply.error().attempts;
    co_return gone;
  }
  co_return reply;
}

Answer<UploadList> HttpStore::list_uploads(Call call, std::string given, std::string prefix,
                                           std::string key_marker, std::string upload_id_marker) {
  auto bucket = resolve_bucket(given);
  if (!bucket) co_return failed(std::move(bucket).error(), "list uploads", Ref{given, ""});
  Job job{.draft = request::list_uploads(dialect(), *bucket, prefix, key_marker, upload_id_marker)};
  const Ref ref = job.draft.ref;
  auto sent = co_await send(std::move(call), std::move(job));
  if (!sent) co_return unexpected(std::move(sent).error());
  auto page = decode::uploads(dialect(), std::move(sent->response.body));
  if (!page) co_return failed(std::move(page).error(), "list uploads", ref, sent->attempts);
  const bool same = page->next_key_marker == key_marker && page->next_upload_id_marker == upload_id_marker;
  if (same && !(key_marker.empty() && upload_id_marker.empty()))
    co_return failed(make_error(ErrorKind::decode, "the store's list does not advance"), "list uploads", ref,
                     sent->attempts);
  page->reply = reply_of(dialect(), *sent);
  co_return page;
}

}  // namespace sluice::engine
