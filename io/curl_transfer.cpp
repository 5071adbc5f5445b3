#include "io/curl_transfer.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "io/curl_error.h"
#include "io/curl_multi.h"
#include "io/request_head.h"

namespace sluice::io {
namespace {

constexpr std::size_t kSmallBody = 64u << 10;  // sent together with the head by curl up to here
constexpr std::size_t kMaxAnswer = 64u << 20;  // 2xx answers without a sink
constexpr std::size_t kMaxErrorBody = 1u << 20;
constexpr std::size_t kMostBelieved = 1u << 20;  // memory taken on the word of a Content-Length
constexpr std::size_t kMaxHead = 256u << 10;
constexpr std::size_t kRoomForHead = 4u << 10;
// What has been received cannot be left to the sender any more: under a limit, less of it at a time.
constexpr std::size_t kLimitedBuffer = 64u << 10;

bool is_2xx(int status) {
  return status >= 200 && status < 300;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.starts_with("127.") || host == "::1" || host == "[::1]";
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

struct CurlTransfer::Head {
  std::string url;
  // What curl takes as the target of a request it copies at once, while it formats every line of a list of
  // headers byte by byte: a quarter of all instructions of a small request.
  std::string text;
  curl_slist* connect_to = nullptr;

  ~Head() { curl_slist_free_all(connect_to); }
  void clear() {
    text.clear();
    curl_slist_free_all(std::exchange(connect_to, nullptr));
  }
};

/// Names without a value take away what curl would add by itself.
curl_slist* nothing_of_curls_own() {
  static char names[][16] = {"Host:", "Accept:", "Content-Type:", "Expect:"};
  static std::array<curl_slist, std::size(names)> list = [] {
    std::array<curl_slist, std::size(names)> nodes{};
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      nodes[i].data = names[i];
      nodes[i].next = i + 1 < nodes.size() ? &list[i + 1] : nullptr;
    }
    return nodes;
  }();
  return list.data();
}

struct CurlTransfer::Callbacks {
  static CurlTransfer& self(void* pointer) { return *static_cast<CurlTransfer*>(pointer); }

  static std::size_t header(char* data, std::size_t, std::size_t size, void* p) {
    return self(p).on_header(std::string_view(data, size)) ? size : 0;
  }
  static std::size_t write(char* data, std::size_t, std::size_t size, void* p) {
    return self(p).on_body(std::string_view(data, size));
  }
  static std::size_t read(char* into, std::size_t size, std::size_t count, void* p) {
    return self(p).read_body(into, size * count);
  }
  // A kept connection that died before the answer began: curl sends once more, on a new one.
  static int seek(void* p, curl_off_t offset, int origin) {
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    return self(p).go_back_to_start() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
  }
  // ... and it does so without a seek when bytes were read but none had reached the socket.
  static int before_request(void* p, char*, char*, int, int) {
    return self(p).may_send() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
  }
  static curl_socket_t open_socket(void* sockets, curlsocktype, curl_sockaddr* address) {
    const int fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    static_cast<CurlSockets*>(sockets)->opened(fd);
    return fd;
  }
  static int close_socket(void* sockets, curl_socket_t fd) {
    static_cast<CurlSockets*>(sockets)->closing(fd);
    return ::close(fd);
  }
};

CurlTransfer::CurlTransfer(CurlMulti& multi)
    : multi_(multi), easy_(curl_easy_init()), head_(std::make_unique<Head>()) {
  static_assert(sizeof message_ >= CURL_ERROR_SIZE);
}

CurlTransfer::~CurlTransfer() {
  curl_easy_cleanup(easy_);
}

Result<void> CurlTransfer::prepare(const Request& request, const Exchange& exchange) {
  if (!easy_) return fail(ErrorKind::internal, "curl gave no handle");
  curl_easy_reset(easy_);
  head_->clear();
  source_ = exchange.source;
  sink_ = exchange.sink;
  small_.clear();
  small_sent_ = 0;
  consumed_ = size_ = 0;
  head_bytes_ = 0;
  response_ = Response();
  head_done_ = cut_ = paused_ = false;
  failure_.reset();
  message_[0] = '\0';
  moved_ = received_ = 0;
  slow_since_ = silent_since_ = {};
  expects_ = exchange.expects;
  lagged_ = expects_ && sink_ ? exchange.lagged : nullptr;
  steps_ = exchange.steps;

  up_.begin(source_ ? multi_.up() : nullptr, this);
  down_.begin(sink_ ? multi_.down() : nullptr, this);

  if (auto ok = set_head(request); !ok) return ok;
  peers_ = &multi_.peers(where_);
  if (lagged_) peers_->asked();
  set_connection(request);
  curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, receive_buffer_for(request, exchange));
  if (sink_) sink_->attach(this);
  if (auto ok = set_body(request, exchange); !ok) return ok;
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, nothing_of_curls_own());
  return {};
}

