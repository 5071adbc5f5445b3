// Endpoint: where a store's requests go, and how the bucket is named there. Pure values.
//
// Rules (ARCHITECTURE.md): an IP literal or localhost is used exactly as given, path style, in every
// dialect. Any other endpoint follows the vendor's rule. `virtual_host` with a literal sends the
// vendor's public Host name to that address. Nothing but scheme, host and port is taken from what the
// user typed: user info, query, fragment, path, backslash and control characters are refused.
#pragma once

#include <string>
#include <string_view>

#include "engine/dialect.h"
#include "io/http.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::engine {

class Endpoint {
 public:
  struct Options {
    std::string endpoint;  ///< URL or host[:port]; empty = the vendor's public one of `region`
    std::string region;
    Addressing addressing = Addressing::automatic;
    bool needs_region = true;  ///< the signature holds one
    bool oem = false;          ///< QingStor's OEM: its host when no endpoint is given
  };
  static Result<Endpoint> create(const Dialect&, Options);

  /// Fills tls, host, port, connect_to and path. Empty bucket: the service itself. `region` replaces
  /// the endpoint's own in the host, when it is a public one (a bucket found to live elsewhere).
  void place(io::Request&, std::string_view bucket, std::string_view key, std::string_view region = {}) const;

  /// "host" or "host:port" that a copy source names (COS).
  std::string copy_host(std::string_view bucket) const;

  const std::string& region() const { return region_; }
  /// scheme://host[:port], as used for service requests.
  std::string text() const;
  bool tls() const { return tls_; }
  /// The host is one of the vendor's public names.
  bool is_public() const { return pattern_ >= 0; }
  /// `host`, with or without a bucket in front, is one of the vendor's public names, as ours is.
  bool same_family(std::string_view host) const;
  /// Bytes of signature input: whether the bucket stands in the path.
  bool bucket_in_path(std::string_view bucket) const;

 private:
  std::string host_for(std::string_view region) const;
  std::string with_port(const std::string& host) const;

  const Dialect* dialect_ = nullptr;
  Addressing addressing_ = Addressing::automatic;
  bool tls_ = true;
  bool literal_ = false;
  bool service_host_ = false;  ///< lists of buckets have a host of their own
  std::string host_;           ///< as given, lower case, no port
  std::uint16_t port_ = 443;
  std::string region_;
  int pattern_ = -1;  ///< which public pattern the host matches
};

/// The region in a public host name; empty when there is none.
std::string region_of_host(const Dialect&, std::string_view host);
/// Letters, digits and '-', so that it can stand in a host name.
bool is_region(std::string_view);

}  // namespace sluice::engine
