// sluice ls [URL]: buckets of "scheme://", else keys, a page at a time: memory does not grow with the
// bucket, and each page is one write.
#include <array>

#include <fmt/format.h>

#include "bulk/open_listing.h"
#include "bulk/snapshot.h"
#include "cli/exit_code.h"
#include "cli/listing.h"
#include "cli/pages.h"
#include "cli/session.h"
#include "cli/units.h"
#include "engine/client_store.h"

namespace sluice::cli {
namespace {

/// Options that speak of one of the two lists alone, and what to write for the other.
struct OneList {
  const char* flags;
  bool buckets;  ///< of which it speaks
  const char* instead;
};
constexpr std::array kOneList = {
    OneList{"--tag", true, "buckets alone are listed by tag: ls scheme://"},
    OneList{"--prefix", true, "below a bucket the URL says it: ls scheme://bucket/prefix"},
    OneList{"--save-listing", false, "a listing is of a bucket: ls --save-listing FILE scheme://bucket"},
    OneList{"--fetch-owner", false, "owners are told with keys: ls scheme://bucket"},
};

Result<void> check_list(const Args& args, const Location& at) {
  for (const OneList& each : kOneList)
    if (args.has(option_name(each.flags)) && each.buckets != at.bucket.empty())
      return fail(ErrorKind::argument, fmt::format("{} does not go with {}", each.flags, at.text()),
                  each.instead);
  return {};
}

Result<BucketListOptions> read_bucket_list(const Args& args) {
  BucketListOptions options;
  options.prefix = args.get("prefix");
  options.after = args.get("start_after");
  const std::string tag = args.get("tag");
  const std::size_t equals = tag.find('=');
  options.tag_key = tag.substr(0, equals);
  if (equals != std::string::npos) options.tag_value = tag.substr(equals + 1);
  if (args.has("tag") && options.tag_key.empty())
    return fail(ErrorKind::argument, fmt::format("--tag: \"{}\" names no tag", printable(tag)),
                "write KEY=VALUE, or KEY for any value");
  return options;
}

int list_buckets(Context& context, Store& store, const BucketListOptions& options) {
  const Result<BucketList> listed = store.list_buckets(options);
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

void append_page(std::string& text, const ListPage& page, const Output& output, RowStyle style) {
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
        append_prefix_row(text, *prefix, style);
      }
      ++prefix;
    } else {
      if (output.json()) {
        text += output.row(object_json("object", *object));
      } else {
        append_object_row(text, *object, style);
      }
      ++object;
    }
  }
}

int list_keys(Context& context, Store& store, const Location& at) {
  ListOptions options;
  options.prefix = at.key;
  options.start_after = context.args.get("start_after");
  options.fetch_owner = context.args.has("fetch_owner");
  if (!context.args.has("recursive")) options.delimiter = "/";
  const RowStyle style{.terminal = context.output.data_terminal(), .owner = options.fetch_owner};
  std::uint64_t shown = 0;
  std::string text;
  const Result<void> listed = each_page(store, at.bucket, options, [&](ListPage& page) {
    shown += page.objects.size() + page.prefixes.size();
    text.clear();
    append_page(text, page, context.output, style);
    return context.output.data(text);
  });
  if (!listed) return report_failure(context, listed.error());
  // What is behind a key may be nothing.
  if (shown > 0 || at.key.empty() || !options.start_after.empty()) return kDone;
  return report_failure(context, nothing_there("list", at));
}

/// For `sync --listing`.
int save(Context& context, const Store& store, const Location& at) {
  const bulk::Side side{.store = store.state().store, .root = {at.bucket, at.key}};
  std::stop_source stop;
  const Interrupt::Guard guard(context.interrupt, [&] { stop.request_stop(); });
  bulk::ListingOptions options;
  options.stop = stop.get_token();
  options.notes.skipped = [&](const std::string& name, std::string_view what) {
    context.output.say(fmt::format("skipped {}: {}", name, what));
  };
  Result<std::unique_ptr<bulk::Listing>> listing =
      bulk::open_listing(*store.state().runtime, side, std::move(options));
  if (!listing) return report_failure(context, listing.error());
  const Result<void> saved = bulk::save_listing(**listing, side, context.args.get("save_listing"));
  return saved ? kDone : report_failure(context, saved.error());
}

int run(Context& context) {
  const Result<Location> at = parse_url(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  if (const Result<void> fits = check_list(context.args, *at); !fits)
    return report_failure(context, fits.error());
  const Result<BucketListOptions> buckets = read_bucket_list(context.args);
  if (!buckets) return report_failure(context, buckets.error());
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  if (at->bucket.empty()) return list_buckets(context, session->store(), *buckets);
  if (context.args.has("save_listing")) return save(context, session->store(), below(*at));
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
          "the next '/' unless -r is given. Columns: time (UTC), bytes, key; with --fetch-owner the owner's\n"
          "id before the key.",
      .examples = {"sluice ls oss:// --tag team=search", "sluice ls -r s3://bucket/logs/"},
      .operands = {{"URL", "scheme://[bucket[/prefix]]"}},
      .options = {{"-r,--recursive", "", "every key, also behind '/'"},
                  {"--start-after", "NAME",
                   "what is behind this bucket or (whole) key, which need not exist"},
                  {"--save-listing", "FILE", "show nothing: keep every key there, for sync --listing FILE"},
                  {"--fetch-owner", "", "whose each object is (not qs)"},
                  {"--prefix", "TEXT", "buckets whose names begin so"},
                  {"--tag", "KEY[=VALUE]", "buckets with this tag (oss, cos)"}},
      .shares = Shares::store,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
