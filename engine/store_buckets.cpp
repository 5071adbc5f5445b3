// Operations on buckets.
#include "engine/codec_decode.h"
#include "engine/store_http.h"

namespace sluice::engine {
namespace {

// Buckets are counted in hundreds: a list longer than this goes in circles.
constexpr int kMostPages = 1000;

bool refused_with(const Result<Reply>& reply, std::string_view code) {
  return !reply && reply.error().service && reply.error().service->code == code;
}

}  // namespace

Answer<Reply> HttpStore::create_bucket(Call call, std::string given, BucketOptions options) {
  auto bucket = resolve_bucket(given);
  if (!bucket) co_return failed(std::move(bucket).error(), "create bucket", Ref{given, ""});
  auto draft = request::create_bucket(dialect(), *bucket, endpoint_.region(), options);
  if (!draft) co_return failed(std::move(draft).error(), "create bucket", Ref{given, ""});
  Job job{.draft = *std::move(draft)};
  // Whether there is such a request does not depend on the region.
  job.draft_for = [this, name = *bucket, options](const std::string& region) {
    return request::create_bucket(dialect(), name, region, options).value();
  };
  auto sent = co_await send(std::move(call), std::move(job));
  Result<Reply> reply = sent ? Result<Reply>(reply_of(dialect(), *sent)) : unexpected(sent.error());
  // The first attempt's answer was lost, not its effect.
  if (refused_with(reply, "BucketAlreadyOwnedByYou") && reply.error().attempts > 1) {
    Reply made;
    made.status = 200;
    made.attempts = reply.error().attempts;
    co_return made;
  }
  co_return reply;
}

Answer<Reply> HttpStore::head_bucket(Call call, std::string given) {
  auto bucket = resolve_bucket(given);
  if (!bucket) co_return failed(std::move(bucket).error(), "head bucket", Ref{given, ""});
  co_return co_await simple(std::move(call), request::head_bucket(dialect(), *bucket));
}

Answer<Reply> HttpStore::delete_bucket(Call call, std::string given) {
  auto bucket = resolve_bucket(given);
  if (!bucket) co_return failed(std::move(bucket).error(), "delete bucket", Ref{given, ""});
  auto reply = co_await simple(std::move(call), request::delete_bucket(dialect(), *bucket));
  if (!reply && is_not_found(reply.error()) && reply.error().attempts > 1) {
    Reply gone;
    gone.status = 204;
    gone.attempts = reply.error().attempts;
    co_return gone;
  }
  co_return reply;
}

Answer<BucketList> HttpStore::list_buckets(Call call, BucketListOptions options) {
  BucketList all;
  // Where it is a name, the list begins behind it; elsewhere it is a token that nobody has yet.
  std::string marker = dialect().query.buckets_marker == "marker" ? options.after : std::string();
  std::size_t seen = 0;
  for (int pages = 0; pages < kMostPages; ++pages) {
    auto draft = request::list_buckets(dialect(), options, marker, seen);
    if (!draft) co_return failed(std::move(draft).error(), "list buckets", Ref{});
    Job job{.draft = *std::move(draft)};
    auto sent = co_await send(call, std::move(job));
    if (!sent) co_return unexpected(std::move(sent).error());
    auto page = decode::buckets(dialect(), std::move(sent->response.body));
    if (!page) co_return failed(std::move(page).error(), "list buckets", Ref{}, sent->attempts);
    sent->response.body.clear();
    all.reply = reply_of(dialect(), *sent);
    const bool full = page->buckets.size() == request::kBucketPage;
    seen += page->buckets.size();
    for (auto& b : page->buckets)
      if (b.name.starts_with(options.prefix) && (options.after.empty() || b.name > options.after))
        all.buckets.push_back(std::move(b));
    const bool by_offset = !dialect().query.buckets_limit.empty();
    const bool more =
        by_offset ? full : !page->next_marker.empty() && !dialect().query.buckets_marker.empty();
    if (!more) co_return all;
    if (!by_offset && page->next_marker == marker) break;
    marker = std::move(page->next_marker);
  }
  co_return failed(make_error(ErrorKind::decode, "the store's list does not advance"), "list buckets", Ref{});
}

}  // namespace sluice::engine
