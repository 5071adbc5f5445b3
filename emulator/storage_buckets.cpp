// Buckets: answered from memory, changed in the index first.
#include <mutex>

#include "emulator/storage_state.h"

namespace sluice::emulator {
namespace {

bool any_row(Database& database, const char* sql, std::int64_t bucket) {
  Statement row = database.prepare(sql);
  return row.bind(bucket).step();
}

}  // namespace

StorageResult<void> Storage::create_bucket(const BucketRef& ref, BucketInfo info) {
  Change change(*state_);
  if (change.bucket(ref)) return StorageError{StorageCode::bucket_exists, "bucket exists: " + ref.name};
  info.name = ref.name;
  info.created = state_->now();
  change.database()
      .prepare("INSERT INTO buckets (space, name, region, owner, attributes, created) VALUES (?,?,?,?,?,?)")
      .bind(ref.space, ref.name, info.region, info.owner, info.attributes, info.created)
      .run();
  Bucket bucket{change.database().last_row(), std::move(info)};
  return change.commit([&] {
    std::unique_lock lock(state_->buckets_mutex);
    state_->buckets[{ref.space, ref.name}] = std::move(bucket);
  });
}

StorageResult<BucketInfo> Storage::head_bucket(const BucketRef& ref) {
  auto bucket = state_->bucket(ref);
  if (!bucket) return bucket.error();
  return std::move(bucket->info);
}

StorageResult<void> Storage::set_bucket_attributes(const BucketRef& ref, std::string attributes) {
  Change change(*state_);
  auto bucket = change.bucket(ref);
  if (!bucket) return bucket.error();
  change.database()
      .prepare("UPDATE buckets SET attributes = ? WHERE id = ?")
      .bind(attributes, bucket->id)
      .run();
  return change.commit([&] {
    std::unique_lock lock(state_->buckets_mutex);
    state_->buckets[{ref.space, ref.name}].info.attributes = std::move(attributes);
  });
}

StorageResult<void> Storage::delete_bucket(const BucketRef& ref, bool abort_uploads) {
  Change change(*state_);
  auto bucket = change.bucket(ref);
  if (!bucket) return bucket.error();
  if (any_row(change.database(), "SELECT 1 FROM objects WHERE bucket = ? LIMIT 1", bucket->id))
    return change.refuse({StorageCode::bucket_not_empty, "bucket holds objects: " + ref.name});
  if (any_row(change.database(), "SELECT 1 FROM uploads WHERE bucket = ? LIMIT 1", bucket->id)) {
    if (!abort_uploads)
      return change.refuse({StorageCode::bucket_has_uploads, "bucket holds unfinished uploads: " + ref.name});
    change.erase_uploads(*bucket);
  }
  change.database().prepare("DELETE FROM buckets WHERE id = ?").bind(bucket->id).run();
  return change.commit([&] {
    std::unique_lock lock(state_->buckets_mutex);
    state_->buckets.erase({ref.space, ref.name});
  });
}

Storage::BucketsPage Storage::list_buckets(std::string_view space, std::string_view prefix,
                                           std::string_view marker, std::uint32_t limit,
                                           std::string_view owner) {
  BucketsPage page;
  std::shared_lock lock(state_->buckets_mutex);
  BucketOrder::View from(space, std::max(marker, prefix));
  for (auto at = state_->buckets.lower_bound(from); at != state_->buckets.end(); ++at) {
    const auto& [place, bucket] = *at;
    if (place.first != space || !place.second.starts_with(prefix)) break;
    if (!marker.empty() && place.second <= marker) continue;
    if (!owner.empty() && bucket.info.owner != owner) continue;
    if (page.buckets.size() == limit) {
      page.truncated = limit > 0;
      break;
    }
    page.buckets.push_back(bucket.info);
  }
  return page;
}

std::vector<std::string> Storage::spaces_of(std::string_view name) {
  std::vector<std::string> spaces;
  std::shared_lock lock(state_->buckets_mutex);
  for (const auto& [place, bucket] : state_->buckets) {
    if (place.second == name) spaces.push_back(place.first);
  }
  return spaces;
}

}  // namespace sluice::emulator
