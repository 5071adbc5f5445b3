// Operations on objects.
#include <charconv>

#include "engine/codec_checksum.h"
#include "engine/codec_decode.h"
#include "engine/request_metadata.h"
#include "engine/store_http.h"
#include "engine/store_range.h"
#include "io/percent.h"
#include "io/time_text.h"

namespace sluice::engine {
namespace {

/// A body above this costs more than the question whether the object is there.
constexpr std::uint64_t kSentToBeRefused = 64u << 10;

std::optional<std::uint64_t> number(const std::string* text) {
  std::uint64_t value = 0;
  if (!text) return {};
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size()) return {};
  return value;
}

/// One of the dialect's own headers, or null.
const std::string* find_own(const Dialect& d, const io::Headers& headers, std::string_view name) {
  return headers.find(d.header_prefix, name);
}

std::optional<std::uint64_t> crc64_of(const Dialect& d, const io::Headers& headers) {
  if (d.header.crc64.empty()) return {};
  return number(find_own(d, headers, d.header.crc64));
}

/// A multipart object's checksum may be one of checksums, which no bytes can be held against.
bool has_full_checksums(const Dialect& d, const io::Headers& headers) {
  if (d.integrity != Integrity::crc32c) return false;
  const std::string* type = find_own(d, headers, "checksum-type");
  if (!type || type->empty() || *type == "FULL_OBJECT") return true;
  // A single PUT's is of the whole object whatever it is called, but carries no part count.
  return headers.get("ETag").find('-') == std::string::npos;
}

template <class Value>
std::optional<Value> checksum(const Dialect& d, const io::Headers& headers, std::string_view name) {
  const std::string* text = find_own(d, headers, name);
  return text ? decode_checksum<Value>(*text) : std::nullopt;
}

/// Ciphered with the store's one key (AES256) an object keeps the MD5 of its content as ETag; with a
/// managed or a customer's key the ETag only looks like one.
bool ciphers_etag(const Dialect& d, const io::Headers& headers) {
  const auto& words = d.header;
  if (!words.customer_cipher.empty() && find_own(d, headers, words.customer_cipher)) return true;
  if (words.cipher.empty()) return false;
  const std::string* cipher = find_own(d, headers, words.cipher);
  return cipher && !cipher->empty() && !io::equal_ignoring_case(*cipher, "AES256");
}

Result<void> check_list(const Dialect& d, const ListOptions& options) {
  if (options.fetch_owner)
    if (auto offered = check_offered(d, Operation::fetch_owner); !offered) return offered;
  return options.version == ListVersion::v2 ? check_offered(d, Operation::list_v2) : Result<void>();
}

/// Whoever lists acts on what is listed - moves it, deletes it - as something below the prefix.
Result<void> all_below(const std::string& prefix, const ListPage& page) {
  const auto refuse = [&prefix](const char* what, const std::string& name) {
    return fail(ErrorKind::decode, std::string("the store's list of what begins with '") +
                                       io::encode_path(prefix) + "' holds the " + what + " '" +
                                       io::encode_path(name) + "'");
  };
  for (const auto& object : page.objects)
    if (!object.key.starts_with(prefix)) return refuse("key", object.key);
  for (const auto& common : page.prefixes)
    if (!common.starts_with(prefix)) return refuse("prefix", common);
  return {};
}

}  // namespace

Reply reply_of(const Dialect& d, Sent& sent) {
  Reply reply;
  reply.status = sent.response.status;
  reply.request_id = sent.response.headers.get(d.request_id_header);
  reply.attempts = sent.attempts;
  reply.headers = std::move(sent.response.headers).release();
  return reply;
}

PutReply published_by(const Dialect& d, const io::Headers& headers) {
  PutReply out;
  out.etag = unquoted(headers.get("ETag"));
  out.opaque_etag = ciphers_etag(d, headers);
  out.crc64 = crc64_of(d, headers);
  if (has_full_checksums(d, headers)) {
    out.crc32c = checksum<std::uint32_t>(d, headers, "checksum-crc32c");
    out.crc64nvme = checksum<std::uint64_t>(d, headers, "checksum-crc64nvme");
  }
  return out;
}

