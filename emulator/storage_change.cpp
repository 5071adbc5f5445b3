// Change: the rows behind an object, and the counting of who refers to what.
#include <algorithm>

#include "emulator/storage_state.h"
#include "io/http.h"

namespace sluice::emulator {

Change::Change(Storage::State& state) : state_(state), lock_(state.writing) {
  database().forget_error();
  open_ = database().execute("BEGIN IMMEDIATE");
}

Change::~Change() {
  if (open_) database().execute("ROLLBACK");
}

StorageResult<void> Change::commit_rows() {
  if (database().error()) return *database().error();
  if (!database().execute("COMMIT")) return *database().error();
  open_ = false;
  return {};
}

void Change::finish() {
  lock_.unlock();
  if (!gone_.empty()) state_.files->remove(gone_);
}

StorageError Change::refuse(StorageError meant) const {
  return state_.writer->error() ? *state_.writer->error() : std::move(meant);
}

std::optional<ObjectRow> Change::object(const Bucket& bucket, std::string_view key) {
  Statement row =
      database().prepare("SELECT " SLUICE_OBJECT_COLUMNS " FROM objects WHERE bucket = ? AND key = ?");
  if (!row.bind(bucket.id, key).step()) return std::nullopt;
  return unpack_object(row, true);
}

void Change::store_object(const Bucket& bucket, const ObjectRow& row) {
  const ObjectInfo& info = row.info;
  std::string sums = pack_sums(info.sums), headers = pack_headers(info.attributes.headers);
  database()
      .prepare("INSERT OR REPLACE INTO objects (bucket, " SLUICE_OBJECT_COLUMNS
               ") VALUES (?,?,?,?,?,?,?,?,?,?,?)")
      .bind(bucket.id, info.key, info.modified, info.size, static_cast<int>(info.type), info.parts,
            row.content, info.etag, info.attributes.storage_class, sums, headers)
      .run();
}

bool Change::erase_object(const Bucket& bucket, std::string_view key) {
  std::optional<std::int64_t> content;
  {
    Statement row = database().prepare("SELECT content FROM objects WHERE bucket = ? AND key = ?");
    if (row.bind(bucket.id, key).step()) content = row.integer(0);
  }
  if (!content) return false;
  database().prepare("DELETE FROM objects WHERE bucket = ? AND key = ?").bind(bucket.id, key).run();
  release_content(*content);
  return true;
}

std::int64_t Change::add_content(const Extents& extents, std::string_view tail) {
  if (extents.empty() && tail.empty()) return 0;
  std::int64_t id = ++state_.last_content;
  database()
      .prepare("INSERT INTO contents (id, refs, extents, tail) VALUES (?, 1, ?, ?)")
      .bind(id, pack_extents(extents), tail)
      .run();
  return id;
}

std::optional<Reader::State> Change::read_content(std::int64_t content) {
  Extents extents;
  std::string tail;
  if (content != 0) {
    Statement row = database().prepare("SELECT extents, tail FROM contents WHERE id = ?");
    if (!row.bind(content).step() || !unpack_extents(row.bytes(0), extents)) return std::nullopt;
    tail = row.text(1);
  }
  Pins pins(state_.files, extents);
  return std::optional<Reader::State>(std::in_place, std::move(pins), std::move(extents), std::move(tail));
}

bool Change::has_content(std::int64_t content) {
  return content == 0 || database().prepare("SELECT 1 FROM contents WHERE id = ?").bind(content).step();
}

void Change::share_content(std::int64_t content) {
  if (content == 0) return;
  database().prepare("UPDATE contents SET refs = refs + 1 WHERE id = ?").bind(content).run();
}

bool Change::replace_content(std::int64_t content, const Extents& extents, std::string_view tail) {
  if (content == 0) return false;
  database()
      .prepare("UPDATE contents SET extents = ?, tail = ? WHERE id = ? AND refs = 1")
      .bind(pack_extents(extents), tail, content)
      .run();
  return database().changes() > 0;
}

void Change::release_content(std::int64_t content) {
  if (content == 0) return;
  Extents extents;
  {
    Statement row = database().prepare("SELECT refs, extents FROM contents WHERE id = ?");
    if (!row.bind(content).step()) return;
    if (row.integer(0) > 1) {
      database().prepare("UPDATE contents SET refs = refs - 1 WHERE id = ?").bind(content).run();
      return;
    }
    unpack_extents(row.bytes(1), extents);
  }
  database().prepare("DELETE FROM contents WHERE id = ?").bind(content).run();
  release_files(extents);
}

void Change::add_file(std::uint64_t file) {
  database().prepare("INSERT INTO files (id, refs) VALUES (?, 1)").bind(file).run();
}

void Change::share_files(const Extents& extents) {
  for (const Extent& extent : extents)
    database().prepare("UPDATE files SET refs = refs + 1 WHERE id = ?").bind(extent.file).run();
}

void Change::release_files(const Extents& extents) {
  for (const Extent& extent : extents) {
    database().prepare("DELETE FROM files WHERE id = ? AND refs = 1").bind(extent.file).run();
    if (database().changes() > 0) {
      gone_.push_back(extent.file);
    } else {
      database().prepare("UPDATE files SET refs = refs - 1 WHERE id = ?").bind(extent.file).run();
    }
  }
}

StorageResult<Extents> Change::take_file(Writer::State& body) {
  if (auto spilled = body.spill(); !spilled) return spilled.error();
  if (body.has_file()) add_file(body.file());
  return body.extents();
}

ObjectRow unpack_object(const Statement& row, bool headers) {
  ObjectRow object;
  ObjectInfo& info = object.info;
  info.key = row.text(0);
  info.modified = row.integer(1);
  info.size = static_cast<std::uint64_t>(row.integer(2));
  info.type = static_cast<ObjectType>(row.integer(3));
  info.parts = static_cast<std::uint32_t>(row.integer(4));
  object.content = row.integer(5);
  info.etag = row.text(6);
  info.attributes.storage_class = row.text(7);
  unpack_sums(row.bytes(8), info.sums);
  if (headers) unpack_headers(row.bytes(9), info.attributes.headers);
  return object;
}

bool same_etag(std::string_view a, std::string_view b) {
  auto bare = [](std::string_view etag) {
    if (etag.starts_with("W/")) etag.remove_prefix(2);
    while (etag.starts_with('"')) etag.remove_prefix(1);
    while (etag.ends_with('"')) etag.remove_suffix(1);
    return etag;
  };
  return io::equal_ignoring_case(bare(a), bare(b));
}

std::string etag_of(const Digest& digest, std::string_view given, bool upper) {
  if (!given.empty()) return std::string(given);
  const Sums& sums = digest.sums;
  // Without an MD5 an ETag need only differ when the bytes do: hash what is known of them.
  Md5 sum = sums.md5 ? *sums.md5 : md5_of(pack_sums(sums) + std::to_string(digest.size));
  return upper ? upper_hex(sum) : hex(sum);
}

std::optional<StorageError> refused_by(const Conditions& conditions, const std::optional<ObjectRow>& there) {
  if (conditions.if_absent && there)
    return StorageError{StorageCode::key_exists, "object exists: " + there->info.key};
  if (conditions.if_match.empty()) return std::nullopt;
  if (!there) return StorageError{StorageCode::no_such_key, "no object to match"};
  if (conditions.if_match == "*" || same_etag(conditions.if_match, there->info.etag)) return std::nullopt;
  return StorageError{StorageCode::precondition_failed, "the object has ETag " + there->info.etag};
}

std::string after_all_with(std::string_view prefix) {
  std::string next(prefix);
  while (!next.empty() && static_cast<unsigned char>(next.back()) == 0xff) next.pop_back();
  if (!next.empty()) next.back() = static_cast<char>(static_cast<unsigned char>(next.back()) + 1);
  return next;
}

}  // namespace sluice::emulator
