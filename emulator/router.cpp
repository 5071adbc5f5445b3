// See router.h.
#include "emulator/router.h"

#include <algorithm>

#include "io/percent.h"

namespace sluice::emulator {
namespace {

const Dialect* dialect_of(signers::Scheme scheme) {
  switch (scheme) {
    case signers::Scheme::oss_v1:
    case signers::Scheme::oss_v4:
      return &kOss;
    case signers::Scheme::cos:
      return &kCos;
    case signers::Scheme::tos4:
      return &kTos;
    case signers::Scheme::qingstor:
      return &kQingstor;
    case signers::Scheme::sigv4:
      return &kS3;
  }
  return nullptr;
}

std::string host_name(const io::Headers& headers) {
  std::string host = io::lower_case(headers.get("Host"));
  if (!host.empty() && host.front() == '[') return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

struct VendorHost {
  const Dialect* dialect;
  HostMatch match;
};

std::optional<VendorHost> vendor_host(std::string_view host) {
  for (const Dialect* dialect : dialects()) {
    if (auto match = dialect->public_host(host)) return VendorHost{dialect, *std::move(match)};
  }
  return {};
}

const Dialect* dialect_of_headers(const io::Headers& headers) {
  for (const auto& field : headers) {
    const std::string name = io::lower_case(field.first);
    for (const Dialect* dialect : dialects()) {
      if (name.starts_with(dialect->prefix)) return dialect;
    }
  }
  return nullptr;
}

struct PathParts {
  std::string bucket, key;
};

PathParts split_path(std::string_view path) {
  path.remove_prefix(1);
  const auto slash = path.find('/');
  PathParts parts;
  parts.bucket = io::percent_decode(path.substr(0, slash));
  if (slash != std::string_view::npos) parts.key = io::percent_decode(path.substr(slash + 1));
  return parts;
}

// bucket.localhost, for clients that insist on virtual hosts. A label too short to be a bucket is a
// zone of QingStor's: path style.
std::string local_bucket(const Dialect& dialect, std::string_view host) {
  constexpr std::string_view kLocal = ".localhost";
  if (!host.ends_with(kLocal)) return {};
  host.remove_suffix(kLocal.size());
  const auto label = dialect.rules.bucket_dots ? host : host.substr(0, host.find('.'));
  return label.size() >= dialect.limits.bucket_min ? std::string(label) : std::string();
}

}  // namespace

Routed route_request(const signers::Received& request, const RouterContext& context) {
  const std::string host = host_name(request.headers);
  const auto vendor = vendor_host(host);
  const PathParts path = split_path(request.path);

  const auto dialect = [&]() -> const Dialect* {
    if (context.pinned) return context.pinned;
    if (const auto scheme = signers::scheme_of(request)) return dialect_of(*scheme);
    if (vendor) return vendor->dialect;
    if (const Dialect* named = dialect_of_headers(request.headers)) return named;
    if (!path.bucket.empty()) {
      const auto spaces = context.spaces_of(path.bucket);
      if (spaces.size() == 1) return find_dialect(spaces.front());
    }
    return context.fallback;
  }();

  Routed routed;
  routed.dialect = dialect ? dialect : context.fallback;
  std::string bucket;
  if (vendor) bucket = vendor->match.bucket;
  if (const auto own = routed.dialect->public_host(host)) {
    bucket = own->bucket;
    routed.region = own->region;
  }
  if (bucket.empty()) bucket = local_bucket(*routed.dialect, host);
  if (!bucket.empty()) {
    routed.virtual_host = true;
    routed.resource = {bucket, io::percent_decode(std::string_view(request.path).substr(1))};
  } else {
    routed.resource = {path.bucket, path.key};
  }
  routed.level = routed.resource.bucket.empty() ? Level::service
                 : routed.resource.key.empty()  ? Level::bucket
                                                : Level::object;
  return routed;
}

}  // namespace sluice::emulator
