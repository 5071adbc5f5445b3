// Objects: put, head, get, remove, attributes, copy, append.
#include <algorithm>

#include "emulator/storage_state.h"

namespace sluice::emulator {
namespace {

std::int64_t add_body(Change& change, Writer::State& body) {
  if (body.has_file()) change.add_file(body.file());
  return change.add_content(body.extents(), body.inline_bytes());
}

}  // namespace

Writer Storage::writer(WriterOptions options) {
  return Writer(std::make_unique<Writer::State>(state_->files, options));
}

StorageResult<ObjectInfo> Storage::put(const BucketRef& ref, std::string_view key, Writer body,
                                       PutOptions options) {
  auto digest = body.finish();
  if (!digest) return digest.error();
  ObjectRow row;
  row.info.key = key;
  row.info.size = digest->size;
  row.info.type = options.type;
  row.info.etag = etag_of(*digest, options.etag, options.upper_etag);
  row.info.sums = digest->sums;
  row.info.attributes = std::move(options.attributes);

  Change change(*state_);
  auto bucket = change.bucket(ref);
  if (!bucket) return bucket.error();
  auto before = change.object(*bucket, key);
  if (auto refused = refused_by(options.conditions, before)) return change.refuse(std::move(*refused));
  row.info.modified = state_->now();
  row.content = add_body(change, body.state());
  change.store_object(*bucket, row);
  if (before) change.release_content(before->content);
  if (auto committed = change.commit([&] { body.state().keep(); }); !committed) return committed.error();
  return std::move(row.info);
}

StorageResult<ObjectInfo> Storage::head(const BucketRef& ref, std::string_view key) {
  auto bucket = state_->bucket(ref);
  if (!bucket) return bucket.error();
  auto reading = Reading::take(*state_);
  if (!reading) return reading.error();
  Statement row =
      (*reading)->prepare("SELECT " SLUICE_OBJECT_COLUMNS " FROM objects WHERE bucket = ? AND key = ?");
  if (row.bind(bucket->id, key).step()) return unpack_object(row, true).info;
  if ((*reading)->error()) return *(*reading)->error();
  return no_such_key(key);
}

StorageResult<OpenedObject> Storage::get(const BucketRef& ref, std::string_view key) {
  auto body = state_->open_body(ref, key);
  if (!body) return body.error();
  return OpenedObject{std::move(body->row.info),
                      Reader(std::make_unique<Reader::State>(std::move(body->reader)))};
}

// Between reading the row and pinning its files a writer may have removed them. The row is read again
// after pinning: if the body is still there, whoever removes it from now on sees the pins.
StorageResult<OpenedBody> Storage::State::open_body(const BucketRef& ref, std::string_view key) {
  auto found_bucket = bucket(ref);
  if (!found_bucket) return found_bucket.error();
  auto reading = Reading::take(*this);
  if (!reading) return reading.error();
  Database& database = **reading;
  for (;;) {
    ObjectRow object;
    Extents extents;
    std::string tail;
    {
      Statement row =
          database.prepare("SELECT " SLUICE_OBJECT_COLUMNS
                           ", extents, tail FROM objects LEFT JOIN contents ON contents.id = content"
                           " WHERE bucket = ? AND key = ?");
      if (!row.bind(found_bucket->id, key).step()) {
        if (database.error()) return *database.error();
        return no_such_key(key);
      }
      object = unpack_object(row, true);
      if (!unpack_extents(row.bytes(10), extents))
        return StorageError{StorageCode::database, "index: damaged body of " + object.info.key};
      tail = row.text(11);
    }
    Pins pins(files, extents);
    bool pinned_in_time = extents.empty();
    if (!pinned_in_time) {
      Statement again = database.prepare("SELECT 1 FROM contents WHERE id = ?");
      pinned_in_time = again.bind(object.content).step();
    }
    if (database.error()) return *database.error();
    if (!pinned_in_time) continue;
    return OpenedBody{std::move(object), Reader::State(std::move(pins), std::move(extents), std::move(tail))};
  }
}

StorageResult<bool> Storage::remove(const BucketRef& ref, std::string_view key, std::string if_match) {
  Change change(*state_);
  auto bucket = change.bucket(ref);
  if (!bucket) return bucket.error();
  if (!if_match.empty()) {
    Conditions conditions{.if_match = std::move(if_match)};
    if (auto refused = refused_by(conditions, change.object(*bucket, key)))
      return change.refuse(std::move(*refused));
  }
  bool existed = change.erase_object(*bucket, key);
  if (auto committed = change.commit(); !committed) return committed.error();
  return existed;
}

StorageResult<std::vector<bool>> Storage::remove_all(const BucketRef& ref,
                                                     std::span<const std::string> keys) {
  Change change(*state_);
  auto bucket = change.bucket(ref);
  if (!bucket) return bucket.error();
  std::vector<bool> existed;
  for (const std::string& key : keys) existed.push_back(change.erase_object(*bucket, key));
  if (auto committed = change.commit(); !committed) return committed.error();
  return existed;
}

StorageResult<ObjectInfo> Storage::set_attributes(const BucketRef& ref, std::string_view key,
                                                  Attributes attributes) {
  Change change(*state_);
  auto bucket = change.bucket(ref);
  if (!bucket) return bucket.error();
  auto row = change.object(*bucket, key);
  if (!row) return change.refuse(no_such_key(key));
  row->info.attributes = std::move(attributes);
  change.store_object(*bucket, *row);
  if (auto committed = change.commit(); !committed) return committed.error();
  return std::move(row->info);
}

StorageResult<ObjectInfo> Storage::copy(const BucketRef& from, std::string_view from_key, const BucketRef& to,
                                        std::string_view to_key, CopyOptions options) {
  Change change(*state_);
  auto source_bucket = change.bucket(from);
  if (!source_bucket) return source_bucket.error();
  auto bucket = change.bucket(to);
  if (!bucket) return bucket.error();
  auto row = change.object(*source_bucket, from_key);
  if (!row) return change.refuse(no_such_key(from_key));
  Conditions source{.if_match = std::move(options.source_if_match)};
  if (auto refused = refused_by(source, row)) return std::move(*refused);
  auto before = change.object(*bucket, to_key);
  if (auto refused = refused_by(options.conditions, before)) return change.refuse(std::move(*refused));

  bool onto_itself = source_bucket->id == bucket->id && from_key == to_key;
  row->info.key = to_key;
  row->info.modified = state_->now();
  if (!onto_itself && !options.remove_source && row->info.type != ObjectType::symlink) {
    row->info.type = ObjectType::normal;
    row->info.parts = 0;
  }
  if (!options.etag.empty()) row->info.etag = std::move(options.etag);
  if (options.attributes) row->info.attributes = std::move(*options.attributes);
  change.share_content(row->content);  // first, so that a copy onto itself does not lose the body
  change.store_object(*bucket, *row);
  if (before) change.release_content(before->content);
  if (options.remove_source && !onto_itself) change.erase_object(*source_bucket, from_key);
  if (auto committed = change.commit(); !committed) return committed.error();
  return std::move(row->info);
}

// An appendable body is slices and then a tail: small appends gather in the tail, which becomes a file
// when it outgrows kInlineBytes, so that a thousand small appends are not a thousand files.
StorageResult<ObjectInfo> Storage::append(const BucketRef& ref, std::string_view key, std::uint64_t position,
                                          Writer body, PutOptions options) {
  auto digest = body.finish();
  if (!digest) return digest.error();
  Writer::State& added = body.state();
  Writer::State spilled_tail(state_->files, {.md5 = false, .crc64 = false, .crc32c = false});

  Change change(*state_);
  auto bucket = change.bucket(ref);
  if (!bucket) return bucket.error();
  auto before = change.object(*bucket, key);
  if (auto refused = refused_by(options.conditions, before)) return change.refuse(std::move(*refused));
  if (before && before->info.type != ObjectType::appendable)
    return change.refuse({StorageCode::not_appendable, "object was not made by append: " + std::string(key)});
  std::uint64_t length = before ? before->info.size : 0;
  if (position != length)
    return change.refuse(
        {StorageCode::position_mismatch, "the object has " + std::to_string(length) + " bytes", length});

  ObjectRow row;
  if (before) {
    row.info = before->info;
    if (digest->size > 0)
      row.info.sums = length > 0 ? join(before->info.sums, digest->sums, digest->size) : digest->sums;
  } else {
    row.info.key = key;
    row.info.type = ObjectType::appendable;
    row.info.sums = digest->sums;
    row.info.attributes = std::move(options.attributes);
  }
  row.info.size = length + digest->size;
  row.info.modified = state_->now();
  Digest whole{row.info.size, row.info.sums};
  row.info.etag = etag_of(whole, options.etag, options.upper_etag);

  auto old = change.read_content(before ? before->content : 0);
  if (!old) return change.refuse({StorageCode::database, "index: damaged body of " + std::string(key)});
  Extents extents = old->extents();
  std::string tail = old->tail();
  if (added.has_file() || tail.size() + added.inline_bytes().size() > kInlineBytes) {
    if (auto written = spilled_tail.write(tail); !written) return written.error();
    if (auto taken = change.take_file(spilled_tail); !taken) return taken.error();
    Extents more = spilled_tail.extents();
    extents.insert(extents.end(), more.begin(), more.end());
    tail.clear();
  }
  if (added.has_file()) {
    change.add_file(added.file());
    Extents more = added.extents();
    extents.insert(extents.end(), more.begin(), more.end());
  } else {
    tail += added.inline_bytes();
  }
  row.content = before ? before->content : 0;
  if (!change.replace_content(row.content, extents, tail)) {
    change.share_files(old->extents());
    row.content = change.add_content(extents, tail);
    if (before) change.release_content(before->content);
  }
  change.store_object(*bucket, row);
  auto committed = change.commit([&] {
    added.keep();
    spilled_tail.keep();
  });
  if (!committed) return committed.error();
  return std::move(row.info);
}

StorageResult<void> Storage::bulk_put(const BucketRef& ref, std::span<const BulkObject> objects) {
  Change change(*state_);
  auto bucket = change.bucket(ref);
  if (!bucket) return bucket.error();
  std::int64_t now = state_->now();
  for (const BulkObject& object : objects) {
    Writer::State body(state_->files, {});
    if (auto written = body.write(object.body); !written) return written;
    auto digest = body.finish();
    if (!digest) return digest.error();
    if (body.has_file())
      return StorageError{StorageCode::invalid_range, "bulk objects are small: " + object.key};
    change.erase_object(*bucket, object.key);
    ObjectRow row;
    row.info = {.key = object.key,
                .size = digest->size,
                .etag = etag_of(*digest, {}, false),
                .modified = now,
                .sums = digest->sums,
                .attributes = object.attributes};
    row.content = add_body(change, body);
    change.store_object(*bucket, row);
  }
  return change.commit();
}

}  // namespace sluice::emulator