Result<void> CurlTransfer::set_head(const Request& request) {
  if (auto ok = write_head(request, multi_.options().user_agent, head_->text); !ok) return ok;
  const std::uint16_t usual = request.tls ? 443 : 80;
  const std::uint16_t port = request.port ? request.port : usual;
  where_ = std::string(host_name(request.host)) + ":" + std::to_string(port);
  head_->url = (request.tls ? "https://" : "http://") + where_ + "/";
  // Without its target a request would leave as one for "/", and without all that is written behind it.
  if (curl_easy_setopt(easy_, CURLOPT_URL, head_->url.c_str()) != CURLE_OK ||
      curl_easy_setopt(easy_, CURLOPT_REQUEST_TARGET, head_->text.c_str()) != CURLE_OK)
    return fail(ErrorKind::internal, "curl does not take the head of a request");
  curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
  return {};
}

void CurlTransfer::set_connection(const Request& request) {
  const CurlLoopOptions& options = multi_.options();
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, message_);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_UPLOAD_BUFFERSIZE, static_cast<long>(multi_.buffer()));
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_HTTPPROXYTUNNEL, 1L);  // a proxy sees no request of ours
  if (!options.proxies || is_loopback(host_name(request.host)) || is_loopback(request.connect_to))
    curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  if (multi_.resolve_list()) curl_easy_setopt(easy_, CURLOPT_RESOLVE, multi_.resolve_list());
  if (!request.connect_to.empty()) {
    const bool bare_ipv6 = request.connect_to.find(':') != std::string::npos && request.connect_to[0] != '[';
    const std::string address = bare_ipv6 ? "[" + request.connect_to + "]" : request.connect_to;
    const std::string port = where_.substr(where_.rfind(':'));
    head_->connect_to = curl_slist_append(nullptr, ("::" + address + port).c_str());
    curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, head_->connect_to);
  }
  if (request.tls) {
    curl_easy_setopt(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    // A directory of certificates beside the file would keep curl from caching the parsed file.
    curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy_, CURLOPT_CAINFO, options.ca_file.empty() ? nullptr : options.ca_file.c_str());
  }

  sent_ = false;
  only_once_ = request.method == "POST";
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, Callbacks::before_request);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, Callbacks::header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, Callbacks::write);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, Callbacks::open_socket);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, &multi_.sockets());
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, Callbacks::close_socket);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, &multi_.sockets());
}

// curl allocates and frees it with every request: half a megabyte would cost a small answer more than the
// answer itself.
long CurlTransfer::receive_buffer_for(const Request& request, const Exchange& exchange) const {
  constexpr std::size_t kLeast = 16u << 10;
  const std::size_t most = down_.limited() ? std::min(kLimitedBuffer, multi_.buffer()) : multi_.buffer();
  if (request.method != "GET") return static_cast<long>(std::min(kLeast, most));
  if (!exchange.expects || *exchange.expects >= most - std::min(kRoomForHead, most))
    return static_cast<long>(most);
  return static_cast<long>(std::max<std::size_t>(*exchange.expects + kRoomForHead, kLeast));
}

