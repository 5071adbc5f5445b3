// How a running request does: whether it has stalled or lags behind its peers, and what it tells of itself.
#include <curl/curl.h>

#include <utility>

#include "io/curl_multi.h"
#include "io/curl_transfer.h"

namespace sluice::io {

bool CurlTransfer::has_stalled(scheduler::Clock::time_point now, scheduler::Clock::duration since_last_look) {
  const CurlLoopOptions& options = multi_.options();
  if (options.stall_timeout.count() == 0) return false;
  curl_off_t sent = 0, received = 0, ready_at = 0;
  curl_easy_getinfo(easy_, CURLINFO_SIZE_UPLOAD_T, &sent);
  curl_easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &received);
  curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &ready_at);
  const std::int64_t moved = sent + received - std::exchange(moved_, sent + received);
  const std::int64_t came = received - std::exchange(received_, received);
  const double seconds = std::chrono::duration<double>(since_last_look).count();
  const bool fast = static_cast<double>(moved) >= options.stall_rate * seconds;
  // Stores send a blank now and then while they join the parts of an upload: alive, if not fast.
  const bool alive = !sink_ && came > 0;
  if (came > 0 || paused_ || ready_at == 0 || silent_since_ == scheduler::Clock::time_point())
    silent_since_ = now;
  if (lagged_ && !paused_ && ready_at != 0 && lags(now, received)) return true;
  if (paused_ || ready_at == 0 || fast || alive || slow_since_ == scheduler::Clock::time_point()) {
    slow_since_ = now;
    return false;
  }
  if (now - slow_since_ < options.stall_timeout) return false;
  end(make_error(ErrorKind::timeout, where_ + " moved less than " + std::to_string(options.stall_rate) +
                                         " bytes a second for " +
                                         std::to_string(options.stall_timeout.count()) + " s"));
  return true;
}

bool CurlTransfer::lags(scheduler::Clock::time_point now, std::int64_t received) {
  curl_off_t since_start = 0;
  curl_easy_getinfo(easy_, CURLINFO_TOTAL_TIME_T, &since_start);
  Peers::Standing standing;
  standing.since_start = std::chrono::microseconds(since_start);
  standing.silent = now - silent_since_;
  // Of one that a limit has held back only its silence tells anything.
  standing.done = down_.was_held() ? 0 : static_cast<std::uint64_t>(received);
  standing.size = *expects_;
  if (!peers_->far_behind(standing) || !peers_->may_repeat()) return false;
  peers_->repeated();
  *lagged_ = true;
  end(make_error(ErrorKind::timeout, where_ + " served this request far slower than others"));
  return true;
}

void CurlTransfer::tell_peers() const {
  if (!sink_ || !expects_ || failure_ || response_.status / 100 != 2) return;
  curl_off_t first_byte = 0, whole = 0;
  curl_easy_getinfo(easy_, CURLINFO_STARTTRANSFER_TIME_T, &first_byte);
  curl_easy_getinfo(easy_, CURLINFO_TOTAL_TIME_T, &whole);
  const std::uint64_t telling = down_.was_held() ? 0 : response_.body_bytes;
  peers_->ended(std::chrono::microseconds(first_byte), telling,
                std::chrono::microseconds(whole - first_byte));
}

}  // namespace sluice::io
