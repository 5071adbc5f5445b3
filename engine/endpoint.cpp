// Taking an endpoint apart, deriving what was left out, and naming buckets in requests.
#include "engine/endpoint.h"

#include <algorithm>
#include <cctype>

#include "io/percent.h"

namespace sluice::engine {
namespace {

constexpr std::string_view kSlot = "{region}";

std::string fill(std::string_view pattern, std::string_view region) {
  const auto slot = pattern.find(kSlot);
  if (slot == pattern.npos) return std::string(pattern);
  return std::string(pattern.substr(0, slot)).append(region).append(pattern.substr(slot + kSlot.size()));
}

/// The region in `host` by this pattern: nothing = no match; "" = a match without a region.
std::optional<std::string_view> match(const Dialect& d, std::string_view pattern, std::string_view host) {
  const auto slot = pattern.find(kSlot);
  if (slot == pattern.npos) return host == pattern ? std::optional<std::string_view>("") : std::nullopt;
  const auto before = pattern.substr(0, slot);
  const auto after = pattern.substr(slot + kSlot.size());
  if (host.size() <= before.size() + after.size() || !host.starts_with(before) || !host.ends_with(after))
    return {};
  const auto region = host.substr(before.size(), host.size() - before.size() - after.size());
  const auto& no = d.hosts.not_regions;
  if (!is_region(region) || std::find(no.begin(), no.end(), region) != no.end()) return {};
  return region;
}

/// Longest fixed text first: "oss-x-internal.aliyuncs.com" also fits "oss-{region}.aliyuncs.com".
int pattern_of(const Dialect& d, std::string_view host) {
  int best = -1;
  for (int i = 0; i < static_cast<int>(d.hosts.patterns.size()); ++i) {
    const auto pattern = d.hosts.patterns[static_cast<std::size_t>(i)];
    if (!match(d, pattern, host)) continue;
    if (best < 0 || pattern.size() > d.hosts.patterns[static_cast<std::size_t>(best)].size()) best = i;
  }
  return best;
}

/// Region as signatures and hosts want it: prefix dropped, old names replaced.
std::string plain_region(const Dialect& d, std::string_view region) {
  std::string text = io::lower_case(region);
  if (!d.hosts.region_prefix.empty() && text.starts_with(d.hosts.region_prefix))
    text.erase(0, d.hosts.region_prefix.size());
  for (const auto& [old_name, name] : d.hosts.aliases)
    if (text == old_name) return std::string(name);
  return text;
}

/// A bucket that fits in one label of a TLS certificate's wildcard, or at least of DNS.
bool fits_in_host(std::string_view bucket, bool tls) {
  if (bucket.size() > 63) return false;
  return std::all_of(bucket.begin(), bucket.end(), [tls](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (c == '.' && !tls);
  });
}

Result<io::Url> parse(const Dialect& d, const std::string& text) {
  const auto bad = [&](const char* why) {
    return fail(ErrorKind::config, std::string("the endpoint ") + why,
                "give it as https://host[:port], for example https://" +
                    fill(d.hosts.patterns.front(),
                         d.hosts.default_region.empty() ? "REGION" : d.hosts.default_region));
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7f) return bad("contains a space or a control character");
    if (c == '@') return bad("contains user information");
    if (c == '\\') return bad("contains a backslash");
    if (c == '?') return bad("contains a query");
    if (c == '#') return bad("contains a fragment");
  }
  std::string whole = text;
  if (text.find("://") == text.npos) {
    // A bare IPv6 address has colons that would read as a port.
    const bool bare_v6 = !text.starts_with('[') && std::count(text.begin(), text.end(), ':') > 1;
    whole = "https://" + (bare_v6 ? "[" + text + "]" : text);
  }
  auto url = io::parse_url(whole);
  if (!url) return bad("is not an http or https URL");
  if (url->path != "/") return bad("has a path");
  return *std::move(url);
}

}  // namespace