Result<void> CurlTransfer::set_body(const Request& request, const Exchange& exchange) {
  const std::string& method = request.method;
  const bool takes_body = method == "PUT" || method == "POST" || method == "PATCH";
  if (method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    return {};
  }
  if (!takes_body && !source_ && exchange.bytes.empty()) {
    curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
    if (method != "GET") curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
    return {};
  }

  const std::string* whole = &exchange.bytes;
  if (source_) {
    source_->attach(this);
    size_ = source_->size();
    // What a limit may hold back cannot leave in one piece with the head.
    if (size_ <= kSmallBody && !up_.limited())
      if (auto ok = read_small(static_cast<std::size_t>(size_)); !ok) return ok;
    whole = small_.size() == size_ ? &small_ : nullptr;
  }
  if (whole) {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(whole->size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, whole->data());
    if (method != "POST") curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
    return {};
  }
  curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
  if (method != "PUT") curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(easy_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size_));
  curl_easy_setopt(easy_, CURLOPT_READFUNCTION, Callbacks::read);
  curl_easy_setopt(easy_, CURLOPT_READDATA, this);
  curl_easy_setopt(easy_, CURLOPT_SEEKFUNCTION, Callbacks::seek);
  curl_easy_setopt(easy_, CURLOPT_SEEKDATA, this);
  return {};
}

// Reads a small body ahead, so that it leaves in one piece with the head. A source that cannot give
// all of it now is read on by the callback.
Result<void> CurlTransfer::read_small(std::size_t size) {
  small_.resize(size);
  std::size_t have = 0;
  while (have < size) {
    const auto got = source_->read(std::span(small_.data() + have, size - have));
    if (!got) return unexpected(got.error());
    if (*got == kPaused) break;
    if (*got == 0) return fail(ErrorKind::integrity, "the source ended before its size: it changed");
    have += *got;
  }
  small_.resize(have);
  return {};
}

std::size_t CurlTransfer::read_body(char* into, std::size_t room) {
  const std::uint64_t left = size_ - consumed_;
  if (left == 0 || room == 0) return 0;
  const auto wanted = static_cast<std::size_t>(up_.room(1, std::min<std::uint64_t>(room, left)));
  if (wanted == 0) {
    paused_ = true;
    return CURL_READFUNC_PAUSE;
  }
  const std::size_t got = read_on(into, wanted);
  if (got > wanted) return got;  // a word to curl
  up_.moved(got);
  consumed_ += got;
  return got;
}

std::size_t CurlTransfer::read_on(char* into, std::size_t wanted) {
  if (small_sent_ < small_.size()) {
    const std::size_t count = std::min(wanted, small_.size() - small_sent_);
    std::memcpy(into, small_.data() + small_sent_, count);
    small_sent_ += count;
    return count;
  }
  auto got = source_->read(std::span(into, wanted));
  if (!got) {
    end(std::move(got).error());
    return CURL_READFUNC_ABORT;
  }
  if (*got == kPaused) {
    paused_ = true;
    return CURL_READFUNC_PAUSE;
  }
  if (*got == 0) {
    end(make_error(ErrorKind::integrity, "the source ended before its size: it changed"));
    return CURL_READFUNC_ABORT;
  }
  multi_.count_moved(*got);
  return *got;
}

// What a POST begins or ends may have happened although its answer was lost: whether to send it again is
// for those who know what it asks. Everything else may be sent twice.
bool CurlTransfer::may_send() {
  if (std::exchange(sent_, true) && only_once_) {
    end(make_error(ErrorKind::network, where_ + " closed the connection without an answer"));
    return false;
  }
  return go_back_to_start();
}

bool CurlTransfer::go_back_to_start() {
  if (consumed_ == 0) return true;
  if (source_ && !source_->rewind()) return false;
  small_.clear();  // the source gives these again
  small_sent_ = 0;
  consumed_ = 0;
  return true;
}

bool CurlTransfer::on_header(std::string_view line) {
  head_bytes_ += line.size();
  if (head_bytes_ > kMaxHead) {
    end(make_error(ErrorKind::decode, "the headers of " + where_ + " are larger than 256 KiB"));
    return false;
  }
  if (head_done_) return true;  // trailers
  if (line.starts_with("HTTP/")) {
    response_ = Response();
    const std::size_t space = line.find(' ');
    if (space != std::string_view::npos)
      response_.status = std::atoi(std::string(line.substr(space + 1, 3)).c_str());
    return true;
  }
  const std::string_view text = trimmed(line);
  if (text.empty()) return response_.status < 200 || on_end_of_head();
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos)
    response_.headers.add(std::string(trimmed(text.substr(0, colon))),
                          std::string(trimmed(text.substr(colon + 1))));
  return true;
}

