// A line of a vendor's inventory as an entry. The vendors write the same columns under nearly the same names,
// in an order that a manifest tells. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bulk/entry.h"
#include "bulk/side.h"

namespace sluice::bulk {

enum class Column { bucket, appid, key, size, etag, modified, storage_class, crc64, latest, deleted };
inline constexpr std::size_t kColumns = 10;

/// Where each column stands; empty = nowhere.
using Columns = std::array<std::optional<std::size_t>, kColumns>;

/// "Bucket, Key, Size, ..." as manifests have it. Names are compared without case; those that are of no use
/// here pass. Key and Size must be among them.
Result<Columns> columns_of(std::string_view schema);
/// A first record that names the columns.
bool is_header(const std::vector<std::string>& fields);

/// What was read, for those who wonder about the rest.
struct InventoryCounts {
  std::uint64_t taken = 0, elsewhere = 0, old_versions = 0, unread_times = 0;
};

class InventoryRows {
 public:
  InventoryRows(const Side& side, Columns columns) : side_(side), columns_(columns) {}

  /// Nothing: the line is of another bucket or prefix, of an older version or a deletion.
  Result<std::optional<Entry>> entry(const std::vector<std::string>& fields);
  const InventoryCounts& counts() const { return counts_; }

 private:
  const std::string* field(const std::vector<std::string>& fields, Column column) const;
  bool of_bucket(const std::vector<std::string>& fields) const;
  Result<void> read(const std::vector<std::string>& fields, ObjectInfo& info);

  const Side& side_;
  const Columns columns_;
  InventoryCounts counts_;
};

}  // namespace sluice::bulk
