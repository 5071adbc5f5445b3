// sluice ls [URL]: buckets of "scheme://", else keys, a page at a time: memory does not grow with the
// bucket, and each page is one write.
#include "cli/exit_code.h"
#include "cli/listing.h"
#include "cli/pages.h"
#include "cli/session.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

int list_buckets(Context& context, Store& store) {
  const Result<BucketList> listed = store.list_buckets();
  if (!listed) return report_failure(context, listed.error());
  std::string page;
  for (const BucketInfo& bucket : listed->buckets) {
    if (context.output.json()) {
      JsonLine event;
      event.text("event", "bucket").text("bucket", bucket.name).text_if("region", bucket.region);
      if (bucket.created) event.text("created", format_time(*bucket.created));
      page += context.output.row(std::move(event));
    } else {
      page += bucket_row(bucket, context.output.data_terminal());
    }
  }
  const Result<void> written = context.output.data(page);
  return written ? kDone : report_failure(context, written.error());
}

void append_page(std::string& text, const ListPage& page, const Output& output) {
  // Both lists are sorted: keys and prefixes come out as one sorted list.
  auto object = page.objects.begin();
  auto prefix = page.prefixes.begin();
  while (object != page.objects.end() || prefix != page.prefixes.end()) {
    const bool take_prefix =
        object == page.objects.end() || (prefix != page.prefixes.end() && *prefix < object->key);
    if (take_prefix) {
      if (output.json()) {
        text += output.row(JsonLine().text("event", "prefix").text("prefix", *prefix));
      } else {
        append_prefix_row(text, *prefix, output.data_terminal());
      }
      ++prefix;
    } else {
      if (output.json()) {
        text += output.row(object_json("object", *object));
      } else {
        append_object_row(text, *object, output.data_terminal());
      }
      ++object;
    }
  }
}

int list_keys(Context& context, Store& store, const Location& at) {
  ListOptions options;
  options.prefix = at.key;
  if (!context.args.has("recursive")) options.delimiter = "/";
  std::uint64_t shown = 0;
  std::string text;
  const Result<void> listed = each_page(store, at.bucket, options, [&](ListPage& page) {
    shown += page.objects.size() + page.prefixes.size();
    text.clear();
    append_page(text, page, context.output);
    return context.output.data(text);
  });
  if (!listed) return report_failure(context, listed.error());
  if (shown > 0 || at.key.empty()) return kDone;
  return report_failure(context, nothing_there("list", at));
}

int run(Context& context) {
  const Result<Location> at = parse_url(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  if (at->bucket.empty()) return list_buckets(context, session->store());
  return list_keys(context, session->store(), *at);
}

}  // namespace

Verb ls_verb() {
  return {
      .name = "ls",
      .aliases = {"list"},
      .summary = "list buckets or keys",
      .details =
          "scheme:// lists buckets. Below a bucket every key is shown that begins with the URL's key, up to\n"
          "the next '/' unless -r is given. Columns: time (UTC), bytes, key.",
      .examples = {"sluice ls oss://", "sluice ls -r s3://bucket/logs/"},
      .operands = {{"URL", "scheme://[bucket[/prefix]]"}},
      .options = {{"-r,--recursive", "", "every key, also behind '/'"}},
      .shares = Shares::store,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
