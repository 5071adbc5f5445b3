#include "io/curl_multi.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "io/flow.h"
#include "scheduler/rate_limits.h"

namespace sluice::io {
namespace {

constexpr std::size_t kLeastBuffer = 64u << 10;
// Those who lag behind their peers should not wait long to be found.
constexpr std::chrono::milliseconds kMostBetweenLooks{250};

// curl would keep four times the handles that are added at the moment, and so close idle connections
// whenever many requests end together.
constexpr long kIdleConnections = 512;

class Flag {
 public:
  explicit Flag(bool& flag) : flag_(flag), before_(std::exchange(flag, true)) {}
  ~Flag() { flag_ = before_; }

 private:
  bool& flag_;
  bool before_;
};

}  // namespace

struct CurlMulti::Callbacks {
  static int socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
    unsigned wishes = CurlSockets::kNothing;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) wishes |= CurlSockets::kRead;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) wishes |= CurlSockets::kWrite;
    static_cast<CurlMulti*>(self)->sockets_.want(fd, wishes);
    return 0;
  }
  static int timer(CURLM*, long milliseconds, void* self) {
    std::optional<std::chrono::milliseconds> delay;
    if (milliseconds >= 0) delay = std::chrono::milliseconds(milliseconds);
    static_cast<CurlMulti*>(self)->hooks_.arm(delay);
    return 0;
  }
};

CurlMulti::CurlMulti(CurlLoopOptions options, Hooks hooks)
    : options_(std::move(options)), hooks_(std::move(hooks)) {
  if (!options_.limits) return;
  up_.emplace(options_.limits->up(), options_.flow, hooks_.after);
  down_.emplace(options_.limits->down(), options_.flow, hooks_.after);
}

Result<std::unique_ptr<CurlMulti>> CurlMulti::create(CurlLoopOptions options, Hooks hooks) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });

  if (options.ca_file.empty()) {
    const char* const built_in = curl_version_info(CURLVERSION_NOW)->cainfo;
    if (built_in) options.ca_file = built_in;
  } else if (::access(options.ca_file.c_str(), R_OK) != 0) {
    return fail(ErrorKind::config, "cannot read the CA file " + options.ca_file);
  }
  auto self = std::unique_ptr<CurlMulti>(new CurlMulti(std::move(options), std::move(hooks)));
  if (self->sockets_.descriptor() < 0)
    return fail(ErrorKind::internal, "no descriptor left for an event loop");
  for (const std::string& entry : self->options_.resolve)
    self->resolve_ = curl_slist_append(static_cast<curl_slist*>(self->resolve_), entry.c_str());

  CURLM* const multi = self->multi_ = curl_multi_init();
  if (!multi) return fail(ErrorKind::internal, "curl gave no multi handle");
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, Callbacks::socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, self.get());
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, Callbacks::timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, self.get());
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kIdleConnections);
  curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(self->options_.max_connections));
  return self;
}

CurlMulti::~CurlMulti() {
  for (auto& transfer : all_)
    if (transfer->active) curl_multi_remove_handle(multi_, transfer->easy());
  all_.clear();
  if (multi_) curl_multi_cleanup(multi_);
  curl_slist_free_all(static_cast<curl_slist*>(resolve_));
}

CurlTransfer* CurlMulti::acquire() {
  if (free_.empty()) {
    all_.push_back(std::make_unique<CurlTransfer>(*this));
    free_.push_back(all_.back().get());
  }
  CurlTransfer* const transfer = free_.back();
  free_.pop_back();
  ++transfer->generation;
  return transfer;
}

void CurlMulti::release(CurlTransfer* transfer) {
  ++transfer->generation;
  free_.push_back(transfer);
}

bool CurlMulti::add(CurlTransfer* transfer) {
  requests_.fetch_add(1, std::memory_order_relaxed);
  if (active_++ == 0) last_look_ = scheduler::Clock::now();
  transfer->active = true;
  if (in_curl_)
    to_add_.push_back(transfer);
  else
    really_add(transfer);
  if (transfer->active) return true;
  done_.erase(std::remove(done_.begin(), done_.end(), transfer), done_.end());
  return false;
}

