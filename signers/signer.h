// Signing and verifying, for every family: AWS SigV4, TOS4, OSS V1 and V4, COS q-sign, QingStor.
//
// A signer is immutable but for its cache of day keys (guarded inside): one object may be used from
// all workers. Times are given, never read from the clock.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/http.h"
#include "signers/credentials.h"

namespace sluice::signers {

/// What a request is about; OSS signs it whatever the URL style. Decoded. Empty at service level.
struct Resource {
  std::string bucket;
  std::string key;
};

/// SigV4 payload words; other families ignore them where they have none.
namespace payload {
inline constexpr std::string_view kUnsigned = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
inline constexpr std::string_view kSigned = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
inline constexpr std::string_view kSignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
}  // namespace payload

struct SignContext {
  Credentials credentials;
  std::string region;             ///< empty where the family has none
  std::chrono::sys_seconds time;  ///< signing time, clock correction included
  Resource resource;
  std::string payload_hash{payload::kUnsigned};  ///< hex SHA-256 or a payload word
  std::vector<std::string> additional_headers;   ///< OSS V4: more names to sign
  /// SigV4, TOS4: exactly these names (lower case), instead of the family's own choice.
  std::vector<std::string> signed_headers;
  std::chrono::seconds lifetime{3600};  ///< COS: how long a header signature holds
  std::string key_time;                 ///< COS: "start;end" instead of time and lifetime
  bool sign_host = true;                ///< COS: off for a Host that changes on the way
};

enum class Scheme { oss_v1, oss_v4, cos, tos4, qingstor, sigv4 };
const char* name(Scheme);

class Signer {
 public:
  virtual ~Signer() = default;
  /// Adds date, token, payload-hash and Authorization headers to `request`.
  virtual void sign(io::Request& request, const SignContext&) const = 0;
  /// Adds the query parameters of a URL that is valid for `lifetime`. Headers present in `request`
  /// are signed where the family signs headers, and must be sent by the URL's user.
  virtual void presign(io::Request& request, const SignContext&, std::chrono::seconds lifetime) const = 0;
};

/// One signer a scheme, shared for the life of the process.
std::shared_ptr<const Signer> signer(Scheme);

}  // namespace sluice::signers