bool CurlTransfer::on_end_of_head() {
  head_done_ = true;
  if (steps_) *steps_ = steps_so_far();
  // The peers only learn of it when an answer has ended, which takes long where objects are large.
  if (multi_.first_byte().count() == 0) {
    curl_off_t sent = 0, begun = 0;
    curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &sent);
    curl_easy_getinfo(easy_, CURLINFO_STARTTRANSFER_TIME_T, &begun);
    multi_.first_answer(std::chrono::microseconds(begun), std::chrono::microseconds(begun - sent));
  }
  if (!sink_ || !is_2xx(response_.status)) return true;
  auto begun = sink_->begin(response_);
  if (!begun) end(std::move(begun).error());
  return begun.has_value();
}

Steps CurlTransfer::steps_so_far() const {
  Steps steps;
  const char* address = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_PRIMARY_IP, &address);
  if (address) steps.address = address;
  // curl counts each from the beginning; what was left out is 0.
  curl_off_t before = 0;
  const auto take = [&](CURLINFO what) {
    curl_off_t until = 0;
    curl_easy_getinfo(easy_, what, &until);
    const curl_off_t took = until > before ? until - before : 0;
    before += took;
    return std::chrono::microseconds(took);
  };
  steps.resolved = take(CURLINFO_NAMELOOKUP_TIME_T);
  steps.connected = take(CURLINFO_CONNECT_TIME_T);
  steps.secured = take(CURLINFO_APPCONNECT_TIME_T);
  steps.answered = take(CURLINFO_STARTTRANSFER_TIME_T);
  return steps;
}

// A page of a listing comes in many pieces: growing with them would move it several times.
void CurlTransfer::make_room() {
  curl_off_t told = 0;
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &told);
  if (told > 0) response_.body.reserve(std::min(static_cast<std::size_t>(told), kMostBelieved));
}

bool CurlTransfer::may_receive(std::uint64_t bytes) {
  if (bytes == 0) return true;
  const std::uint64_t left = expects_ ? *expects_ - std::min(*expects_, response_.body_bytes) : bytes;
  return down_.room(bytes, std::max(left, bytes)) > 0;
}

std::size_t CurlTransfer::on_body(std::string_view data) {
  const bool good = is_2xx(response_.status);
  if (good && sink_) {
    if (down_.limited() && !may_receive(data.size())) {
      paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    auto taken = sink_->write(data);
    if (!taken) {
      end(std::move(taken).error());
      return CURL_WRITEFUNC_ERROR;
    }
    if (*taken == kPaused) {
      paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    response_.body_bytes += data.size();
    down_.moved(data.size());
    multi_.count_moved(data.size());
    return data.size();
  }
  if (response_.body_bytes == 0) make_room();
  response_.body_bytes += data.size();
  const std::size_t room = (good ? kMaxAnswer : kMaxErrorBody) - response_.body.size();
  response_.body += data.substr(0, room);
  if (data.size() <= room) return data.size();
  if (good)
    end(make_error(ErrorKind::decode, "the answer of " + where_ + " is larger than 64 MiB"));
  else
    cut_ = true;
  return CURL_WRITEFUNC_ERROR;
}

void CurlTransfer::end(int curl_code) {
  if (failure_ || (curl_code == CURLE_WRITE_ERROR && cut_)) return;
  if (curl_code != CURLE_OK)
    failure_ = curl_error(curl_code, where_, message_, multi_.options());
  else if (response_.status == 0)
    failure_ = make_error(ErrorKind::network, where_ + " closed the connection without an answer");
}

void CurlTransfer::end(Error error) {
  if (!failure_) failure_ = std::move(error);
}

Result<Response> CurlTransfer::take() {
  source_ = nullptr;
  sink_ = nullptr;
  up_.end();
  down_.end();
  if (failure_) return unexpected(*std::exchange(failure_, {}));
  return std::move(response_);
}

void CurlTransfer::resume() {
  if (active && paused_) multi_.resume_later(this);
}

bool CurlTransfer::unpause() {
  if (!std::exchange(paused_, false)) return true;
  const CURLcode code = curl_easy_pause(easy_, CURLPAUSE_CONT);  // calls back at once, may pause again
  if (code != CURLE_OK) end(static_cast<int>(code));
  return code == CURLE_OK;
}

}  // namespace sluice::io
