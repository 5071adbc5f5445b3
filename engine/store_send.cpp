// The one send path: sign, send, judge, repeat.
//
// Every attempt is signed afresh. Three things are repaired at most once each and outside the count of
// retries: a clock that the store's Date shows to be wrong, (S3) a bucket that is said to live in another
// region of the same vendor, and temporary keys that have ended. Redirects are never followed.
#include <random>

#include "engine/codec_decode.h"
#include "engine/store_http.h"
#include "scheduler/sleep.h"
#include "signers/digest.h"

namespace sluice::engine {
namespace {

using scheduler::Clock;

// An attempt that moved data for a long time before it broke was not in vain: only this much of it
// counts against the limit of elapsed time.
constexpr std::chrono::milliseconds kCountedPerAttempt{30'000};

double jitter() {
  static thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

/// A write that must not overwrite: what is there was found, whichever header asked.
bool found_existing(const Draft& draft, const ServiceError& e) {
  return e.status == 412 && draft.method != "GET" && draft.method != "HEAD" &&
         draft.headers.get("If-None-Match") == "*";
}

std::chrono::sys_seconds wall_clock() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

std::chrono::sys_seconds HttpStore::now() const {
  return wall_clock() + learned_.clock_offset();
}

io::Request HttpStore::make_request(const Job& job, const Attempt& attempt) const {
  const auto& draft = job.draft;
  io::Request request;
  request.method = draft.method;
  request.query = draft.query;
  request.headers = draft.headers;
  endpoint_.place(request, draft.ref.bucket, draft.ref.key, attempt.region);

  signers::SignContext context;
  context.credentials = *attempt.keys;
  context.region = region_of(attempt);
  context.time = wall_clock() + attempt.clock_offset;
  context.resource = signed_resource(draft.ref);
  if (!job.payload_hash.empty()) {
    context.payload_hash = job.payload_hash;
  } else if (dialect().scheme == signers::Scheme::sigv4 && !job.source) {
    context.payload_hash = signers::sha256_hex(draft.body);
  }
  signer_->sign(request, context);
  return request;
}

/// What was learned is set from what this attempt was made with: of many that fail together each
/// comes to the same value, and each is repeated.
bool HttpStore::repair(const Job& job, const ServiceError& e, std::optional<std::chrono::seconds> clock_off,
                       Attempt& attempt) {
  if (clock_off && !attempt.clock_tried) {
    attempt.clock_tried = true;
    learned_.set_clock_offset(attempt.clock_offset + *clock_off);
    return true;
  }
  const auto& d = dialect();
  const auto& bucket = job.draft.ref.bucket;
  if (!d.has(kRegionMayMove) || !may_move(job) || attempt.region_tried || bucket.empty()) return false;
  const auto region = region_named(d, e);
  if (!is_region(region) || region == region_of(attempt)) return false;
  // A redirect leads elsewhere: followed only to the vendor's own host of that region. A refused
  // signature scope needs no other host.
  const bool elsewhere =
      !endpoint_.is_public() || (!e.endpoint.empty() && !endpoint_.same_family(e.endpoint));
  if (e.status / 100 == 3 && elsewhere) return false;
  attempt.region_tried = true;
  learned_.set_region(bucket, region);
  return true;
}

scheduler::Task<bool> HttpStore::renew_keys(Call call, const Job* job, const ServiceError* refusal,
                                            Attempt* attempt) {
  // A refused HEAD has no body that could say why.
  const bool silent = job->draft.method == "HEAD" && (refusal->status == 400 || refusal->status == 403);
  if (attempt->keys_tried || !(silent || token_ended(*refusal))) co_return false;
  attempt->keys_tried = true;
  co_return co_await keys_->replaced(call.loop, attempt->keys);
}

scheduler::Task<bool> HttpStore::rest(Call call, std::chrono::milliseconds pause) {
  std::optional<scheduler::Worker::LentSlot> lent;
  if (call.worker) lent.emplace(call.worker);
  co_return co_await scheduler::sleep_for(*call.loop, pause, call.stop);
}

scheduler::Task<void> HttpStore::turn(Call call) {
  while (!call.stop.stop_requested()) {
    const auto turn = pace_.claim(Clock::now());
    if (turn.wait > Clock::duration::zero()) co_await scheduler::sleep_for(*call.loop, turn.wait, call.stop);
    if (turn.granted) co_return;
  }
}

Answer<Sent> HttpStore::send(Call call, Job job) {
  const auto& ref = job.draft.ref;
  const auto& operation = job.draft.operation;
  const auto& policy = config_.retry;
  int requests = job.attempts, tries = 0;
  Attempt attempt;
  std::chrono::milliseconds elapsed{0};

  while (true) {
    if (call.transport->holds_back()) co_await call.transport->turn(call.stop);
    if (!call.timed && pace_.holds_back()) co_await turn(call);
    if (call.stop.stop_requested())
      co_return failed(make_error(ErrorKind::cancelled, "cancelled"), operation, ref, requests);
    ++requests;
    ++tries;
    const auto started = Clock::now();
    if (keys_->lapsed()) co_await keys_->renewal(call.loop);
    attempt.keys = &keys_->current();
    attempt.clock_offset = learned_.clock_offset();
    attempt.region = may_move(job) ? learned_.region(ref.bucket) : std::string();
    if (job.draft_for) job.draft = job.draft_for(region_of(attempt));
    io::Request request = make_request(job, attempt);
    io::Exchange exchange;
    exchange.source = job.source;
    exchange.bytes = job.draft.body;
    exchange.sink = job.sink;
    exchange.expects = job.expects;
    bool lagged = false;
    if (job.sink && tries == 1 && !call.timed && policy.may_repeat(tries, elapsed)) exchange.lagged = &lagged;
    exchange.stop = call.stop;
    auto response = co_await call.transport->send(std::move(request), std::move(exchange));

    Error error;
    std::chrono::milliseconds wait{0};
    bool repaired = false;
    if (response) {
      const bool good = response->status / 100 == 2;
      const bool hidden = good && job.hides_errors && decode::error(response->body);
      if (good && !hidden) {
        if (!call.timed) pace_.answered(false, false, Clock::now());
        Sent sent;
        sent.response = *std::move(response);
        sent.attempts = requests;
        co_return sent;
      }
      auto refusal = read_refusal(dialect(), *response, hidden);
      const auto off = clock_difference(refusal, *response, wall_clock() + attempt.clock_offset);
      repaired = repair(job, refusal, off, attempt);
      if (!repaired && keys_->renews()) repaired = co_await renew_keys(call, &job, &refusal, &attempt);
      wait = retry_after(*response, now());
      const bool hand_back = !repaired && job.hand_back && job.hand_back(refusal);
      error = found_existing(job.draft, refusal)
                  ? exists_error(std::move(refusal))
                  : refusal_error(dialect(), endpoint_, std::move(refusal), off);
      if (token_ended(*error.service) && keys_->renews()) error.hint = keys_->why_not_renewed();
      if (hand_back) co_return failed(std::move(error), operation, ref, requests);
    } else {
      error = std::move(response).error();
    }

    const auto ended = Clock::now();
    if (!call.timed) pace_.answered(is_retryable(error), is_throttled(error), ended);
    elapsed += std::min(kCountedPerAttempt, std::chrono::ceil<std::chrono::milliseconds>(ended - started));
    if (repaired)
      --tries;
    else if (call.timed || !is_retryable(error) || !policy.may_repeat(tries, elapsed))
      co_return failed(std::move(error), operation, ref, requests);
    if ((job.source && !job.source->rewind()) || (job.sink && !job.sink->rewind())) {
      if (error.hint.empty()) error.hint = "the data cannot be sent a second time";
      co_return failed(std::move(error), operation, ref, requests);
    }
    if (repaired) continue;
    // One that was far behind its peers has waited long enough.
    if (lagged) continue;
    const auto pause = pace_.pause(policy, tries, jitter(), wait);
    elapsed += pause;
    const bool whole = co_await rest(call, pause);
    if (!whole) co_return failed(make_error(ErrorKind::cancelled, "cancelled"), operation, ref, requests);
  }
}

}  // namespace sluice::engine
