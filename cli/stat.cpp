// sluice stat URL: what a store says of an object, or that a bucket is there.
#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/listing.h"
#include "cli/session.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

std::string rows(const Location& at, const ObjectInfo& info, bool terminal) {
  std::string text;
  const auto row = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:14} {}\n", name, terminal ? printable(value) : value);
  };
  row("url", at.text());
  row("size", fmt::to_string(info.size));
  row("modified", info.modified ? format_time(*info.modified) : "");
  row("etag", info.etag);
  row("content type", info.content_type);
  row("storage class", info.storage_class);
  row("crc64", info.crc64 ? fmt::to_string(*info.crc64) : "");
  for (const auto& [name, value] : info.metadata) row("meta " + name, value);
  row("request", info.reply.request_id);
  return text;
}

JsonLine json(const Location& at, ObjectInfo info) {
  info.key = at.key;
  JsonLine line = object_json("stat", info);
  line.text("url", at.text()).text_if("content_type", info.content_type);
  if (info.crc64) line.text("crc64", fmt::to_string(*info.crc64));
  JsonLine metadata;
  for (const auto& [name, value] : info.metadata) metadata.text(name, value);
  return line.object("metadata", metadata).text_if("request_id", info.reply.request_id);
}

int stat_bucket(Context& context, Store& store, const Location& at) {
  const Result<void> there = store.head_bucket(at.bucket);
  if (!there) return report_failure(context, there.error());
  const std::string text =
      context.output.json()
          ? context.output.row(JsonLine().text("event", "stat_bucket").text("bucket", at.bucket))
          : fmt::format("{:14} {}\n", "bucket", at.bucket);
  const Result<void> written = context.output.data(text);
  return written ? kDone : report_failure(context, written.error());
}

int run(Context& context) {
  Result<Location> at = parse_url(context.args.get("URL"));
  if (at && at->key.empty()) at = parse_bucket(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  if (at->key.empty()) return stat_bucket(context, session->store(), *at);

  const Result<ObjectInfo> info = session->store().head(at->bucket, at->key);
  if (!info) return report_failure(context, info.error());
  const Result<void> written =
      context.output.data(context.output.json() ? context.output.row(json(*at, *info))
                                                : rows(*at, *info, context.output.data_terminal()));
  return written ? kDone : report_failure(context, written.error());
}

}  // namespace

Verb stat_verb() {
  return {
      .name = "stat",
      .aliases = {"head"},
      .summary = "what the store says of an object or bucket",
      .details = "",
      .examples = {"sluice stat oss://bucket/key", "sluice stat --json s3://bucket"},
      .operands = {{"URL", "scheme://bucket[/key]"}},
      .options = {},
      .shares = Shares::store,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