void CurlMulti::really_add(CurlTransfer* transfer) {
  const Flag flag(in_curl_);
  const CURLMcode code = curl_multi_add_handle(multi_, transfer->easy());
  if (code == CURLM_OK) return;
  transfer->end(
      make_error(ErrorKind::internal, std::string("curl took no request: ") + curl_multi_strerror(code)));
  transfer->active = false;
  --active_;
  done_.push_back(transfer);
}

void CurlMulti::remove(CurlTransfer* transfer) {
  const Flag flag(in_curl_);
  long opened = 0;
  curl_easy_getinfo(transfer->easy(), CURLINFO_NUM_CONNECTS, &opened);
  connections_.fetch_add(static_cast<std::uint64_t>(opened), std::memory_order_relaxed);
  curl_multi_remove_handle(multi_, transfer->easy());
  transfer->active = false;
  --active_;
  done_.push_back(transfer);
}

void CurlMulti::on_ready() {
  {
    const Flag flag(in_curl_);
    for (const CurlSockets::Event& event : sockets_.ready()) {
      const int mask = (event.readable ? CURL_CSELECT_IN : 0) | (event.writable ? CURL_CSELECT_OUT : 0) |
                       (event.failed ? CURL_CSELECT_ERR : 0);
      int running = 0;
      curl_multi_socket_action(multi_, event.fd, mask, &running);
    }
  }
  settle();
  tell_flow();
}

void CurlMulti::on_timer() {
  {
    const Flag flag(in_curl_);
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
  settle();
}

void CurlMulti::abort(CurlTransfer* transfer, std::uint64_t generation, Error error) {
  if (transfer->generation != generation || !transfer->active) return;
  transfer->end(std::move(error));
  const auto waiting = std::find(to_add_.begin(), to_add_.end(), transfer);
  if (waiting == to_add_.end()) {
    remove(transfer);
  } else {
    to_add_.erase(waiting);
    transfer->active = false;
    --active_;
    done_.push_back(transfer);
  }
  settle();
}

void CurlMulti::end_stalled() {
  const auto now = scheduler::Clock::now();
  const auto since = now - std::exchange(last_look_, now);
  for (auto& transfer : all_) {
    if (!transfer->active || !transfer->has_stalled(now, since)) continue;
    remove(transfer.get());
  }
  settle();
}

std::chrono::milliseconds CurlMulti::look_interval() const {
  const auto fifth = std::chrono::duration_cast<std::chrono::milliseconds>(options_.stall_timeout) / 5;
  return std::clamp(fifth, std::chrono::milliseconds(100), kMostBetweenLooks);
}

void CurlMulti::resume_later(CurlTransfer* transfer) {
  hooks_.post([this, transfer, generation = transfer->generation] {
    if (!transfer->active || transfer->generation != generation) return;
    bool good;
    {
      const Flag flag(in_curl_);
      good = transfer->unpause();
    }
    if (!good) remove(transfer);  // curl itself does not end it
    settle();
  });
}

void CurlMulti::tell_flow() {
  if (!options_.flow) return;
  options_.flow->moved(std::exchange(moved_, 0), std::exchange(answers_, 0));
  const auto now = scheduler::Clock::now();
  if (const auto waited = std::exchange(first_wait_, std::nullopt)) options_.flow->begin(now, *waited);
  options_.flow->look(now, first_byte_);
}

std::size_t CurlMulti::buffer() const {
  const std::size_t share = std::max(kLeastBuffer, options_.buffers / std::max(active_, 1u));
  return std::min(share, options_.buffer);
}

// What callbacks and ended requests left to do, now that curl is not on the stack.
void CurlMulti::settle() {
  if (in_curl_) return;
  for (CurlTransfer* transfer : std::exchange(to_add_, {})) really_add(transfer);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* owner = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
    auto* const transfer = static_cast<CurlTransfer*>(owner);
    transfer->end(static_cast<int>(message->data.result));
    transfer->tell_peers();
    if (const auto usual = transfer->peers().first_byte(); usual.count() > 0) first_byte_ = usual;
    ++answers_;
    remove(transfer);
  }
  for (CurlTransfer* transfer : std::exchange(done_, {})) std::exchange(transfer->waiting, {}).resume();
}

CurlLoopCounters CurlMulti::counters() const {
  CurlLoopCounters counters;
  counters.requests = requests_.load(std::memory_order_relaxed);
  counters.connections = connections_.load(std::memory_order_relaxed);
  return counters;
}

}  // namespace sluice::io
