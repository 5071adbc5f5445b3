// Multipart uploads: rows of an upload and its parts, each part slices of data files.
#include <openssl/rand.h>

#include <cstdio>

#include "emulator/storage_state.h"

namespace sluice::emulator {
namespace {

StorageError no_such_upload(const UploadRef& ref) {
  return {StorageCode::no_such_upload, "no upload " + ref.id};
}

constexpr char kUploadColumns[] =
    "SELECT number, owner, initiated, storage_class, headers FROM uploads"
    " WHERE bucket = ? AND key = ? AND id = ?";

std::optional<Change::UploadRow> find_upload(Database& database, const Bucket& bucket, const UploadRef& ref) {
  Statement row = database.prepare(kUploadColumns);
  if (!row.bind(bucket.id, ref.key, ref.id).step()) return std::nullopt;
  Change::UploadRow upload;
  upload.number = row.integer(0);
  upload.info = {ref.key, ref.id, row.text(1), row.integer(2), {row.text(3), {}}};
  unpack_headers(row.bytes(4), upload.info.attributes.headers);
  return upload;
}

/// Time first, so that ids sort as the uploads began; then what nobody can guess.
std::string new_upload_id(std::int64_t now_ms, const std::string& last) {
  unsigned char noise[8];
  RAND_bytes(noise, sizeof noise);
  char text[33];
  int size = std::snprintf(text, sizeof text, "%016llX", static_cast<unsigned long long>(now_ms) << 16);
  for (unsigned char byte : noise)
    size += std::snprintf(text + size, sizeof text - static_cast<std::size_t>(size), "%02X", byte);
  if (std::string_view(text).substr(0, 16) > std::string_view(last).substr(0, 16)) return text;
  // Several in one millisecond (or a clock set back): count up from the last one.
  unsigned long long before = std::stoull(last.substr(0, 16), nullptr, 16);
  char first[17];
  std::snprintf(first, sizeof first, "%016llX", before + 1);
  return first + std::string(text + 16);
}

void store_part(Change& change, std::int64_t upload, const PartInfo& part, const Extents& extents) {
  Extents before;
  {
    Statement row = change.database().prepare("SELECT extents FROM parts WHERE upload = ? AND number = ?");
    if (row.bind(upload, part.number).step()) unpack_extents(row.bytes(0), before);
  }
  change.database()
      .prepare(
          "INSERT OR REPLACE INTO parts (upload, number, modified, size, etag, sums, extents)"
          " VALUES (?,?,?,?,?,?,?)")
      .bind(upload, part.number, part.modified, part.size, part.etag, pack_sums(part.sums),
            pack_extents(extents))
      .run();
  change.release_files(before);
}

/// The slices of [first, first + size), as far as they lie in files.
Extents slice(const Extents& whole, std::uint64_t first, std::uint64_t size) {
  Extents cut;
  std::uint64_t start = 0, end = first + size;
  for (const Extent& extent : whole) {
    std::uint64_t from = std::max(start, first), to = std::min(start + extent.length, end);
    if (from < to) cut.push_back({extent.file, extent.offset + (from - start), to - from});
    start += extent.length;
  }
  return cut;
}

bool covers(const Sums& have, const WriterOptions& asked) {
  return (!asked.md5 || have.md5) && (!asked.crc64 || have.crc64) && (!asked.crc32c || have.crc32c) &&
         (!asked.crc32 || have.crc32) && (!asked.crc64nvme || have.crc64nvme) && (!asked.sha1 || have.sha1) &&
         (!asked.sha256 || have.sha256);
}

StorageResult<Sums> sums_of(Reader::State& body, std::uint64_t first, std::uint64_t size,
                            const WriterOptions& asked) {
  RunningSums sums(asked);
  std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, 256 * 1024)));
  while (size > 0) {
    std::span<char> into(buffer.data(),
                         static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size())));
    auto count = body.read_at(first, into);
    if (!count) return count.error();
    sums.add({buffer.data(), *count});
    first += *count;
    size -= *count;
  }
  return sums.finish();
}

}  // namespace