PutReply put_reply_of(const Dialect& d, Sent& sent) {
  PutReply out = published_by(d, sent.response.headers);
  out.reply = reply_of(d, sent);
  return out;
}

ObjectInfo object_of(const Dialect& d, std::string key, const io::Response& r) {
  ObjectInfo info;
  const auto& headers = r.headers;
  info.key = std::move(key);
  info.size = number(headers.find("Content-Length")).value_or(0);
  // A ranged answer's length is the range's; the whole stands behind the slash.
  if (const auto range = io::parse_content_range(headers.get("Content-Range")); range && range->total)
    info.size = *range->total;
  PutReply told = published_by(d, headers);
  info.etag = std::move(told.etag);
  info.opaque_etag = told.opaque_etag;
  info.crc64 = told.crc64;
  info.crc32c = told.crc32c;
  info.crc64nvme = told.crc64nvme;
  if (const auto date = io::parse_http_date(headers.get("Last-Modified"))) info.modified = *date;
  info.content_type = headers.get("Content-Type");
  if (const std::string* storage = find_own(d, headers, "storage-class")) info.storage_class = *storage;
  info.system_headers = read_system_headers(headers);
  info.metadata = read_metadata(d, headers);
  return info;
}

Answer<Sent> HttpStore::ask(Call call, Draft draft) {
  const Ref given = draft.ref;
  if (!given.key.empty()) {
    auto ref = resolve(given);
    if (!ref) co_return failed(std::move(ref).error(), draft.operation, given);
    draft.ref = *std::move(ref);
  } else if (!given.bucket.empty()) {
    auto bucket = resolve_bucket(given.bucket);
    if (!bucket) co_return failed(std::move(bucket).error(), draft.operation, given);
    draft.ref.bucket = *std::move(bucket);
  }
  Job job{.draft = std::move(draft)};
  job.hides_errors = job.draft.hides_errors;
  co_return co_await send(std::move(call), std::move(job));
}

Answer<ObjectInfo> HttpStore::head(Call call, Ref given) {
  auto ref = resolve(given);
  if (!ref) co_return failed(std::move(ref).error(), "head", given);
  Job job{.draft = request::head(dialect(), *ref)};
  auto sent = co_await send(std::move(call), std::move(job));
  if (!sent) co_return unexpected(std::move(sent).error());
  ObjectInfo info = object_of(dialect(), ref->key, sent->response);
  info.reply = reply_of(dialect(), *sent);
  co_return info;
}

Answer<Reply> HttpStore::get(Call call, Ref given, GetOptions options, io::BodySink* sink) {
  auto ref = resolve(given);
  if (!ref) co_return failed(std::move(ref).error(), "get", given);
  RangeSink ranged(sink, options.range.value_or(io::ByteRange{}));
  Job job{.draft = request::get(dialect(), *ref, options)};
  job.sink = options.range ? &ranged : sink;
  job.expects = options.expects;
  auto sent = co_await send(std::move(call), std::move(job));
  if (!sent) co_return unexpected(std::move(sent).error());
  co_return reply_of(dialect(), *sent);
}

Answer<Reply> HttpStore::refuse_existing(Call call, std::string operation, Ref ref, bool refused_later) {
  auto there = co_await head(std::move(call), ref);
  if (!there && is_not_found(there.error())) co_return Reply();
  // Whoever may write need not be allowed to ask.
  if (!there && refused_later && is_permission_denied(there.error())) co_return Reply();
  if (!there) co_return unexpected(std::move(there).error());
  ServiceError service;
  service.status = 409;
  service.request_id = there->reply.request_id;
  co_return failed(exists_error(std::move(service)), operation, ref, 1);
}

Answer<PutReply> HttpStore::put(Call call, Ref given, io::BodySource* source, PutOptions options) {
  auto ref = resolve(given);
  if (!ref) co_return failed(std::move(ref).error(), "put", given);
  auto draft = request::put(dialect(), *ref, options);
  if (!draft) co_return failed(std::move(draft).error(), "put", *ref);
  const bool refuses = dialect().forbid != ForbidOverwrite::head_first;
  if (options.forbid_overwrite && (!refuses || source->size() > kSentToBeRefused)) {
    auto free = co_await refuse_existing(call, "put", *ref, refuses);
    if (!free) co_return unexpected(std::move(free).error());
  }
  Job job{.draft = *std::move(draft)};
  job.source = source;
  auto sent = co_await send_body(std::move(call), std::move(job));
  if (!sent) co_return unexpected(std::move(sent).error());
  co_return put_reply_of(dialect(), *sent);
}