bool is_region(std::string_view region) {
  return !region.empty() && region.size() <= 64 && region.front() != '-' && region.back() != '-' &&
         std::all_of(region.begin(), region.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

std::string region_of_host(const Dialect& d, std::string_view host) {
  const int i = pattern_of(d, host);
  return i < 0 ? "" : std::string(*match(d, d.hosts.patterns[static_cast<std::size_t>(i)], host));
}

Result<Endpoint> Endpoint::create(const Dialect& d, Options o) {
  Endpoint e;
  e.dialect_ = &d;
  e.addressing_ = o.addressing;
  e.region_ = plain_region(d, o.region);
  if (!e.region_.empty() && !is_region(e.region_))
    return fail(ErrorKind::config, std::string(d.has(kRegionInHost) ? "the zone" : "the region") +
                                       " must be letters, digits and '-'");

  if (o.endpoint.empty()) {
    if (e.region_.empty()) e.region_ = d.hosts.default_region;
    const bool slot = d.hosts.patterns.front().find(kSlot) != std::string_view::npos;
    if (slot && e.region_.empty())
      return fail(ErrorKind::config, std::string(d.vendor) + " needs a region or an endpoint",
                  "give --region or --endpoint");
    const bool china = !d.hosts.china.empty() && e.region_.starts_with("cn-");
    e.host_ = fill(china ? d.hosts.china : o.oem ? d.hosts.patterns[2] : d.hosts.patterns.front(), e.region_);
  } else {
    auto url = parse(d, o.endpoint);
    if (!url) return unexpected(std::move(url).error());
    e.tls_ = url->tls;
    e.host_ = std::move(url->host);
    e.port_ = url->port;
  }
  if (!d.hosts.refused.empty() && e.host_.starts_with(d.hosts.refused))
    return fail(ErrorKind::config, e.host_ + " speaks another protocol",
                "use the " + std::string(d.name) + " endpoint, or address it as s3://");

  e.literal_ = io::is_address_or_localhost(e.host_);
  if (!e.literal_) e.pattern_ = pattern_of(d, e.host_);
  // A zone is part of the name only if the user said so: it is not read out of the host, where it
  // already stands (QingStor).
  if (e.region_.empty() && !d.has(kRegionInHost)) e.region_ = region_of_host(d, e.host_);
  if (e.region_.empty()) e.region_ = d.hosts.default_region;
  const bool host_needs_region =
      e.literal_ && e.addressing_ == Addressing::virtual_host && !d.has(kRegionInHost);
  if (e.region_.empty() && ((o.needs_region && d.has(kRegionSigned)) || host_needs_region))
    return fail(ErrorKind::config, "the region cannot be told from the endpoint " + e.host_, "give --region");
  e.service_host_ = !d.hosts.service.empty() &&
                    (e.pattern_ >= 0 || (e.literal_ && e.addressing_ == Addressing::virtual_host));
  return e;
}

std::string Endpoint::with_port(const std::string& host) const {
  return port_ == (tls_ ? 443 : 80) ? host : host + ":" + std::to_string(port_);
}

std::string Endpoint::text() const {
  return (tls_ ? "https://" : "http://") + with_port(host_);
}

/// The host without a bucket: with the zone in front, or moved to another region.
std::string Endpoint::host_for(std::string_view region) const {
  const Dialect& d = *dialect_;
  if (d.has(kRegionInHost)) {
    if (region_.empty() || host_.starts_with(region_ + ".")) return host_;
    return region_ + "." + host_;
  }
  if (region.empty() || region == region_ || pattern_ < 0) return host_;
  const auto pattern = d.hosts.patterns[static_cast<std::size_t>(pattern_)];
  const auto with_slot = pattern.find(kSlot) == pattern.npos ? d.hosts.patterns.front() : pattern;
  return fill(with_slot, region);
}

bool Endpoint::bucket_in_path(std::string_view bucket) const {
  if (addressing_ == Addressing::path) return true;
  if (addressing_ == Addressing::virtual_host) return false;
  if (literal_ || dialect_->has(kPathStyle)) return true;
  return dialect_->bucket.dots && !fits_in_host(bucket, tls_);
}

void Endpoint::place(io::Request& r, std::string_view bucket, std::string_view key,
                     std::string_view region) const {
  const Dialect& d = *dialect_;
  r.tls = tls_;
  r.port = port_;
  r.connect_to.clear();
  const bool in_path = bucket.empty() || bucket_in_path(bucket);

  std::string host;
  if (literal_ && addressing_ == Addressing::virtual_host) {
    const auto where = region.empty() ? std::string_view(region_) : region;
    const bool china = !d.hosts.china.empty() && where.starts_with("cn-");
    host = fill(china ? d.hosts.china : d.hosts.patterns.front(), where);
    if (d.has(kRegionInHost) && !region_.empty()) host = region_ + "." + host;
    r.connect_to = host_;
  } else if (literal_) {
    host = host_;
  } else {
    host = host_for(region);
  }
  if (bucket.empty()) {
    if (service_host_)
      host = d.hosts.service;
    else if (d.has(kRegionInHost) && !literal_)
      host = host_;
  } else if (!in_path) {
    host = std::string(bucket) + "." + host;
  }
  // A public name stands for the vendor's own ports; the address behind it is our affair (COS and TOS
  // sign the Host without it).
  r.host = r.connect_to.empty() ? with_port(host) : host;

  r.path = "/";
  if (!bucket.empty() && in_path) r.path += std::string(bucket) + "/";
  r.path += io::encode_path(key);
}

std::string Endpoint::copy_host(std::string_view bucket) const {
  std::string host = host_;
  if (literal_ && !region_.empty())
    host = fill(dialect_->hosts.patterns.front(), region_);
  else if (literal_)
    host = with_port(host_);
  return std::string(bucket) + "." + host;
}

bool Endpoint::same_family(std::string_view host) const {
  if (pattern_ < 0) return false;
  if (pattern_of(*dialect_, host) >= 0) return true;
  const auto dot = host.find('.');
  return dot != host.npos && pattern_of(*dialect_, host.substr(dot + 1)) >= 0;
}

}  // namespace sluice::engine
