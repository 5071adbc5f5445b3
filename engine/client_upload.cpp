// The public Upload. Parts count from 1 here, and on the wire from where the dialect begins.
#include "engine/client_ask.h"
#include "engine/client_words.h"
#include "engine/store_http.h"
#include "engine/transfer_context.h"
#include "io/file_source.h"
#include "sluice/operations.h"

namespace sluice {

using engine::Ref;
using facade::ask;
using facade::dialect_of;

namespace {

using engine::Dialect;

Result<std::uint32_t> on_the_wire(const Dialect& d, std::uint32_t number) {
  if (number < 1 || number > d.limits.max_parts)
    return fail(ErrorKind::argument, "part numbers are 1 to " + std::to_string(d.limits.max_parts));
  return number - 1 + d.limits.first_part;
}

engine::Answer<engine::PutReply> put_bytes(engine::Call call, std::shared_ptr<engine::Store> store, Ref to,
                                           std::string id, std::uint32_t number, std::string_view bytes) {
  const auto source = io::memory_source(bytes, engine::digests_for(store->dialect()));
  auto stored = co_await store->upload_part(std::move(call), to, std::move(id), number, source.get());
  if (!stored) co_return stored;
  auto same = engine::verify(source->digests(), *stored, "part");
  if (!same) co_return unexpected(same.error().with("upload part", store->url(to)));
  co_return stored;
}

}  // namespace

Result<Stored> Upload::put_part(std::uint32_t number, std::string_view bytes) const {
  auto wire = on_the_wire(dialect_of(store_), number);
  if (!wire) return unexpected(wire.error().with("upload part", store_.url(bucket_, key_)));
  auto stored = ask<engine::PutReply>(*store_.state().runtime, [&](engine::Call call) {
    return put_bytes(std::move(call), store_.state().store, Ref{bucket_, key_}, id_, *wire, bytes);
  });
  if (!stored) return unexpected(std::move(stored).error());
  return facade::to_public(*std::move(stored));
}

Result<Stored> Upload::copy_part(std::uint32_t number, const Object& source, ByteSpan range) const {
  auto wire = on_the_wire(dialect_of(store_), number);
  if (wire && !range.last) wire = fail(ErrorKind::argument, "the range of a copied part needs both ends");
  if (!wire) return unexpected(wire.error().with("copy part", store_.url(bucket_, key_)));
  auto stored = ask<engine::PutReply>(*store_.state().runtime, [&](engine::Call call) {
    return store_.state().store->upload_part_copy(std::move(call), Ref{source.bucket(), source.key()},
                                                  Ref{bucket_, key_}, id_, *wire,
                                                  io::ByteRange{range.first, range.last}, std::string());
  });
  if (!stored) return unexpected(std::move(stored).error());
  return facade::to_public(*std::move(stored));
}

Result<PartList> Upload::parts() const {
  auto list = ask<engine::PartList>(*store_.state().runtime, [&](engine::Call call) {
    return store_.state().store->list_parts(std::move(call), Ref{bucket_, key_}, id_);
  });
  if (!list) return unexpected(std::move(list).error());
  PartList out;
  for (auto& part : list->parts) {
    PartInfo one;
    one.number = part.number + 1 - dialect_of(store_).limits.first_part;
    one.size = part.size;
    one.etag = std::move(part.etag);
    one.crc64 = part.crc64;
    out.parts.push_back(std::move(one));
  }
  out.reply = std::move(list->reply);
  return out;
}

Result<Stored> Upload::complete(std::vector<PartInfo> parts, bool forbid_overwrite) const {
  std::vector<engine::PartInfo> wire;
  for (PartInfo& part : parts) {
    auto number = on_the_wire(dialect_of(store_), part.number);
    if (!number) return unexpected(number.error().with("complete upload", store_.url(bucket_, key_)));
    engine::PartInfo one;
    one.number = *number;
    one.size = part.size;
    one.etag = std::move(part.etag);
    one.crc64 = part.crc64;
    wire.push_back(std::move(one));
  }
  engine::CompleteOptions options;
  options.forbid_overwrite = forbid_overwrite;
  auto stored = ask<engine::PutReply>(*store_.state().runtime, [&](engine::Call call) {
    return store_.state().store->complete_upload(std::move(call), Ref{bucket_, key_}, id_, std::move(wire),
                                                 options);
  });
  if (!stored) return unexpected(std::move(stored).error());
  return facade::to_public(*std::move(stored));
}

Result<Reply> Upload::abort() const {
  auto done = ask<engine::Reply>(*store_.state().runtime, [&](engine::Call call) {
    return store_.state().store->abort_upload(std::move(call), Ref{bucket_, key_}, id_);
  });
  if (!done) return unexpected(std::move(done).error());
  return Reply(*std::move(done));
}

Result<std::string> Upload::presign_part(std::uint32_t number, std::chrono::seconds lifetime) const {
  const Dialect& d = dialect_of(store_);
  auto wire = on_the_wire(d, number);
  if (!wire) return unexpected(wire.error().with("presign", store_.url(bucket_, key_)));
  PresignOptions options;
  options.query.emplace_back(d.query.part_number, std::to_string(*wire));
  options.query.emplace_back(d.query.upload_id, id_);
  return facade::presign(store_, "PUT", Ref{bucket_, key_}, lifetime, std::move(options));
}

}  // namespace sluice