Answer<Reply> HttpStore::simple(Call call, Draft draft) {
  Job job{.draft = std::move(draft)};
  auto sent = co_await send(std::move(call), std::move(job));
  if (!sent) co_return unexpected(std::move(sent).error());
  co_return reply_of(dialect(), *sent);
}

Answer<Reply> HttpStore::remove(Call call, Ref given) {
  auto ref = resolve(given);
  if (!ref) co_return failed(std::move(ref).error(), "delete", given);
  auto reply = co_await simple(std::move(call), request::remove(dialect(), *ref));
  if (reply || !reply.error().service) co_return reply;
  const auto& code = reply.error().service->code;
  if (code != "NoSuchKey" && code != "object_not_exists") co_return reply;
  // Most stores answer 204 for what is not there; the others mean the same.
  Reply gone;
  gone.status = reply.error().service->status;
  gone.request_id = reply.error().service->request_id;
  gone.attempts = reply.error().attempts;
  co_return gone;
}

Answer<ListPage> HttpStore::list(Call call, std::string given, ListOptions options) {
  auto bucket = resolve_bucket(given);
  if (!bucket) co_return failed(std::move(bucket).error(), "list", Ref{given, ""});
  if (auto offered = check_list(dialect(), options); !offered)
    co_return failed(std::move(offered).error(), "list", Ref{given, ""});
  Job job{.draft = request::list(dialect(), *bucket, options)};
  const Ref ref = job.draft.ref;
  auto sent = co_await send(std::move(call), std::move(job));
  if (!sent) co_return unexpected(std::move(sent).error());
  decode::ListForm form;
  form.first_version = request::asks_first_version(dialect(), options);
  form.owners = options.fetch_owner;
  auto page = decode::list(dialect(), std::move(sent->response.body), std::move(options.reuse), form);
  if (!page) co_return failed(std::move(page).error(), "list", ref, sent->attempts);
  if (auto below = all_below(options.prefix, *page); !below)
    co_return failed(std::move(below).error(), "list", ref, sent->attempts);
  if (!page->next_marker.empty() && page->next_marker == options.marker)
    co_return failed(make_error(ErrorKind::decode, "the store's list does not advance"), "list", ref,
                     sent->attempts);
  sent->response.body.clear();
  page->reply = reply_of(dialect(), *sent);
  co_return page;
}

Answer<PutReply> HttpStore::copy(Call call, Ref given_from, Ref given_to, PutOptions options,
                                 std::string if_match) {
  auto from = resolve(given_from);
  if (!from) co_return failed(std::move(from).error(), "copy", given_from);
  auto to = resolve(given_to);
  if (!to) co_return failed(std::move(to).error(), "copy", given_to);
  auto draft = request::copy(dialect(), copy_source(*from), *to, options, if_match);
  if (!draft) co_return failed(std::move(draft).error(), "copy", *to);
  if (options.forbid_overwrite && dialect().forbid != ForbidOverwrite::header) {
    auto free = co_await refuse_existing(call, "copy", *to, false);
    if (!free) co_return unexpected(std::move(free).error());
  }
  Job job{.draft = *std::move(draft)};
  job.hides_errors = dialect().has(kErrorInside200);
  auto sent = co_await send(std::move(call), std::move(job));
  if (!sent) co_return unexpected(std::move(sent).error());
  auto outcome = decode::outcome(dialect(), sent->response.body);
  if (!outcome) co_return failed(std::move(outcome).error(), "copy", *to, sent->attempts);
  PutReply reply = put_reply_of(dialect(), *sent);
  if (!outcome->etag.empty()) reply.etag = outcome->etag;
  if (outcome->crc64) reply.crc64 = outcome->crc64;
  if (outcome->crc32c) reply.crc32c = outcome->crc32c;
  co_return reply;
}

}  // namespace sluice::engine
