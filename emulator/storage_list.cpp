// Lists: one walk over an ordered index that jumps past what a common prefix covers.
//
// Names are keys and common prefixes alike, and a page holds those greater than the marker. A key
// under a common prefix that is not greater than the marker is therefore skipped with its whole
// prefix, which is what makes the next page of a page that ended in one begin behind it. A jump is one
// seek, so a page costs its names, however many keys they stand for.
#include <algorithm>

#include "emulator/storage_state.h"

namespace sluice::emulator {
namespace {

/// What a list asks of names, apart from where they come from.
struct Folding {
  std::string_view prefix, delimiter;

  /// The common prefix that stands for this key; empty = the key itself does.
  std::string_view common_prefix(std::string_view key) const {
    if (delimiter.empty()) return {};
    std::size_t found = key.find(delimiter, prefix.size());
    return found == std::string_view::npos ? std::string_view() : key.substr(0, found + delimiter.size());
  }

  /// Least key that may answer a name greater than `marker`; empty optional = none can.
  std::optional<std::string> first_after(std::string_view marker) const {
    if (marker < prefix) return std::string(prefix);
    if (marker.starts_with(prefix)) {
      if (std::string_view covered = common_prefix(marker); !covered.empty()) return past(covered);
      return std::string(marker) + '\0';
    }
    return std::nullopt;  // greater than every key with the prefix
  }

  static std::optional<std::string> past(std::string_view covered) {
    std::string next = after_all_with(covered);
    if (next.empty()) return std::nullopt;
    return next;
  }
};

/// One moment of the index over several statements.
class Snapshot {
 public:
  explicit Snapshot(Database& database) : database_(database) { database_.execute("BEGIN"); }
  ~Snapshot() { database_.execute("COMMIT"); }
  Snapshot(const Snapshot&) = delete;

 private:
  Database& database_;
};

}  // namespace

StorageResult<ListPage> Storage::list(const BucketRef& ref, const ListRequest& request) {
  auto bucket = state_->bucket(ref);
  if (!bucket) return bucket.error();
  ListPage page;
  Folding folding{request.prefix, request.delimiter};
  std::optional<std::string> from =
      request.marker.empty() ? request.prefix : folding.first_after(request.marker);
  if (!from || request.limit == 0) return page;

  auto reading = Reading::take(*state_);
  if (!reading) return reading.error();
  Snapshot snapshot(**reading);
  Statement rows = (*reading)->prepare("SELECT " SLUICE_OBJECT_COLUMNS
                                       " FROM objects WHERE bucket = ? AND key >= ? ORDER BY key");
  rows.bind(bucket->id, *from);
  while (rows.step()) {
    std::string_view key = rows.bytes(0);
    if (!key.starts_with(request.prefix)) break;
    if (page.objects.size() + page.prefixes.size() == request.limit) {
      page.truncated = true;
      break;
    }
    std::string_view covering = folding.common_prefix(key);
    if (covering.empty()) {
      page.objects.push_back(unpack_object(rows, request.headers).info);
      continue;
    }
    page.prefixes.emplace_back(covering);
    from = Folding::past(covering);
    if (!from) break;
    rows.again();
    rows.bind(bucket->id, *from);
  }
  if ((*reading)->error()) return *(*reading)->error();
  if (page.truncated) {
    if (!page.objects.empty()) page.next_marker = page.objects.back().key;
    if (!page.prefixes.empty()) page.next_marker = std::max(page.next_marker, page.prefixes.back());
  }
  return page;
}

StorageResult<UploadsPage> Storage::list_uploads(const BucketRef& ref, const ListUploadsRequest& request) {
  auto bucket = state_->bucket(ref);
  if (!bucket) return bucket.error();
  UploadsPage page;
  Folding folding{request.prefix, request.delimiter};
  std::string id_after;  // of the uploads of the key *from
  std::optional<std::string> from = request.prefix;
  if (!request.key_marker.empty()) {
    from = folding.first_after(request.key_marker);
    bool inside_key = !request.id_marker.empty() && request.key_marker.starts_with(request.prefix) &&
                      folding.common_prefix(request.key_marker).empty();
    if (inside_key) {
      from = request.key_marker;
      id_after = request.id_marker;
    }
  }
  if (!from || request.limit == 0) return page;

  auto reading = Reading::take(*state_);
  if (!reading) return reading.error();
  Snapshot snapshot(**reading);
  Statement rows = (*reading)->prepare(
      "SELECT key, id, owner, initiated, storage_class, headers FROM uploads"
      " WHERE bucket = ? AND (key, id) > (?, ?) ORDER BY key, id");
  rows.bind(bucket->id, *from, id_after);
  while (rows.step()) {
    std::string_view key = rows.bytes(0);
    if (!key.starts_with(request.prefix)) break;
    if (page.uploads.size() + page.prefixes.size() == request.limit) {
      page.truncated = true;
      break;
    }
    std::string_view covering = folding.common_prefix(key);
    if (covering.empty()) {
      UploadInfo& upload = page.uploads.emplace_back();
      upload = {rows.text(0), rows.text(1), rows.text(2), rows.integer(3), {rows.text(4), {}}};
      unpack_headers(rows.bytes(5), upload.attributes.headers);
      page.next_key_marker = upload.key;
      page.next_id_marker = upload.id;
      continue;
    }
    page.prefixes.emplace_back(covering);
    page.next_key_marker = covering;
    page.next_id_marker.clear();
    from = Folding::past(covering);
    if (!from) break;
    id_after.clear();
    rows.again();
    rows.bind(bucket->id, *from, id_after);
  }
  if ((*reading)->error()) return *(*reading)->error();
  if (!page.truncated) {
    page.next_key_marker.clear();
    page.next_id_marker.clear();
  }
  return page;
}

}  // namespace sluice::emulator
