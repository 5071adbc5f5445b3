#include "engine/client_words.h"

#include "engine/codec_decode.h"
#include "engine/store_http.h"
#include "engine/transfer_context.h"

namespace sluice::facade {

engine::PutOptions to_engine(PutOptions options, const std::string& key) {
  engine::PutOptions out;
  out.content_type =
      options.content_type.empty() ? engine::content_type_of(key) : std::move(options.content_type);
  out.storage_class = std::move(options.storage_class);
  out.acl = std::move(options.acl);
  for (auto& [name, value] : options.headers) out.system_headers.set(name, value);
  out.metadata = std::move(options.metadata);
  out.tags = std::move(options.tags);
  out.forbid_overwrite = options.forbid_overwrite;
  return out;
}

ObjectInfo to_public(engine::ObjectInfo info) {
  ObjectInfo out;
  out.key = std::move(info.key);
  out.size = info.size;
  out.etag = std::move(info.etag);
  out.opaque_etag = info.opaque_etag;
  out.modified = info.modified;
  out.content_type = std::move(info.content_type);
  out.storage_class = std::move(info.storage_class);
  out.crc64 = info.crc64;
  out.metadata = std::move(info.metadata);
  out.reply = std::move(info.reply);
  return out;
}

Stored to_public(engine::PutReply stored) {
  Stored out;
  out.etag = std::move(stored.etag);
  out.crc64 = stored.crc64;
  out.reply = std::move(stored.reply);
  return out;
}

Reply reply_of(const Error& error) {
  Reply reply;
  if (!error.service) return reply;
  reply.status = error.service->status;
  reply.request_id = error.service->request_id;
  return reply;
}

Result<Reply> read_reply(const engine::Dialect& d, engine::Sent& sent) {
  return Reply(engine::reply_of(d, sent));
}

Result<Acl> read_acl(const engine::Dialect& d, engine::Sent& sent) {
  auto acl = engine::decode::acl(d, std::move(sent.response.body));
  if (acl) acl->reply = engine::reply_of(d, sent);
  return acl;
}

Result<Answered<Tags>> read_tags(const engine::Dialect& d, engine::Sent& sent) {
  auto tags = engine::decode::tags(d, std::move(sent.response.body));
  if (!tags) return unexpected(std::move(tags).error());
  Answered<Tags> out;
  out.value = *std::move(tags);
  out.reply = engine::reply_of(d, sent);
  return out;
}

Result<Answered<Tags>> or_no_tags(Result<Answered<Tags>> tags) {
  if (tags || !tags.error().service || !tags.error().service->code.starts_with("NoSuchTagSet")) return tags;
  Answered<Tags> none;
  none.reply = reply_of(tags.error());
  return none;
}

Result<Answered<bool>> whether(const Result<Reply>& answer, bool bucket) {
  Answered<bool> out;
  if (answer) {
    out.value = true;
    out.reply = *answer;
    return out;
  }
  const auto& error = answer.error();
  const bool no_bucket =
      error.service && (error.service->code == "NoSuchBucket" || error.service->code == "bucket_not_exists");
  if (!is_not_found(error) || (no_bucket && !bucket)) return unexpected(error);
  out.reply = reply_of(error);
  return out;
}

}  // namespace sluice::facade
