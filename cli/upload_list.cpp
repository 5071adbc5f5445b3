// Uploads as rows, and those of one key: upload_list.h.
#include "cli/upload_list.h"

#include <fmt/format.h>

#include "cli/pages.h"
#include "cli/units.h"

namespace sluice::cli {

Result<Location> parse_prefix(std::string_view text) {
  Result<Location> at = parse_url(text);
  return at && at->bucket.empty() ? parse_bucket(text) : at;
}

Option upload_id_option() {
  return {"--upload-id", "ID", "this one, as uploads ls shows it; otherwise all of the key"};
}

Result<std::vector<UploadInfo>> uploads_of_key(const Args& args, Store& store, const Location& at) {
  Result<std::vector<UploadInfo>> all = store.list_uploads(at.bucket, at.key);
  if (!all) return all;
  const bool one = args.has("upload_id");
  const std::string id = args.get("upload_id");
  std::erase_if(*all, [&](const UploadInfo& upload) {
    return upload.key != at.key || (one && upload.upload_id != id);
  });
  if (all->empty())
    return unexpected(nothing_there("list uploads", at, "uploads ls shows those that are unfinished"));
  return all;
}

std::string upload_row(const char* event, const UploadInfo& upload, const Output& output) {
  const std::string when = upload.initiated ? format_time(*upload.initiated) : "-";
  if (output.json())
    return output.row(JsonLine()
                          .text("event", event)
                          .text("bucket", upload.bucket)
                          .text("key", upload.key)
                          .text("upload_id", upload.upload_id)
                          .text_if("initiated", upload.initiated ? when : "")
                          .boolean("ours", upload.ours));
  const std::string key = output.data_terminal() ? printable(upload.key) : upload.key;
  return fmt::format("{:20}  {:7}  {}  {}\n", when, upload.ours ? "ours" : "foreign", upload.upload_id, key);
}

std::string part_row(const UploadInfo& upload, const PartInfo& part, const Output& output) {
  if (!output.json())
    return fmt::format("{:>5}  {:>15}  {}  {}\n", part.number, part.size, part.etag.empty() ? "-" : part.etag,
                       upload.upload_id);
  JsonLine event;
  event.text("event", "part")
      .text("bucket", upload.bucket)
      .text("key", upload.key)
      .text("upload_id", upload.upload_id)
      .number("number", part.number)
      .number("size", part.size)
      .text_if("etag", part.etag);
  if (part.crc64) event.text("crc64", fmt::to_string(*part.crc64));
  return output.row(std::move(event));
}

}  // namespace sluice::cli
