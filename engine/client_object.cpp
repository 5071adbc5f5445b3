// The public Object.
#include "engine/append.h"
#include "engine/client_ask.h"
#include "engine/client_words.h"
#include "engine/object_change.h"
#include "engine/request_objects.h"
#include "engine/request_properties.h"
#include "engine/store_http.h"
#include "engine/store_range.h"
#include "engine/transfer_context.h"
#include "io/file_source.h"
#include "io/percent.h"
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

/// A key must not be empty: its requests would be the bucket's.
Result<engine::Draft> of_object(const Store& store, const Ref& ref, Result<engine::Draft> draft) {
  if (auto fine = store.state().store->check(ref); !fine) return unexpected(std::move(fine).error());
  return draft;
}

Result<void> check_content(const engine::PutReply& stored, const std::string& bytes) {
  io::Digests digests(engine::digests_told(stored));
  digests.update(bytes);
  return engine::verify(digests.values(), stored, "get");
}

Result<Content> read_content(const Dialect& d, Sent& sent) {
  const bool whole = sent.response.status == 200;
  Content out;
  out.bytes = std::move(sent.response.body);
  if (whole)
    if (auto same = check_content(engine::published_by(d, sent.response.headers), out.bytes); !same)
      return unexpected(std::move(same).error());
  auto info = engine::object_of(d, std::string(), sent.response);
  if (whole) info.size = out.bytes.size();
  info.reply = engine::reply_of(d, sent);
  out.info = facade::to_public(std::move(info));
  return out;
}

Result<void> check_range(const io::ByteRange& asked, const Content& content) {
  io::Headers headers;
  for (const auto& [name, value] : content.info.reply.headers) headers.add(name, value);
  const auto length = engine::length_of_answer(asked, content.info.reply.status, headers);
  if (!length) return unexpected(length.error());
  if (*length && **length != content.bytes.size())
    return fail(ErrorKind::decode, "the store answered another number of bytes than the range has");
  return {};
}

Result<Answered<std::string>> read_symlink(const Dialect& d, Sent& sent) {
  Answered<std::string> out;
  out.value = io::percent_decode(sent.response.headers.get(engine::header_name(d, "symlink-target")));
  if (out.value.empty()) return fail(ErrorKind::decode, "the store does not tell the link's target");
  out.reply = engine::reply_of(d, sent);
  return out;
}

engine::Answer<engine::PutReply> put_bytes(engine::Call call, std::shared_ptr<engine::Store> store, Ref to,
                                           std::string_view bytes, engine::PutOptions options) {
  const auto source = io::memory_source(bytes, engine::digests_for(store->dialect()));
  auto stored = co_await store->put(std::move(call), to, source.get(), std::move(options));
  if (!stored) co_return stored;
  auto same = engine::verify(source->digests(), *stored, "put");
  if (!same) co_return unexpected(same.error().with("put", store->url(to)));
  co_return stored;
}

}  // namespace

Result<Content> Object::get(GetOptions options) const {
  const Ref ref{bucket_, key_};
  engine::GetOptions inner;
  if (options.range) inner.range = io::ByteRange{options.range->first, options.range->last};
  auto draft = request::get(dialect_of(store_), ref, inner);
  request::add_conditions(options.conditions, draft.headers);
  auto content = ask_one(store_, of_object(store_, ref, std::move(draft)), read_content);
  if (!content) return content;
  if (inner.range)
    if (auto same = check_range(*inner.range, *content); !same)
      return unexpected(same.error().with("get", store_.url(bucket_, key_)));
  content->info.key = key_;
  return content;
}

Result<Stored> Object::put(std::string_view bytes, PutOptions options) const {
  const auto& store = store_.state().store;
  if (bytes.size() > store->dialect().limits.max_put)
    return unexpected(make_error(ErrorKind::argument, "too large for one PUT", "use Client::upload")
                          .with("put", store_.url(bucket_, key_)));
  auto stored = ask<engine::PutReply>(*store_.state().runtime, [&](engine::Call call) {
    return put_bytes(std::move(call), store, Ref{bucket_, key_}, bytes,
                     facade::to_engine(std::move(options), key_));
  });
  if (!stored) return unexpected(std::move(stored).error());
  return facade::to_public(*std::move(stored));
}

Result<Appended> Object::append(std::uint64_t position, std::string_view bytes, PutOptions options,
                                std::optional<std::uint64_t> crc64_before) const {
  engine::AppendSpec spec;
  spec.store = store_.state().store;
  spec.to = Ref{bucket_, key_};
  spec.position = position;
  spec.bytes = bytes;
  spec.options = facade::to_engine(std::move(options), key_);
  spec.before = crc64_before;
  return ask<Appended>(*store_.state().runtime,
                       [&](engine::Call call) { return engine::append(std::move(call), std::move(spec)); });
}

