#include "bulk/inventory_row.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "io/http.h"
#include "io/percent.h"
#include "io/time_text.h"

namespace sluice::bulk {
namespace {

using Word = std::pair<std::string_view, Column>;
constexpr Word kWords[] = {
    {"bucket", Column::bucket},
    {"appid", Column::appid},
    {"key", Column::key},
    {"size", Column::size},
    {"etag", Column::etag},
    {"lastmodifieddate", Column::modified},
    {"lastmodified", Column::modified},
    {"storageclass", Column::storage_class},
    {"crc64", Column::crc64},
    {"hashcrc64ecma", Column::crc64},
    {"islatest", Column::latest},
    {"isdeletemarker", Column::deleted},
};

std::optional<Column> column_of(std::string_view name) {
  while (name.starts_with(' ') || name.starts_with('"')) name.remove_prefix(1);
  while (name.ends_with(' ') || name.ends_with('"')) name.remove_suffix(1);
  for (const auto& [word, column] : kWords)
    if (io::equal_ignoring_case(word, name)) return column;
  return {};
}

bool is(const std::string* text, std::string_view word) {
  return text && io::equal_ignoring_case(*text, word);
}

std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

Result<Columns> columns_of(std::string_view schema) {
  Columns columns;
  for (std::size_t index = 0, at = 0; at <= schema.size(); ++index) {
    const std::size_t end = std::min(schema.find(',', at), schema.size());
    if (const auto column = column_of(schema.substr(at, end - at)))
      columns[static_cast<std::size_t>(*column)] = index;
    at = end + 1;
  }
  for (const Column needed : {Column::key, Column::size})
    if (!columns[static_cast<std::size_t>(needed)])
      return fail(ErrorKind::argument,
                  fmt::format("an inventory with the columns \"{}\" has no {}", schema,
                              needed == Column::key ? "Key" : "Size"),
                  "Key and Size must be among them: choose them where the inventory is set up, or say "
                  "--inventory-columns Bucket,Key,Size,...");
  return columns;
}

bool is_header(const std::vector<std::string>& fields) {
  const auto names = [&fields](Column column) {
    return std::ranges::any_of(fields, [column](const std::string& f) { return column_of(f) == column; });
  };
  return names(Column::key) && names(Column::size);
}

const std::string* InventoryRows::field(const std::vector<std::string>& fields, Column column) const {
  const auto index = columns_[static_cast<std::size_t>(column)];
  return index && *index < fields.size() ? &fields[*index] : nullptr;
}

bool InventoryRows::of_bucket(const std::vector<std::string>& fields) const {
  const std::string* bucket = field(fields, Column::bucket);
  if (!bucket || *bucket == side_.root.bucket) return true;
  const std::string* appid = field(fields, Column::appid);  // COS: a part of the bucket's name
  return appid && *bucket + "-" + *appid == side_.root.bucket;
}

Result<std::optional<Entry>> InventoryRows::entry(const std::vector<std::string>& fields) {
  const std::string* encoded = field(fields, Column::key);
  if (!encoded || !field(fields, Column::size))
    return fail(ErrorKind::argument, fmt::format("a line of {} columns lacks key or size", fields.size()),
                "say which columns there are: --inventory-columns Bucket,Key,Size,...");
  if (is(field(fields, Column::latest), "false") || is(field(fields, Column::deleted), "true")) {
    ++counts_.old_versions;
    return std::optional<Entry>();
  }
  Entry entry;
  entry.info.key = io::percent_decode(*encoded, side_.store->dialect().has(engine::kFormEncodedLists));
  const std::string& prefix = side_.root.key;
  if (!of_bucket(fields) || !entry.info.key.starts_with(prefix) || entry.info.key.size() == prefix.size()) {
    ++counts_.elsewhere;
    return std::optional<Entry>();
  }
  entry.name = entry.info.key.substr(prefix.size());
  if (auto fine = read(fields, entry.info); !fine) return unexpected(std::move(fine).error());
  ++counts_.taken;
  return std::optional<Entry>(std::move(entry));
}

Result<void> InventoryRows::read(const std::vector<std::string>& fields, ObjectInfo& info) {
  const std::string& size = *field(fields, Column::size);
  const auto bytes = number(size);
  if (!bytes)
    return fail(ErrorKind::argument, fmt::format("\"{}\" is no size", size),
                "say which columns there are: --inventory-columns Bucket,Key,Size,...");
  info.size = *bytes;
  if (const std::string* etag = field(fields, Column::etag)) {
    info.etag = *etag;
    std::erase(info.etag, '"');
  }
  if (const std::string* storage = field(fields, Column::storage_class)) info.storage_class = *storage;
  if (const std::string* crc = field(fields, Column::crc64)) info.crc64 = number(*crc);
  if (const std::string* time = field(fields, Column::modified)) {
    info.modified = io::parse_iso_time(*time);
    if (!info.modified) ++counts_.unread_times;
  }
  return {};
}

}  // namespace sluice::bulk
