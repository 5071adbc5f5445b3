// The way to the store: its name, the connection, its clock. Nothing is signed, so that whose keys they are
// does not matter here.
#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cstdlib>
#include <memory>

#include <fmt/format.h>

#include "cli/doctor.h"
#include "cli/process.h"
#include "engine/client_store.h"
#include "io/fetch.h"
#include "io/percent.h"
#include "io/request_head.h"
#include "io/time_text.h"

namespace sluice::cli {
namespace {

using Clock = std::chrono::steady_clock;

std::string milliseconds(std::chrono::nanoseconds time) {
  return fmt::format("{:.1f} ms", std::chrono::duration<double, std::milli>(time).count());
}

/// The variable that names a proxy for the store.
std::optional<std::string> proxy_variable(const Environment& env, bool tls) {
  using Names = std::vector<const char*>;
  for (const char* name : tls ? Names{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}
                              : Names{"http_proxy", "all_proxy", "ALL_PROXY"})
    if (env(name)) return name;
  return {};
}

Result<Store> open_store(Patient& patient) {
  const Result<Opened> opened = patient.context.process.open(*patient.limits, {}, {*patient.options});
  if (!opened) return unexpected(opened.error());
  return opened->stores.front();
}

Result<std::vector<std::string>> resolve_by_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &first);
  if (code != 0) return fail(ErrorKind::network, ::gai_strerror(code));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(first, ::freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* each = first; each; each = each->ai_next) {
    char text[NI_MAXHOST] = "";
    ::getnameinfo(each->ai_addr, each->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    addresses.emplace_back(text);
  }
  return addresses;
}

}  // namespace

Finding judge_name(const std::string& host, const Resolve& resolve, const std::optional<std::string>& proxy) {
  const auto began = Clock::now();
  const auto found = resolve(host);
  if (found)
    return Told{fmt::format("{} has {} addresses, found in {}", host, found->size(),
                            milliseconds(Clock::now() - began))};
  if (proxy) return Told{fmt::format("{} is left to the proxy that {} names", host, *proxy)};
  return fail(ErrorKind::network, fmt::format("{}: {}", host, found.error().message),
              "check the endpoint, the region and the name servers (/etc/resolv.conf)");
}

Finding check_dns(Patient& patient) {
  Result<Store> store = open_store(patient);
  if (!store) return unexpected(store.error());
  const io::Request request = store->state().store->place({patient.at.bucket, ""});
  const std::string host(request.connect_to.empty() ? io::host_name(request.host) : request.connect_to);
  const Finding found =
      io::is_address_or_localhost(host)
          ? Told{host + " is an address of its own"}
          : judge_name(host, resolve_by_system, proxy_variable(patient.context.env, request.tls));
  if (found) patient.store = *std::move(store);
  return found;
}

Finding check_endpoint(Patient& patient) {
  io::Request request = patient.store->state().store->place({patient.at.bucket, ""});
  request.method = "HEAD";
  const bool tls = request.tls;
  io::Steps way;
  io::FetchOptions options;
  options.connect = patient.limits->connect_timeout;
  options.limit = options.connect + patient.limits->stall_timeout;
  options.proxies = true;
  options.ca_file = patient.limits->ca_file;
  options.steps = &way;
  const auto before = std::chrono::system_clock::now();
  const auto answer = io::fetch(std::move(request), options);
  const auto after = std::chrono::system_clock::now();
  if (!answer) {
    Error error = answer.error();
    if (error.hint.empty()) error.hint = "check the endpoint, the network and what guards it";
    return unexpected(std::move(error));
  }
  patient.answers = true;
  // It was written down somewhere between the two, in whole seconds.
  if (const auto date = io::parse_http_date(answer->headers.get("Date")))
    patient.ahead = std::chrono::round<std::chrono::seconds>(*date - (before + (after - before) / 2));
  return Told{fmt::format("{}: connected in {}{}, answers in {}", way.address, milliseconds(way.connected),
                          tls ? ", TLS in " + milliseconds(way.secured) : "", milliseconds(way.answered))};
}

Finding judge_clock(std::optional<std::chrono::seconds> ahead) {
  constexpr std::chrono::seconds kTolerated{60};
  if (!ahead) return Told{"the store tells no time"};
  const std::chrono::seconds off = std::chrono::abs(*ahead);
  if (off <= kTolerated) return Told{fmt::format("within {} s of the store's", off.count() + 1)};
  const bool seconds = off < std::chrono::minutes(2);
  return warning(fmt::format("{} {} {} the store's: set it (timedatectl set-ntp true); requests are signed with "
                             "the store's time meanwhile",
                             seconds ? off.count() : std::chrono::round<std::chrono::minutes>(off).count(),
                             seconds ? "s" : "min",
                             ahead->count() > 0 ? "behind" : "ahead of"));
}

Finding check_clock(Patient& patient) {
  return judge_clock(patient.ahead);
}

}  // namespace sluice::cli
