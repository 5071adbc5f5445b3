// Complete: checks the parts named and makes an object of their slices, without touching a byte.
#include <algorithm>
#include <iterator>

#include "emulator/storage_state.h"

namespace sluice::emulator {
namespace {

struct StoredPart {
  PartInfo info;
  Extents extents;
};

std::vector<StoredPart> read_parts(Database& database, std::int64_t upload) {
  std::vector<StoredPart> parts;
  Statement rows = database.prepare(
      "SELECT number, size, etag, sums, extents FROM parts WHERE upload = ? ORDER BY number");
  rows.bind(upload);
  while (rows.step()) {
    StoredPart& part = parts.emplace_back();
    part.info.number = static_cast<std::uint32_t>(rows.integer(0));
    part.info.size = static_cast<std::uint64_t>(rows.integer(1));
    part.info.etag = rows.text(2);
    unpack_sums(rows.bytes(3), part.info.sums);
    unpack_extents(rows.bytes(4), part.extents);
  }
  return parts;
}

std::optional<StorageError> order_parts(CompleteOptions& options) {
  auto& parts = options.parts;
  if (options.sort)
    std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  auto wrong = std::adjacent_find(parts.begin(), parts.end(),
                                  [](const auto& a, const auto& b) { return a.number >= b.number; });
  if (wrong == parts.end()) return std::nullopt;
  std::uint64_t number = std::next(wrong)->number;
  return StorageError{StorageCode::invalid_part_order, "part " + std::to_string(number) + " is out of order",
                      number};
}

/// Moves the parts named out of the stored ones (both ascend).
StorageResult<std::vector<StoredPart>> choose(std::vector<StoredPart>& stored,
                                              const CompleteOptions& options) {
  if (options.all) return std::move(stored);
  std::vector<StoredPart> chosen;
  auto next = stored.begin();
  for (const CompletePart& named : options.parts) {
    next = std::find_if(next, stored.end(),
                        [&](const StoredPart& part) { return part.info.number >= named.number; });
    std::string name = "part " + std::to_string(named.number);
    if (next == stored.end() || next->info.number != named.number)
      return StorageError{StorageCode::invalid_part, name + " was not uploaded", named.number};
    if (!named.etag.empty() && !same_etag(named.etag, next->info.etag))
      return StorageError{StorageCode::invalid_part, name + " has ETag " + next->info.etag, named.number};
    chosen.push_back(std::move(*next++));
  }
  // What was not named goes; `stored` keeps only that.
  std::erase_if(stored, [&](const StoredPart& part) {
    return std::any_of(options.parts.begin(), options.parts.end(),
                       [&](const CompletePart& named) { return named.number == part.info.number; });
  });
  return chosen;
}

std::optional<StorageError> too_small(const std::vector<StoredPart>& parts, std::uint64_t least) {
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const PartInfo& part = parts[i].info;
    if (part.size < least)
      return StorageError{StorageCode::part_too_small,
                          "part " + std::to_string(part.number) + " is too small", part.number, part.size};
  }
  return std::nullopt;
}

bool differs(const Sums& expected, const Sums& got) {
  auto wrong = [](const auto& want, const auto& have) { return want && want != have; };
  return wrong(expected.crc64, got.crc64) || wrong(expected.crc32c, got.crc32c) ||
         wrong(expected.crc32, got.crc32) || wrong(expected.crc64nvme, got.crc64nvme);
}

std::string joined_etag(const std::vector<StoredPart>& parts, bool upper) {
  std::string sums;
  for (const StoredPart& part : parts) {
    Md5 sum = part.info.sums.md5 ? *part.info.sums.md5 : md5_of(part.info.etag);
    sums.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  }
  Md5 whole = md5_of(sums);
  return (upper ? upper_hex(whole) : hex(whole)) + "-" + std::to_string(parts.size());
}

}  // namespace

StorageResult<ObjectInfo> Storage::complete(const UploadRef& ref, CompleteOptions options) {
  Change change(*state_);
  auto bucket = change.bucket(ref.bucket);
  if (!bucket) return bucket.error();
  auto upload = change.upload(*bucket, ref);
  if (!upload) return change.refuse({StorageCode::no_such_upload, "no upload " + ref.id});
  if (auto wrong = order_parts(options)) return std::move(*wrong);
  auto stored = read_parts(change.database(), upload->number);
  auto parts = choose(stored, options);
  if (!parts) return change.refuse(parts.error());
  if (parts->empty()) return change.refuse({StorageCode::no_parts, "an object needs a part"});
  if (auto wrong = too_small(*parts, options.min_part_size)) return std::move(*wrong);

  ObjectRow row;
  row.info = {.key = ref.key,
              .modified = state_->now(),
              .type = ObjectType::multipart,
              .parts = static_cast<std::uint32_t>(parts->size()),
              .sums = joinable_zero(),
              .attributes = std::move(upload->info.attributes)};
  auto& headers = row.info.attributes.headers;
  std::move(options.add_headers.begin(), options.add_headers.end(), std::back_inserter(headers));
  Extents extents;
  for (const StoredPart& part : *parts) {
    row.info.size += part.info.size;
    row.info.sums = join(row.info.sums, part.info.sums, part.info.size);
    extents.insert(extents.end(), part.extents.begin(), part.extents.end());
  }
  row.info.etag = options.etag.empty() ? joined_etag(*parts, options.upper_etag) : std::move(options.etag);
  if (options.expect_size && *options.expect_size != row.info.size)
    return StorageError{StorageCode::checksum_mismatch,
                        "the parts have " + std::to_string(row.info.size) + " bytes"};
  if (differs(options.expect, row.info.sums))
    return StorageError{StorageCode::checksum_mismatch, "the parts' joined checksum is another"};

  auto before = change.object(*bucket, ref.key);
  if (auto refused = refused_by(options.conditions, before)) return change.refuse(std::move(*refused));
  // The references of the chosen parts pass to the object; those of the others end.
  if (!options.all) {
    for (const StoredPart& part : stored) change.release_files(part.extents);
  }
  change.forget_upload(*bucket, ref, upload->number);
  row.content = change.add_content(extents, {});
  change.store_object(*bucket, row);
  if (before) change.release_content(before->content);
  if (auto committed = change.commit(); !committed) return committed.error();
  return std::move(row.info);
}

}  // namespace sluice::emulator
