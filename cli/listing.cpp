// Rows of a listing: listing.h.
#include "cli/listing.h"

#include <fmt/format.h>

#include "cli/units.h"

namespace sluice::cli {
namespace {

std::string shown(const std::string& name, bool terminal) {
  return terminal ? printable(name) : name;
}
std::string when(const std::optional<TimePoint>& time) {
  return time ? format_time(*time) : "-";
}

}  // namespace

std::string object_row(const ObjectInfo& object, bool terminal) {
  return fmt::format("{:20}  {:>15}  {}\n", when(object.modified), object.size, shown(object.key, terminal));
}

std::string prefix_row(const std::string& prefix, bool terminal) {
  return fmt::format("{:20}  {:>15}  {}\n", "", "DIR", shown(prefix, terminal));
}

std::string bucket_row(const BucketInfo& bucket, bool terminal) {
  return fmt::format("{:20}  {:15}  {}\n", when(bucket.created), bucket.region.empty() ? "-" : bucket.region,
                     shown(bucket.name, terminal));
}

JsonLine object_json(const ObjectInfo& object) {
  JsonLine line;
  line.text("key", object.key).number("size", object.size).text_if("etag", object.etag);
  if (object.modified) line.text("modified", format_time(*object.modified));
  line.text_if("storage_class", object.storage_class);
  return line;
}

}  // namespace sluice::cli
