// The public Bucket.

#include "engine/batch_delete.h"
#include "engine/client_ask.h"
#include "engine/client_words.h"
#include "engine/codec_decode.h"
#include "engine/request_properties.h"
#include "engine/store_http.h"
#include "sluice/operations.h"

namespace sluice {

using engine::Ref;
using facade::ask;
using facade::ask_one;
using facade::dialect_of;

namespace {

namespace request = engine::request;
using engine::Dialect;
using engine::Sent;

/// Where there is no document, headers of HEAD tell.
Result<BucketProperties> read_properties(const Dialect& d, Sent& sent) {
  Result<BucketProperties> bucket = BucketProperties();
  if (!d.query.bucket_info.empty()) {
    bucket = engine::decode::properties(d, std::move(sent.response.body));
    if (!bucket) return bucket;
  } else {
    const auto told = [&](std::string_view name) {
      return name.empty() ? std::string() : sent.response.headers.get(engine::header_name(d, name));
    };
    bucket->region = told("bucket-region");
    if (d.new_bucket.in_headers) {
      bucket->storage_class = told(d.new_bucket.storage_class);
      bucket->redundancy = told(d.new_bucket.redundancy);
      bucket->type = told(d.new_bucket.type);
    } else {
      bucket->redundancy = told(d.new_bucket.redundancy_told);
    }
  }
  bucket->reply = engine::reply_of(d, sent);
  return bucket;
}

Result<Answered<std::string>> read_location(const Dialect& d, Sent& sent) {
  auto region = engine::decode::location(d, std::move(sent.response.body));
  if (!region) return unexpected(std::move(region).error());
  Answered<std::string> out;
  out.value = *std::move(region);
  out.reply = engine::reply_of(d, sent);
  return out;
}

}  // namespace

Result<BucketProperties> Bucket::info() const {
  auto bucket = ask_one(store_, request::bucket_info(dialect_of(store_), name_), read_properties);
  if (bucket && bucket->name.empty()) bucket->name = name_;
  return bucket;
}

Result<Answered<std::string>> Bucket::location() const {
  return ask_one(store_, request::bucket_location(dialect_of(store_), name_), read_location);
}

Result<Acl> Bucket::acl() const {
  return ask_one(store_, request::get_acl(dialect_of(store_), Ref{name_, ""}), facade::read_acl);
}
Result<Reply> Bucket::set_acl(Acl acl) const {
  return ask_one(store_, request::set_acl(dialect_of(store_), Ref{name_, ""}, acl), facade::read_reply);
}

Result<Answered<Tags>> Bucket::tags() const {
  return facade::or_no_tags(
      ask_one(store_, request::get_tags(dialect_of(store_), Ref{name_, ""}), facade::read_tags));
}
Result<Reply> Bucket::set_tags(Tags tags) const {
  return ask_one(store_, request::set_tags(dialect_of(store_), Ref{name_, ""}, tags), facade::read_reply);
}
Result<Reply> Bucket::remove_tags() const {
  return ask_one(store_, request::remove_tags(dialect_of(store_), Ref{name_, ""}), facade::read_reply);
}

Result<Reply> Bucket::allow_renames(bool on) const {
  return ask_one(store_, request::allow_renames(dialect_of(store_), name_, on), facade::read_reply);
}

Result<Deleted> Bucket::remove_keys(std::vector<std::string> keys, bool quiet) const {
  return ask<Deleted>(*store_.state().runtime, [&](engine::Call call) {
    return engine::remove_many(std::move(call), store_.state().store, name_, std::move(keys), quiet);
  });
}
Result<Deleted> Bucket::remove_prefix(std::string prefix) const {
  return ask<Deleted>(*store_.state().runtime, [&](engine::Call call) {
    return engine::remove_below(std::move(call), store_.state().store, name_, std::move(prefix));
  });
}

Result<UploadPage> Bucket::uploads(UploadListOptions options) const {
  auto list = ask<engine::UploadList>(*store_.state().runtime, [&](engine::Call call) {
    return store_.state().store->list_uploads(std::move(call), name_, options.prefix, options.key_marker,
                                              options.upload_id_marker);
  });
  if (!list) return unexpected(std::move(list).error());
  UploadPage page;
  for (auto& upload : list->uploads) {
    UploadInfo one;
    one.bucket = name_;
    one.key = std::move(upload.key);
    one.upload_id = std::move(upload.upload_id);
    one.initiated = upload.initiated;
    page.uploads.push_back(std::move(one));
  }
  page.next_key_marker = std::move(list->next_key_marker);
  page.next_upload_id_marker = std::move(list->next_upload_id_marker);
  page.reply = std::move(list->reply);
  return page;
}

}  // namespace sluice
