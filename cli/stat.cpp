// sluice stat URL: what a store says of an object, or that a bucket is there.
#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/listing.h"
#include "cli/session.h"
#include "cli/units.h"
#include "sluice/operations.h"

namespace sluice::cli {
namespace {

std::string rows(const Location& at, const ObjectInfo& info, bool terminal) {
  std::string text;
  const auto row = [&](std::string_view name, const std::string& value) {
    append_named(text, name, value, terminal);
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
  line.object("metadata", metadata);
  return add_reply(line, info.reply);
}

std::string number_text(const std::optional<std::uint64_t>& number) {
  return number ? fmt::to_string(*number) : "";
}

std::string rows(const BucketProperties& bucket, bool terminal) {
  std::string text;
  const auto row = [&](std::string_view name, const std::string& value) {
    append_named(text, name, value, terminal);
  };
  row("bucket", bucket.name);
  row("region", bucket.region);
  row("created", bucket.created ? format_time(*bucket.created) : "");
  row("storage class", bucket.storage_class);
  row("redundancy", bucket.redundancy);
  row("type", bucket.type);
  row("acl", bucket.acl);
  row("owner", bucket.owner);
  row("endpoint", bucket.endpoint);
  row("internal", bucket.internal_endpoint);
  row("objects", number_text(bucket.objects));
  row("bytes", number_text(bucket.bytes));
  row("request", bucket.reply.request_id);
  return text;
}

JsonLine json(const BucketProperties& bucket) {
  JsonLine line;
  line.text("event", "stat_bucket").text("bucket", bucket.name).text_if("region", bucket.region);
  line.text_if("created", bucket.created ? format_time(*bucket.created) : "");
  line.text_if("storage_class", bucket.storage_class).text_if("redundancy", bucket.redundancy);
  line.text_if("type", bucket.type).text_if("acl", bucket.acl).text_if("owner", bucket.owner);
  line.text_if("endpoint", bucket.endpoint).text_if("internal_endpoint", bucket.internal_endpoint);
  if (bucket.objects) line.number("objects", *bucket.objects);
  if (bucket.bytes) line.number("bytes", *bucket.bytes);
  return add_reply(line, bucket.reply);
}

/// That it is there, or with --all whatever the store tells.
Result<BucketProperties> ask_bucket(Context& context, Store& store, const Location& at) {
  if (context.args.has("all")) return Bucket(store, at.bucket).info();
  Result<Reply> there = store.head_bucket(at.bucket);
  if (!there) return unexpected(there.error());
  BucketProperties bucket;
  bucket.name = at.bucket;
  bucket.reply = *std::move(there);
  return bucket;
}

int show(Context& context, const JsonLine& event, const std::string& text) {
  const Result<void> written = context.output.data(context.output.json() ? context.output.row(event) : text);
  return written ? kDone : report_failure(context, written.error());
}

int run(Context& context) {
  Result<Location> at = parse_url(context.args.get("URL"));
  if (at && at->key.empty()) at = parse_bucket(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  if (context.args.has("all") && !at->key.empty())
    return report_failure(
        context, make_error(ErrorKind::argument, "--all is of buckets, and the URL names a key",
                            "all that is told of an object is shown without it"));
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  if (at->key.empty()) {
    const Result<BucketProperties> bucket = ask_bucket(context, session->store(), *at);
    return bucket ? show(context, json(*bucket), rows(*bucket, context.output.data_terminal()))
                  : report_failure(context, bucket.error());
  }
  const Result<ObjectInfo> info = session->store().head(at->bucket, at->key);
  return info ? show(context, json(*at, *info), rows(*at, *info, context.output.data_terminal()))
              : report_failure(context, info.error());
}

}  // namespace

Verb stat_verb() {
  return {
      .name = "stat",
      .aliases = {"head"},
      .summary = "what the store says of an object or bucket",
      .details = "Of a bucket only that it is there, unless --all asks for what else the store tells.",
      .examples = {"sluice stat oss://bucket/key", "sluice stat --all oss://bucket"},
      .operands = {{"URL", "scheme://bucket[/key]"}},
      .options = {{"--all", "", "a bucket: region, class, ACL, owner, size, ... as far as the store tells"}},
      .shares = Shares::store,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