Result<Stored> Object::copy_from(const Object& source, CopyOptions options) const {
  engine::PutOptions put = facade::to_engine(options.put, key_);
  put.replace = options.replace;
  if (!options.replace) {
    put.content_type.clear();
    put.system_headers.clear();
    put.metadata.clear();
  }
  auto stored = ask<engine::PutReply>(*store_.state().runtime, [&](engine::Call call) {
    return store_.state().store->copy(std::move(call), Ref{source.bucket_, source.key_}, Ref{bucket_, key_},
                                      put, options.if_match);
  });
  if (!stored) return unexpected(std::move(stored).error());
  return facade::to_public(*std::move(stored));
}

Result<Reply> Object::rename_to(std::string key) const {
  auto done = ask<engine::Reply>(*store_.state().runtime, [&](engine::Call call) {
    return engine::rename(std::move(call), store_.state().store, Ref{bucket_, key_}, std::move(key));
  });
  if (!done) return unexpected(std::move(done).error());
  return Reply(*std::move(done));
}

Result<Reply> Object::set_metadata(std::map<std::string, std::string> metadata) const {
  auto done = ask<engine::Reply>(*store_.state().runtime, [&](engine::Call call) {
    return engine::set_metadata(std::move(call), store_.state().store, Ref{bucket_, key_},
                                std::move(metadata));
  });
  if (!done) return unexpected(std::move(done).error());
  return Reply(*std::move(done));
}

Result<Reply> Object::set_storage_class(std::string storage_class) const {
  auto done = ask<engine::Reply>(*store_.state().runtime, [&](engine::Call call) {
    return engine::set_storage_class(std::move(call), store_.state().store, Ref{bucket_, key_},
                                     std::move(storage_class));
  });
  if (!done) return unexpected(std::move(done).error());
  return Reply(*std::move(done));
}

Result<Acl> Object::acl() const {
  const Ref ref{bucket_, key_};
  return ask_one(store_, of_object(store_, ref, request::get_acl(dialect_of(store_), ref)), facade::read_acl);
}
Result<Reply> Object::set_acl(Acl acl) const {
  const Ref ref{bucket_, key_};
  return ask_one(store_, of_object(store_, ref, request::set_acl(dialect_of(store_), ref, acl)),
                 facade::read_reply);
}

Result<Answered<Tags>> Object::tags() const {
  const Ref ref{bucket_, key_};
  return facade::or_no_tags(
      ask_one(store_, of_object(store_, ref, request::get_tags(dialect_of(store_), ref)), facade::read_tags));
}
Result<Reply> Object::set_tags(Tags tags) const {
  const Ref ref{bucket_, key_};
  return ask_one(store_, of_object(store_, ref, request::set_tags(dialect_of(store_), ref, tags)),
                 facade::read_reply);
}
Result<Reply> Object::remove_tags() const {
  const Ref ref{bucket_, key_};
  return ask_one(store_, of_object(store_, ref, request::remove_tags(dialect_of(store_), ref)),
                 facade::read_reply);
}

Result<Reply> Object::set_symlink(std::string target, PutOptions options) const {
  const Ref ref{bucket_, key_};
  // A link's type would be a guess by its name; the target has its own.
  engine::PutOptions put = facade::to_engine(options, key_);
  put.content_type = options.content_type;
  return ask_one(store_, of_object(store_, ref, request::set_symlink(dialect_of(store_), ref, target, put)),
                 facade::read_reply);
}
Result<Answered<std::string>> Object::symlink() const {
  const Ref ref{bucket_, key_};
  return ask_one(store_, of_object(store_, ref, request::get_symlink(dialect_of(store_), ref)), read_symlink);
}

Result<Reply> Object::restore(unsigned days, std::string tier) const {
  const Ref ref{bucket_, key_};
  return ask_one(store_, of_object(store_, ref, request::restore(dialect_of(store_), ref, days, tier)),
                 facade::read_reply);
}

Result<Upload> Object::create_upload(PutOptions options) const {
  auto created = ask<engine::CreatedUpload>(*store_.state().runtime, [&](engine::Call call) {
    return store_.state().store->create_upload(std::move(call), Ref{bucket_, key_},
                                               facade::to_engine(std::move(options), key_));
  });
  if (!created) return unexpected(std::move(created).error());
  return Upload(store_, bucket_, key_, std::move(created->id), std::move(created->reply));
}

Upload Object::upload(std::string id) const {
  return Upload(store_, bucket_, key_, std::move(id));
}

}  // namespace sluice