std::optional<Change::UploadRow> Change::upload(const Bucket& bucket, const UploadRef& ref) {
  return find_upload(database(), bucket, ref);
}

void Change::erase_parts(std::int64_t upload) {
  {
    Statement rows = database().prepare("SELECT extents FROM parts WHERE upload = ?");
    rows.bind(upload);
    for (Extents extents; rows.step();) {
      if (unpack_extents(rows.bytes(0), extents)) release_files(extents);
    }
  }
  database().prepare("DELETE FROM parts WHERE upload = ?").bind(upload).run();
}

void Change::erase_upload(const Bucket& bucket, const UploadRef& ref, std::int64_t number) {
  erase_parts(number);
  forget_upload(bucket, ref, number);
}

void Change::forget_upload(const Bucket& bucket, const UploadRef& ref, std::int64_t number) {
  database().prepare("DELETE FROM parts WHERE upload = ?").bind(number).run();
  database()
      .prepare("DELETE FROM uploads WHERE bucket = ? AND key = ? AND id = ?")
      .bind(bucket.id, ref.key, ref.id)
      .run();
}

void Change::erase_uploads(const Bucket& bucket) {
  {
    Statement rows = database().prepare("SELECT number FROM uploads WHERE bucket = ?");
    rows.bind(bucket.id);
    while (rows.step()) erase_parts(rows.integer(0));
  }
  database().prepare("DELETE FROM uploads WHERE bucket = ?").bind(bucket.id).run();
}

StorageResult<UploadInfo> Storage::create_upload(const BucketRef& ref, CreateUpload options) {
  Change change(*state_);
  auto bucket = change.bucket(ref);
  if (!bucket) return bucket.error();
  UploadInfo upload{.key = std::move(options.key),
                    .owner = std::move(options.owner),
                    .initiated = state_->now(),
                    .attributes = std::move(options.attributes)};
  upload.id = new_upload_id(upload.initiated, state_->last_upload_id);
  state_->last_upload_id = upload.id;
  change.database()
      .prepare(
          "INSERT INTO uploads (bucket, key, id, number, owner, initiated, storage_class, headers)"
          " VALUES (?,?,?,?,?,?,?,?)")
      .bind(bucket->id, upload.key, upload.id, ++state_->last_upload, upload.owner, upload.initiated,
            upload.attributes.storage_class, pack_headers(upload.attributes.headers))
      .run();
  if (auto committed = change.commit(); !committed) return committed.error();
  return upload;
}

StorageResult<UploadInfo> Storage::head_upload(const UploadRef& ref) {
  auto bucket = state_->bucket(ref.bucket);
  if (!bucket) return bucket.error();
  auto reading = Reading::take(*state_);
  if (!reading) return reading.error();
  auto upload = find_upload(**reading, *bucket, ref);
  if ((*reading)->error()) return *(*reading)->error();
  if (!upload) return no_such_upload(ref);
  return std::move(upload->info);
}

StorageResult<PartInfo> Storage::put_part(const UploadRef& ref, std::uint32_t number, Writer body,
                                          PutPartOptions options) {
  auto digest = body.finish();
  if (!digest) return digest.error();
  if (auto spilled = body.state().spill(); !spilled) return spilled.error();
  PartInfo part{number, digest->size, etag_of(*digest, options.etag, options.upper_etag), 0, digest->sums};

  Change change(*state_);
  auto bucket = change.bucket(ref.bucket);
  if (!bucket) return bucket.error();
  auto upload = change.upload(*bucket, ref);
  if (!upload) return change.refuse(no_such_upload(ref));
  part.modified = state_->now();
  auto extents = change.take_file(body.state());
  if (!extents) return extents.error();
  store_part(change, upload->number, part, *extents);
  if (auto committed = change.commit([&] { body.state().keep(); }); !committed) return committed.error();
  return part;
}

