#include "engine/url_read.h"

#include <charconv>

#include <fmt/format.h>

#include "engine/store_refusal.h"
#include "io/file_error.h"
#include "scheduler/guarded.h"
#include "scheduler/retry.h"
#include "scheduler/sleep.h"
#include "signers/digest.h"

namespace sluice::engine {
namespace {

using scheduler::Task;

constexpr int kMostRedirects = 5;
constexpr std::size_t kLeastHeld = 64u << 10, kMostHeld = 1u << 20;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// A weak ETag may stand for other bytes.
std::string version_of(const io::Headers& headers) {
  const std::string etag = headers.get("ETag");
  return !etag.empty() && !etag.starts_with("W/") ? etag : headers.get("Last-Modified");
}

std::optional<std::uint64_t> length_of(const io::Headers& headers) {
  const std::string text = headers.get("Content-Length");
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
  return length;
}

}  // namespace

UrlRead::UrlRead(scheduler::Worker* home, TransferContext* context, io::WebUrl from)
    : home_(home),
      context_(context),
      from_(std::move(from)),
      linked_(context->token(), [stop = stop_]() mutable { stop.request_stop(); }),
      bytes_(std::make_shared<io::HandOver>(home->loop(),
                                            context->runtime->buffer_share(kLeastHeld, kMostHeld))) {}

UrlRead::~UrlRead() = default;

Task<void> UrlRead::run() {
  auto read = co_await scheduler::guarded([&] { return all_of_it(); });
  if (!read) failed_ = read.error().with("read", from_.shown());
  tell_head();
  bytes_->end(failed_);
}

void UrlRead::tell_head() {
  if (!std::exchange(head_told_, true)) told_.count_down();
}

Task<Result<UrlHead>> UrlRead::head() {
  co_await told_.wait(home_->loop());
  if (!head_) co_return unexpected(failed_ ? *failed_ : make_error(ErrorKind::internal, "no answer"));
  co_return *head_;
}

Task<Result<void>> UrlRead::all_of_it() {
  const scheduler::RetryPolicy policy{context_->runtime->options.max_attempts};
  for (int tries = 1;; ++tries) {
    const std::uint64_t before = received_;
    auto read = co_await attempt();
    bytes_->attach(nullptr);
    if (read) co_return read;
    if (received_ > before) tries = 1;  // it was not in vain
    Error error = std::move(read).error();
    error.attempts = tries;
    if (final_ || !is_retryable(error)) co_return unexpected(std::move(error));
    if (received_ > 0 && version_.empty()) co_return unexpected(broken(std::move(error)));
    if (tries >= policy.max_attempts) co_return unexpected(std::move(error));
    ++context_->tally->retries;
    const double even = 0.5 + 0.5 * static_cast<double>(tries % 2);
    if (!co_await scheduler::sleep_for(home_->loop(), policy.pause(tries, even), stop_.get_token()))
      co_return fail(ErrorKind::cancelled, "cancelled");
  }
}

Task<Result<void>> UrlRead::attempt() {
  io::WebUrl at = from_;
  for (int redirects = 0;; ++redirects) {
    begun_ = false;
    io::Request request = request_to(at);
    io::Exchange exchange;
    exchange.sink = this;
    exchange.stop = stop_.get_token();
    Call call = context_->call(*home_);
    if (call.transport->holds_back()) co_await call.transport->turn(exchange.stop);
    ++context_->tally->requests;
    auto answer = co_await call.transport->send(std::move(request), std::move(exchange));
    if (!answer) co_return unexpected(std::move(answer).error());
    if (answer->status / 100 == 2) {
      if (!begun_)
        if (auto empty = begin(*answer); !empty) co_return empty;
      if (head_->length && received_ != *head_->length)
        co_return fail(ErrorKind::network,
                       fmt::format("the body ended after {} of {} bytes", received_, *head_->length));
      co_return Result<void>();
    }
    if (!is_redirect(answer->status)) co_return unexpected(web_refusal(*answer));
    final_ = true;
    if (redirects == kMostRedirects)
      co_return fail(ErrorKind::network, fmt::format("more than {} redirects", kMostRedirects));
    std::optional<io::WebUrl> to = io::redirected(at, answer->headers.get("Location"));
    if (!to) co_return fail(ErrorKind::decode, "a redirect that leads nowhere");
    if (at.url.tls && !to->url.tls)
      co_return fail(ErrorKind::tls, "redirected from https to http: " + to->shown(),
                     "give that URL itself if it may be read in the clear");
    final_ = false;
    at = *std::move(to);
  }
}

io::Request UrlRead::request_to(const io::WebUrl& at) const {
  io::Request request;
  request.method = "GET";
  request.tls = at.url.tls;
  request.host = at.url.host_header();
  request.port = at.url.port;
  request.path = at.target();
  request.headers.add("Accept", "*/*");
  request.headers.add("Accept-Encoding", "identity");  // the bytes that the length and the ETag are of
  if (!at.user_info.empty()) request.headers.add("Authorization", "Basic " + signers::base64(at.user_info));
  if (received_ > 0) {
    request.headers.add("Range", io::range_header({received_, {}}));
    request.headers.add("If-Range", version_);
  }
  return request;
}

Result<void> UrlRead::begin(const io::Response& head) {
  begun_ = true;
  const Result<void> fine = received_ > 0 ? goes_on(head) : first_head(head);
  if (!fine) final_ = true;
  return fine;
}

Result<void> UrlRead::first_head(const io::Response& head) {
  if (head.status != 200)
    return fail(ErrorKind::decode, fmt::format("the server answers {} where 200 was expected", head.status));
  UrlHead now;
  now.content_type = head.headers.get("Content-Type");
  now.content_encoding = head.headers.get("Content-Encoding");
  now.length = length_of(head.headers);
  const std::string version = version_of(head.headers);
  // An earlier attempt broke before its first byte, and what it said is in use.
  if (head_ && (version != version_ || now.length != head_->length))
    return io::source_changed("the source changed while it was read", "run the command again");
  version_ = version;
  head_ = std::move(now);
  tell_head();
  return {};
}

Result<void> UrlRead::goes_on(const io::Response& head) {
  const std::string there = fmt::format("the body broke off after {} bytes", received_);
  if (head.status == 206) {
    const auto range = io::parse_content_range(head.headers.get("Content-Range"));
    const bool fits = range && range->first == received_ &&
                      (!range->total || !head_->length || *range->total == *head_->length);
    if (fits) return {};
    return fail(ErrorKind::decode, there + ", and the server goes on somewhere else");
  }
  if (version_of(head.headers) != version_)
    return fail(ErrorKind::integrity, there + ", and the source has changed", "run the command again");
  return fail(ErrorKind::network, there + ", and the server cannot go on there: it takes no ranges",
              "run the command again");
}

Result<std::size_t> UrlRead::write(std::string_view data) {
  if (!bytes_->offer(data)) return io::kPaused;
  received_ += data.size();
  return data.size();
}

Error UrlRead::broken(Error error) const {
  error.message = fmt::format("the body broke off after {} bytes: {}", received_, error.message);
  error.hint =
      "the server names no version of it, by which the rest could be asked for: run the command again";
  return error;
}

}  // namespace sluice::engine