// The sums of a slice are computed by reading it, outside the transaction and against pinned files; the
// transaction then needs the body only to be still there.
StorageResult<PartInfo> Storage::copy_part(const UploadRef& ref, std::uint32_t number, const BucketRef& from,
                                           std::string_view from_key, CopyPartOptions options) {
  for (;;) {
    auto source = state_->open_body(from, from_key);
    if (!source) return source.error();
    Conditions conditions{.if_match = options.source_if_match};
    if (auto refused = refused_by(conditions, source->row)) return std::move(*refused);
    std::uint64_t whole = source->reader.size(), first = options.first.value_or(0);
    std::uint64_t size = options.size.value_or(first <= whole ? whole - first : 0);
    if (first > whole || size > whole - first)
      return StorageError{StorageCode::invalid_range, "the source has " + std::to_string(whole) + " bytes"};

    PartInfo part{.number = number, .size = size};
    if (size == whole && covers(source->row.info.sums, options.sums)) {
      part.sums = source->row.info.sums;
    } else {
      auto sums = sums_of(source->reader, first, size, options.sums);
      if (!sums) return sums.error();
      part.sums = *sums;
    }
    part.etag = etag_of({size, part.sums}, options.etag, options.upper_etag);
    Extents extents = slice(source->reader.extents(), first, size);
    Writer::State tail(state_->files, {.md5 = false, .crc64 = false, .crc32c = false});
    std::uint64_t tail_start = whole - source->reader.tail().size();
    if (first + size > tail_start) {
      std::uint64_t inside = std::max(first, tail_start) - tail_start;
      auto bytes = std::string_view(source->reader.tail()).substr(inside, first + size - tail_start - inside);
      if (auto written = tail.write(bytes); !written) return written.error();
      if (auto finished = tail.finish(); !finished) return finished.error();
      if (auto spilled = tail.spill(); !spilled) return spilled.error();
    }

    Change change(*state_);
    auto bucket = change.bucket(ref.bucket);
    if (!bucket) return bucket.error();
    auto upload = change.upload(*bucket, ref);
    if (!upload) return change.refuse(no_such_upload(ref));
    if (!change.has_content(source->row.content)) {
      if (change.database().error()) return *change.database().error();
      continue;  // overwritten meanwhile, and the files may be gone: once more
    }
    part.modified = state_->now();
    change.share_files(extents);
    auto copied = change.take_file(tail);
    if (!copied) return copied.error();
    extents.insert(extents.end(), copied->begin(), copied->end());
    store_part(change, upload->number, part, extents);
    if (auto committed = change.commit([&] { tail.keep(); }); !committed) return committed.error();
    return part;
  }
}

StorageResult<PartsPage> Storage::list_parts(const UploadRef& ref, std::int64_t after, std::uint32_t limit) {
  auto bucket = state_->bucket(ref.bucket);
  if (!bucket) return bucket.error();
  auto reading = Reading::take(*state_);
  if (!reading) return reading.error();
  auto upload = find_upload(**reading, *bucket, ref);
  if ((*reading)->error()) return *(*reading)->error();
  if (!upload) return no_such_upload(ref);
  PartsPage page;
  if (limit == 0) return page;
  Statement rows = (*reading)->prepare(
      "SELECT number, size, etag, modified, sums FROM parts"
      " WHERE upload = ? AND number > ? ORDER BY number");
  rows.bind(upload->number, after);
  while (rows.step()) {
    if (page.parts.size() == limit) {
      page.truncated = true;
      break;
    }
    PartInfo& part = page.parts.emplace_back();
    part = {static_cast<std::uint32_t>(rows.integer(0)),
            static_cast<std::uint64_t>(rows.integer(1)),
            rows.text(2),
            rows.integer(3),
            {}};
    unpack_sums(rows.bytes(4), part.sums);
  }
  if ((*reading)->error()) return *(*reading)->error();
  return page;
}

StorageResult<void> Storage::abort(const UploadRef& ref) {
  Change change(*state_);
  auto bucket = change.bucket(ref.bucket);
  if (!bucket) return bucket.error();
  auto upload = change.upload(*bucket, ref);
  if (!upload) return change.refuse(no_such_upload(ref));
  change.erase_upload(*bucket, ref, upload->number);
  return change.commit();
}

}  // namespace sluice::emulator
